"""calledit correct: what a person knows better about a claim."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

from commands.common import UserError, open_database, say

if TYPE_CHECKING:
    from sqlite_utils import Database

Field = Literal["reject", "speaker", "asset", "stance"]


@click.command()
@click.argument("claim")
@click.option("--reject", is_flag=True, help="The text makes no such claim.")
@click.option("--speaker", metavar="NAME", help="Whose claim it is.")
@click.option("--asset", metavar="SYMBOL", help="What it is about.")
@click.option("--stance", type=click.Choice(["bullish", "bearish", "neutral"]), help="Which way it points.")
@click.option("--note", help="Why, for those who read it later.")
def correct(
    claim: str, reject: bool, speaker: str | None, asset: str | None, stance: str | None, note: str | None
) -> None:
    """Correct how a claim was read.

    The correction is kept with its date, shown on the claim's page, and outlives a new reading. Grade again to
    see its effect.
    """
    from db.corrections import CorrectionError, add_correction

    given: dict[Field, str | None] = {
        "reject": "1" if reject else None, "speaker": speaker, "asset": _known(asset), "stance": stance,
    }  # fmt: skip
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("say what to correct: --reject, --speaker, --asset or --stance")
    if reject and len(changes) > 1:
        raise click.UsageError("--reject says that there is no such claim: nothing else of it can be corrected")
    if speaker is not None and not speaker.strip():
        raise click.UsageError("--speaker takes a name")
    database = open_database(must_exist=True)
    new_name = _new_speaker(database, speaker) if speaker else None
    try:
        for field, value in changes.items():
            add_correction(database, claim, field, value, note, datetime.now(UTC))
    except CorrectionError as error:
        raise UserError(str(error)) from error
    if new_name:
        click.echo(new_name, err=True)
    say(f"corrected {', '.join(changes)} of {claim}; run `calledit grade` to see its effect")


def _new_speaker(database: Database, name: str) -> str | None:
    """A line for a name that no text prints and no speaker has: it may be a slip."""
    from db.corrections import known_name, near_names

    if known_name(database, name):
        return None
    near = near_names(database, name, limit=1)
    return f"new speaker {name}" + (f"; the nearest known name is {near[0]}" if near else "")


def _known(symbol: str | None) -> str | None:
    from markets.assets import registry

    if symbol and symbol.upper() not in registry():
        raise UserError(f"no asset {symbol}: see the assets table, or add it to calledit.toml")
    return symbol.upper() if symbol else None
