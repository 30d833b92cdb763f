"""The page of source health: which sources answer, which fell silent, when the stages last ran."""

from datasette import Response, hookimpl

from db import pages_sources as pages
from db.ask import ask


@hookimpl
def register_routes():
    return [(r"^/sources$", sources)]


async def sources(datasette, request):
    context = {
        "sources": await ask(datasette, pages.sources),
        "past": await ask(datasette, pages.past_alarms),
        "runs": await ask(datasette, pages.runs),
        "set_aside": await ask(datasette, pages.set_aside),
    }
    return Response.html(await datasette.render_template("sources.html", context, request=request, view_name="sources"))
