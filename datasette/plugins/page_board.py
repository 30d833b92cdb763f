"""The leaderboard: sorted and filtered by the reader, reference callers marked, unverified readings apart."""

from datasette import Response, hookimpl

from db.ask import ask
from db.pages import HORIZONS, usual_basis
from db.pages_board import SCREEN, SORTS, board_assets, records, unverified


@hookimpl
def register_routes():
    return [(r"^/board$", board)]


async def board(datasette, request):
    chosen = _chosen(request.args)
    chosen["basis"] = chosen["basis"] or await ask(datasette, usual_basis, chosen["horizon"], chosen["asset"])
    asked = [chosen[name] for name in ("horizon", "asset", "least", "sort", "offset", "basis")]
    rows = await ask(datasette, records, *asked)
    found = {
        **chosen,
        "rows": rows[:SCREEN],
        "more": len(rows) > SCREEN,
        "screen": SCREEN,
        "unverified": await ask(datasette, unverified, chosen["horizon"], chosen["asset"]),
        "assets": await ask(datasette, board_assets),
        "horizons": HORIZONS,
        "not_kept": _not_kept(request.args.get("horizon")),
        "sorts": SORTS,
    }
    return Response.html(await datasette.render_template("board.html", found, request=request, view_name="board"))


def _chosen(args):
    """What the reader asked for; nonsense counts as not asked."""
    horizon = _number(args.get("horizon"), 30)
    return {
        "horizon": int(horizon) if horizon in HORIZONS else 30,
        "asset": (args.get("asset") or "").upper(),
        "least": max(_number(args.get("least"), 0), 0),
        "sort": args.get("sort") if args.get("sort") in SORTS else "rank",
        "offset": int(min(max(_number(args.get("offset"), 0), 0), 1e6)),
        "basis": args.get("basis") if args.get("basis") in ("verified", "all") else "",
    }


def _not_kept(asked):
    """The horizon that was asked for, where there are no records at it."""
    return "" if not asked or _number(asked, 0) in HORIZONS else asked[:20]


def _number(text, otherwise):
    try:
        number = float(text)
    except (TypeError, ValueError):
        return otherwise
    return number if abs(number) < 1e9 else otherwise
