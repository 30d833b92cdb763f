"""calledit board: whose calls held up."""

from __future__ import annotations

import json
from typing import Any

import click

from commands.common import UserError, horizon_option, json_option, open_database


@click.command()
@horizon_option
@click.option("--asset", default="", help="Only calls on this asset.")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="How many rows.")
@json_option
def board(horizon: str, asset: str, limit: int, as_json: bool) -> None:
    """Show whose calls held up: the leaderboard."""  # fmt: skip
    from db.pages import board as board_rows

    database = open_database(must_exist=True)
    symbol = _symbol(asset)
    verified = board_rows(database, int(horizon), symbol, limit)
    every = board_rows(database, int(horizon), symbol, limit, "all")
    if as_json:
        click.echo(json.dumps({"verified": verified, "all_readings": every}, ensure_ascii=False))
        return
    if not every:
        graded = board_rows(database, int(horizon), "", 1, "all")
        raise UserError(
            f"no graded call on {symbol} after {horizon} days"
            if symbol and graded
            else "no track records yet: run `calledit grade`"
        )
    show_board(verified, every, int(horizon))


def _symbol(asset: str) -> str:
    from markets.assets import registry

    if asset and asset.upper() not in registry():
        raise UserError(f"no asset {asset}")
    return asset.upper()


def show_board(verified: list[dict[str, Any]], every: list[dict[str, Any]], horizon: int) -> None:
    """Ranked speakers on calls of verified reading, then everybody on all readings, which carries no rank."""
    from commands.tables import board_table, console

    out = console()
    if any(row["status"] != "reference" for row in verified):
        out.print(board_table(verified, f"Whose calls held up after {horizon} days"))
        click.echo("Ranked by the lower tenth of posterior skill, from 10 effective calls of verified reading.\n")
    title = f"After {horizon} days, over every call that was read; unverified readings, so no ranks"
    out.print(board_table(every, title))
