"""calledit grade: what held up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, progress, result

if TYPE_CHECKING:
    from sqlite_utils import Database

    from commands.common import Advance
    from db.verdicts import VerdictWriter
    from outcomes.blocks import Block
    from outcomes.call_table import CallTable
    from outcomes.market import Market


@click.command()
@click.option("--as-of", metavar="DATE", help="Use no price after this day.  [default: the newest close loaded]")
@click.option("--explain", metavar="ID", help="Print the arithmetic of one claim's verdicts in plain words instead.")
@json_option
def grade(as_of: str | None = None, explain: str | None = None, as_json: bool = False) -> None:
    """Set every claim beside what prices did, and keep the track records."""
    if explain is not None and not explain.strip():
        raise click.UsageError("--explain takes a claim's id, or the beginning of one")
    database = open_database(must_exist=True)
    if explain:
        from commands.explain import explain_claim

        click.echo(explain_claim(database, explain))
        return
    counts = grade_database(database, _day(as_of))
    result(counts, as_json, f"{counts['verdicts']} new or changed verdicts, {counts['records']} track records")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.UsageError(f"--as-of takes a date such as 2026-06-30, not {text}") from error


def grade_database(database: Database, as_of: date | None = None) -> dict[str, int]:
    """Grade every current claim; returns how many verdicts changed and how many records there are."""
    from db.grading import load_market
    from db.runs import recorded_run
    from db.speakers import resolve_speakers

    if not database.execute("select exists (select 1 from prices)").fetchone()[0]:
        raise UserError("no prices are loaded: run `calledit prices`, or `calledit prices import FILE`")
    with recorded_run(database, "grade") as run:
        resolve_speakers(database)
        market = load_market(database, as_of)
        changed, records = _grade_calls(database, market)
        changed += _grade_others(database, market)
        run.done, run.detail = changed, f"{changed} new or changed verdicts, {records} track records"
    return {"verdicts": changed, "records": records}


def _grade_calls(database: Database, market: Market) -> tuple[int, int]:
    from db.grading import call_columns, close_columns, reference_speakers, unnamed_speakers
    from db.verdicts import VerdictWriter, store_records
    from outcomes.call_table import call_table, concatenate
    from outcomes.calls import grade_batches
    from outcomes.closes import close_table
    from outcomes.every_reading import records_of_every_reading
    from outcomes.references import reference_calls
    from outcomes.speakers import collect, speaker_records

    calls, speakers = call_table(call_columns(database)), reference_speakers(database)
    closes = close_table(close_columns(database))
    references = reference_calls(calls, market, speakers)
    together, now = concatenate(calls, references), datetime.now(UTC)
    writer = VerdictWriter(database, "call")
    with progress("Grading calls", len(together)) as advance:
        portions = _written(
            grade_batches(together, market, closes=closes), together, len(calls), market, writer, advance
        )
        outcomes = collect(portions, len(together))
    changed = writer.publish(now)
    known, nobody = frozenset(speakers.values()), unnamed_speakers(database)
    with progress("Comparing records", 2) as advance:
        verified = speaker_records(together, outcomes, market, known, nobody)
        advance(1)
        every = records_of_every_reading(together, outcomes, market, known, nobody)
        advance(1)
    return changed, store_records(database, {"verified": verified, "all": every}, now)


def _written(
    portions: Iterable[tuple[Block, ...]],
    calls: CallTable,
    real: int,
    market: Market,
    writer: VerdictWriter,
    advance: Advance,
) -> Iterator[tuple[Block, ...]]:
    """Pass the graded portions on while the rows of real calls are written; reference callers come after them."""
    from outcomes.blocks import verdict_rows

    invented = frozenset(calls.claim_id[real:])
    for blocks in portions:
        for block in blocks:
            writer.add(row for row in verdict_rows(block, calls, market.prices) if row[0] not in invented)
        advance(max((len(block) for block in blocks), default=0))
        yield blocks


def _grade_others(database: Database, market: Market) -> int:
    """Correlations and figures; returns how many verdicts changed."""
    from db.grading import claim_columns
    from db.verdicts import VerdictWriter
    from outcomes.correlations import CORRELATION_COLUMNS, grade_correlations
    from outcomes.figures import FIGURE_COLUMNS, grade_figures

    changed = 0
    kinds = (
        ("correlation", CORRELATION_COLUMNS, grade_correlations),
        ("figure", FIGURE_COLUMNS, grade_figures),
    )
    for kind, names, grader in kinds:
        columns, writer = claim_columns(database, f"{kind}s", names), VerdictWriter(database, kind)
        with progress(f"Checking {kind}s", len(columns["claim_id"])) as advance:
            writer.add(grader(columns, market))
            advance(len(columns["claim_id"]))
        changed += writer.publish(datetime.now(UTC))
    return changed
