"""The page of an analyst: the record, each call beside the price, names and corrections."""

from datasette import NotFound, Response, hookimpl

from db import pages_analyst as pages
from db.ask import ask
from db.pages import HORIZONS, calls_of, chosen_horizon


@hookimpl
def register_routes():
    return [(r"^/analyst/(?P<id>\d{1,12})$", analyst)]


async def analyst(datasette, request):
    number = int(request.url_vars["id"])
    who = await ask(datasette, pages.speaker, number)
    if who is None:
        raise NotFound("There is no such analyst: look on the board, or search for the name")
    horizon = chosen_horizon(request.args.get("horizon"))
    basis, record = await ask(datasette, pages.best_record, number)
    assets = await ask(datasette, pages.assets_called, number)
    chosen = request.args.get("asset") or (assets[0]["asset"] if assets else "")
    calls = pages.folded(await ask(datasette, calls_of, number, horizon))
    found = {
        "who": who,
        "horizon": horizon,
        "horizons": HORIZONS,
        "basis": basis,
        "record": record,
        "primary": next((row for row in record if row["horizon"] == 30), None),
        "assets": assets,
        "asset": chosen if chosen in {row["asset"] for row in assets} else "",
        "by_asset": await ask(datasette, pages.records_by_asset, number, basis),
        "calls": calls,
        "others": await ask(datasette, pages.other_claims, number),
        "closes": await ask(datasette, pages.closes_of, number),
        "names": await ask(datasette, pages.printed_names, number),
        "name_changes": await ask(datasette, pages.name_changes, number),
        "corrections": await ask(datasette, pages.corrections_of, number),
    }
    return Response.html(await datasette.render_template("analyst.html", found, request=request, view_name="analyst"))
