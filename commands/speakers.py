"""calledit speakers: who is who."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import click

from commands.common import UserError, open_database, say


@click.group()
def speakers() -> None:
    """Say which printed names are the same person.

    Each statement is kept with its date and outlives a new reading.
    """


@speakers.command()
@click.argument("name")
@click.argument("into")
@click.option("--note", help="Why, for those who read it later.")
def merge(name: str, into: str, note: str | None) -> None:
    """NAME is the same speaker as INTO."""
    _record("merge", name, into, note)


@speakers.command()
@click.argument("name")
@click.option("--note", help="Why, for those who read it later.")
def split(name: str, note: str | None) -> None:
    """NAME stands for itself, whatever the rules say; this undoes every merge of NAME, and every merge into it."""
    _record("split", name, name, note)


@speakers.command()
@click.argument("name")
@click.argument("new_name")
@click.option("--note", help="Why, for those who read it later.")
def rename(name: str, new_name: str, note: str | None) -> None:
    """Show the speaker NAME as NEW_NAME."""
    _record("rename", name, new_name, note)


def _record(action: Literal["merge", "split", "rename"], name: str, into: str, note: str | None) -> None:
    from db.corrections import CorrectionError, add_merge, check_merge
    from db.speakers import resolve_speakers

    database = open_database(must_exist=True)
    try:
        name, into = check_merge(database, action, name, into)
    except CorrectionError as error:
        raise UserError(str(error)) from error
    add_merge(database, action, name, into, note, datetime.now(UTC))
    resolve_speakers(database)
    say(f"{action}: {name}" + (f" -> {into}" if into != name else "") + "; run `calledit grade` to see its effect")
