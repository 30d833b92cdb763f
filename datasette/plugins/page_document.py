"""The page of a document: its text with every claim highlighted by kind."""

from datasette import NotFound, Response, hookimpl

from db import pages_document as pages
from db.ask import ask
from db.pages_claim import document, drifts_of, same_story
from outcomes.highlights import Marked, paragraphs


@hookimpl
def register_routes():
    return [(r"^/document/(?P<id>[^/]+)$", show)]


async def show(datasette, request):
    found = await ask(datasette, document, request.url_vars["id"])
    if found is None:
        raise NotFound("There is no such document")
    claims = await ask(datasette, pages.claims_in, found["id"])
    spans = [Marked(row["start"], row["end"], row["kind"], row["id"], row["status"]) for row in claims]
    context = {
        "document": found,
        "claims": claims,
        "paragraphs": list(paragraphs(found["text"], spans)),
        "posts": await ask(datasette, pages.embedded, found["id"]),
        "copies": await ask(datasette, same_story, found["cluster_id"], found["id"]),
        "drifts": await ask(datasette, drifts_of, found["cluster_id"], found["id"]),
        "corrections": await ask(datasette, pages.corrections_in, found["id"]),
    }
    html = await datasette.render_template("document.html", context, request=request, view_name="document")
    return Response.html(html)
