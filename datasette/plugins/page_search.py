"""One box that searches analysts, assets, documents and claims."""

import sqlite3

from datasette import Response, hookimpl
from datasette.utils import escape_fts

from db import pages_search as pages
from db.ask import ask

KINDS = ("call", "correlation", "figure")


@hookimpl
def register_routes():
    return [(r"^/search$", search)]


async def search(datasette, request):
    words = (request.args.get("q") or "").replace("\x00", " ").strip()[:200]
    context = {"words": words, "names": [], "documents": [], "claims": {}, "late": False}
    if words:
        try:
            context |= await _found(datasette, words)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            context["late"] = True
    return Response.html(await datasette.render_template("search.html", context, request=request, view_name="search"))


async def _found(datasette, words):
    names = await ask(datasette, pages.search_names, words)
    match = escape_fts(words)
    if not match:  # nothing but quotation marks
        return {"names": names}
    return {
        "names": names,
        "documents": await ask(datasette, pages.search_documents, match),
        "claims": {kind: await ask(datasette, pages.search_claims, match, kind) for kind in KINDS},
    }
