"""calledit demo: the main job on an embedded newsroom, without the internet."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from commands.common import DEFAULT_DB, open_database, say, settings

DEMO_DB = Path("calledit-demo.db")


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving the site.")
@click.option("--port", default=8001, show_default=True, help="Port of the site; 0 takes a free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.pass_context
def demo(ctx: click.Context, no_serve: bool, port: int, open_browser: bool) -> None:
    """Run everything on an embedded newsroom, then serve the site.

    A small newsroom starts on this machine and is collected over HTTP by the same code as any source. Its
    outlets, analysts and prices are invented. The database is calledit-demo.db unless --db names another.
    """
    from commands.encoder import configured_encoder
    from commands.run import run_stages
    from commands.serve import serve
    from demo.config import configuration
    from demo.newsroom import Newsroom

    if settings().db is DEFAULT_DB:
        settings().db = DEMO_DB
    say("People, outlets and prices of the demo are invented.")
    encoder = configured_encoder()
    with Newsroom() as newsroom, tempfile.TemporaryDirectory() as folder:
        settings().config = Path(folder) / "calledit.toml"
        reading = f'\n[reading]\nencoder = "{encoder}"\n' if encoder else ""
        settings().config.write_text(configuration(newsroom.base_url) + reading, encoding="utf-8")
        run_stages(ctx)
    _show_results()
    if not no_serve:
        ctx.invoke(serve, port=port, open_browser=open_browser)


def _show_results() -> None:
    from commands.board import show_board
    from commands.tables import console, striking_table
    from db.pages import PRIMARY_HORIZON, board, striking_verdicts

    database, out = open_database(), console()
    show_board(board(database, limit=16), board(database, limit=16, basis="all"), PRIMARY_HORIZON)
    out.print(striking_table(striking_verdicts(database, limit=10)))
    say(f"Everything is in {settings().db}: try `calledit serve --db {settings().db}`")
