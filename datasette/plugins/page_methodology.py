"""The methodology page: how claims are read and graded, and what the site does not know."""

from datasette import Response, hookimpl

from outcomes.verdicts import RULE_VERSION


@hookimpl
def register_routes():
    return [(r"^/methodology$", methodology)]


async def methodology(datasette, request):
    context = {"rule_version": RULE_VERSION}
    html = await datasette.render_template("methodology.html", context, request=request, view_name="methodology")
    return Response.html(html)
