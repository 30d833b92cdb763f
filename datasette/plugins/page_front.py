"""The front page: who called it lately, what was contradicted, what is due."""

from datasette import Response, hookimpl

from db.ask import ask
from db.pages_front import board_head, contradicted, coverage, next_horizons, resolved


@hookimpl
def register_routes():
    return [(r"^/$", front)]


async def front(datasette, request):
    found = {
        "held": await ask(datasette, resolved, "held"),
        "failed": await ask(datasette, resolved, "failed"),
        "board": await ask(datasette, board_head),
        "correlations": await ask(datasette, contradicted, "correlation"),
        "figures": await ask(datasette, contradicted, "figure"),
        "due": await ask(datasette, next_horizons),
        "coverage": await ask(datasette, coverage),
    }
    return Response.html(await datasette.render_template("front.html", found, request=request, view_name="front"))
