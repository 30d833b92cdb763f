"""calledit scrape: collect what the sources have published since the last visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, progress, result, settings

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scrapers.collect import CollectSummary
    from scrapers.fetch import FetchSettings
    from scrapers.sources import Source


@click.command()
@click.argument("source_ids", nargs=-1, metavar="[SOURCE]...")
@json_option
def scrape(source_ids: tuple[str, ...], as_json: bool) -> None:
    """Collect what the sources published since the last visit."""
    from scrapers.sources import load_fetch_settings, load_sources

    sources = chosen_sources(load_sources(settings().config), source_ids)
    summary = scrape_database(open_database(), sources, load_fetch_settings(settings().config))
    if not summary.reachable:
        raise UserError("no source could be reached: check the connection; `calledit demo` runs without one")
    line = f"{summary.new_documents} new documents from {len(sources)} sources"
    result(
        {"sources": len(sources), "new_documents": summary.new_documents, "fetches": summary.by_status}, as_json, line
    )


def chosen_sources(sources: Sequence[Source], ids: Sequence[str]) -> Sequence[Source]:
    """The named sources, or all. Raises UserError for a name that is not configured."""
    unknown = set(ids) - {source.id for source in sources}
    if unknown:
        raise UserError(f"no source named {', '.join(sorted(unknown))}: see `calledit sources list`")
    return [source for source in sources if not ids or source.id in ids]


def scrape_database(database: Database, sources: Sequence[Source], fetching: FetchSettings) -> CollectSummary:
    """Visit the sources that are due and store what is new."""
    from db.runs import recorded_run
    from db.sources import save_sources
    from db.state import DbState
    from scrapers.collect import collect

    save_sources(database, sources)
    with recorded_run(database, "scrape") as run, progress("Collecting", len(sources)) as advance:
        summary = collect(
            sources, DbState(database), fetching, now=lambda: datetime.now(UTC), on_progress=lambda _: advance(1)
        )
        run.done, run.detail = summary.new_documents, f"{summary.new_documents} new documents"
    return summary
