"""The page of an asset: its price with calls on it, who is bullish and bearish now, base rates."""

from urllib.parse import quote

from datasette import NotFound, Response, hookimpl

from db import pages_asset as pages
from db.ask import ask
from db.pages import HORIZONS, chosen_horizon
from db.pages_analyst import folded


@hookimpl
def register_routes():
    return [(r"^/assets$", assets), (r"^/asset/(?P<symbol>[^/]+)$", asset)]


async def assets(datasette, request):
    context = {"assets": await ask(datasette, pages.assets)}
    return Response.html(await datasette.render_template("assets.html", context, request=request, view_name="assets"))


async def asset(datasette, request):
    found = await ask(datasette, pages.asset, request.url_vars["symbol"])
    if found is None:
        return await _spelled_otherwise(datasette, request)
    horizon = chosen_horizon(request.args.get("horizon"))
    views = await ask(datasette, pages.views_now, found["symbol"])
    priced_as = found["symbol"]
    rates = await ask(datasette, pages.base_rates, found["symbol"])
    if not rates and found["proxy"]:
        priced_as, rates = found["proxy"], await ask(datasette, pages.base_rates, found["proxy"])
    context = {
        "asset": found,
        "priced_as": priced_as,
        "horizon": horizon,
        "horizons": HORIZONS,
        "bulls": [row for row in views if row["stance"] == "bullish"],
        "bears": [row for row in views if row["stance"] == "bearish"],
        "now": await ask(datasette, pages.newest_moment),
        "now_days": pages.NOW_DAYS,
        "rates": rates,
        "calls": folded(await ask(datasette, pages.calls_on, found["symbol"], horizon)),
        "best": await ask(datasette, pages.best_on, found["symbol"]),
    }
    return Response.html(await datasette.render_template("asset.html", context, request=request, view_name="asset"))


async def _spelled_otherwise(datasette, request):
    """From /asset/btc to /asset/BTC. Raises NotFound where no case of the letters makes an asset of it."""
    symbol = await ask(datasette, pages.symbol_in_any_case, request.url_vars["symbol"])
    if symbol is None:
        raise NotFound("There is no such asset: look under Assets, or search for its name")
    asked = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(datasette.urls.path(f"/asset/{quote(symbol, safe='')}") + asked)
