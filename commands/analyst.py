"""calledit analyst: one speaker's calls beside what prices did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from commands.common import UserError, horizon_option, json_option, open_database

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command()
@click.argument("name", nargs=-1, required=True)
@horizon_option
@click.option("--limit", type=click.IntRange(min=1), default=40, show_default=True, help="How many calls.")
@json_option
def analyst(name: tuple[str, ...], horizon: str, limit: int, as_json: bool) -> None:
    """Show one analyst's calls beside what prices did."""  # fmt: skip
    from db.pages import calls_of, record

    if not " ".join(name).strip():
        raise click.UsageError("name a speaker")
    database = open_database(must_exist=True)
    speaker = _one_speaker(database, " ".join(name))
    calls = calls_of(database, speaker["id"], int(horizon), limit)
    grid = record(database, speaker["id"], "all")
    if as_json:
        click.echo(json.dumps({"speaker": speaker, "record": grid, "calls": calls}, ensure_ascii=False))
        return
    _show(speaker, grid, calls)


def _one_speaker(database: Database, name: str) -> dict[str, Any]:
    from db.pages import speakers_named

    found = speakers_named(database, name)
    if not found:
        raise UserError(f"no speaker named {name}: see `calledit board`")
    if len(found) > 1:
        names = ", ".join(row["name"] for row in found[:8])
        raise UserError(f"{len(found)} speakers match {name}: {names}")
    return found[0]


def _show(speaker: dict[str, Any], grid: list[dict[str, Any]], calls: list[dict[str, Any]]) -> None:
    from commands.tables import calls_table, console, record_lines

    out = console()
    out.print(f"[bold]{speaker['name']}[/] {speaker['organisation'] or ''}".rstrip())
    for line in record_lines(grid):
        out.print(line)
    out.print(calls_table(calls))
