"""calledit board: whose calls held up."""

from __future__ import annotations

import json

import click

from commands.common import UserError, json_option, open_database


@click.command()
@click.option(
    "--horizon",
    type=click.Choice(["1", "7", "30", "90", "180", "365"]),
    default="30",
    show_default=True,
    help="Days after the call.",
)
@click.option("--asset", default="", help="Only calls on this asset.")
@click.option("--limit", default=30, show_default=True, help="How many rows.")
@json_option
def board(horizon: str, asset: str, limit: int, as_json: bool) -> None:
    """Show whose calls held up: the leaderboard."""  # fmt: skip
    from db.pages import board as board_rows

    rows = board_rows(open_database(must_exist=True), int(horizon), asset.upper(), limit)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        raise UserError("no track records yet: run `calledit grade`")
    from rich.console import Console

    from commands.tables import board_table

    Console().print(board_table(rows, int(horizon)))
    click.echo("Ranked by the lower tenth of posterior skill, from 10 effective calls of verified reading.")
