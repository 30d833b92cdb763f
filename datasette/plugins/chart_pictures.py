"""Pictures: each chart as SVG in light and dark, wide and narrow, and its Vega-Lite specification as JSON."""

import asyncio
import hashlib
import json
from collections import OrderedDict

from datasette import NotFound, Response, hookimpl

from db.ask import ask
from db.chart_specs import CHARTS, chart_spec
from outcomes.charts import svg
from outcomes.charts_site import fitted

KEPT = 256  # drawn pictures, a few tens of kilobytes each
DRAWN = OrderedDict()  # hash of the specification: the SVG
NUMBERED = ("analyst", "record")  # their key begins with the number of a speaker
FORMAT = "(?P<format>svg|json)"
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the picture's own document runs nothing


@hookimpl
def register_routes():
    kinds = "|".join(CHARTS.keys() - NUMBERED)
    return [
        (rf"^/-/chart/(?P<kind>{'|'.join(NUMBERED)})/(?P<key>[0-9]{{1,12}}(\.[^/]+)?)\.{FORMAT}$", chart),
        (rf"^/-/chart/(?P<kind>{kinds})/(?P<key>[^/]+)\.{FORMAT}$", chart),
    ]


async def chart(datasette, request):
    theme = "dark" if request.args.get("theme") == "dark" else "light"
    spec = await ask(datasette, chart_spec, request.url_vars["kind"], request.url_vars["key"], theme)
    if spec is None:
        raise NotFound("There is nothing to draw here")
    if request.url_vars["format"] == "json":
        return Response.json(spec)
    spec = fitted(spec, narrow=bool(request.args.get("narrow")))
    tag = hashlib.sha256(json.dumps(spec, sort_keys=True, default=str).encode()).hexdigest()[:32]
    headers = {"etag": f'"{tag}"', "cache-control": "max-age=300", "content-security-policy": PICTURE_POLICY}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response("", status=304, headers=headers)
    return Response(await _drawn(tag, spec), headers=headers, content_type="image/svg+xml")


async def _drawn(tag, spec):
    if tag not in DRAWN:
        DRAWN[tag] = await asyncio.get_running_loop().run_in_executor(None, svg, spec)
        while len(DRAWN) > KEPT:
            DRAWN.popitem(last=False)
    DRAWN.move_to_end(tag)
    return DRAWN[tag]
