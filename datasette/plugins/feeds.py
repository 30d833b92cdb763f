"""Atom feeds: new verdicts (all, per analyst, asset and source) and sources that went stale."""

from datasette import NotFound, Response, hookimpl

from db.ask import ask
from db.pages_feeds import name_of, resolved, stale_sources
from outcomes.atom import stale_feed, verdicts_feed


@hookimpl
def register_routes():
    return [
        (r"^/feed/verdicts\.atom$", newest),
        (r"^/feed/(?P<scope>analyst|asset|source)/(?P<of>[^/]+)\.atom$", scoped),
        (r"^/feed/stale-sources\.atom$", stale),
    ]


async def newest(datasette, request):
    rows = await ask(datasette, resolved, "verdicts")
    return _atom(verdicts_feed(rows, "Calls that came due", *_addresses(datasette, request)))


async def scoped(datasette, request):
    scope, of = request.url_vars["scope"], request.url_vars["of"]
    name = await ask(datasette, name_of, scope, of)
    if name is None:
        raise NotFound(f"no {scope} {of}")
    rows = await ask(datasette, resolved, scope, of)
    return _atom(verdicts_feed(rows, f"Calls that came due: {name}", *_addresses(datasette, request)))


async def stale(datasette, request):
    return _atom(stale_feed(await ask(datasette, stale_sources), *_addresses(datasette, request)))


def _addresses(datasette, request):
    """The feed's own address and the site's root, absolute."""
    return datasette.absolute_url(request, request.path), datasette.absolute_url(request, datasette.urls.instance())


def _atom(body):
    return Response(body.decode("utf-8"), content_type="application/atom+xml; charset=utf-8")
