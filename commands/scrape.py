"""calledit scrape: collect what the sources have published since the last visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.common import UserError, json_option, open_database, progress, result, settings

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scrapers.collect import CollectSummary
    from scrapers.sources import Source


class NothingReachedError(UserError):
    """Not one source could be reached."""

    def __init__(self) -> None:
        super().__init__("no source could be reached, nothing was changed; `calledit demo` runs without the internet")


@click.command()
@click.argument("source_ids", nargs=-1, metavar="[SOURCE]...")
@json_option
def scrape(source_ids: tuple[str, ...] = (), as_json: bool = False) -> None:
    """Collect what the sources published since the last visit."""
    from scrapers.sources import load_sources

    sources = chosen_sources(load_sources(settings().config), source_ids)
    is_new = not settings().db.exists()
    database = open_database()
    summary = scrape_database(database, sources)
    if summary is None:
        database.close()
        if is_new:
            _remove_database(settings().db)
        raise NothingReachedError()
    row = {"sources": len(sources), "new_documents": summary.new_documents, "fetches": dict(summary.by_status)}
    result(row, as_json, f"{summary.new_documents} new documents from {len(sources)} sources")


def chosen_sources(sources: Sequence[Source], ids: Sequence[str]) -> Sequence[Source]:
    """The named sources, or all. Raises UserError for a name that is not configured."""
    unknown = set(ids) - {source.id for source in sources}
    if unknown:
        raise UserError(f"no source named {', '.join(sorted(unknown))}: see `calledit sources list`")
    return [source for source in sources if not ids or source.id in ids]


def scrape_database(database: Database, sources: Sequence[Source]) -> CollectSummary | None:
    """Visit the sources that are due and store what is new; None, with nothing changed, where none was reached.

    An outage of one's own network must not count against fifty healthy sources.
    """
    from db.runs import recorded_run
    from db.sources import remember_collecting, restore_collecting, save_sources
    from db.state import DbState
    from scrapers.collect import collect
    from scrapers.sources import load_fetch_settings

    before = remember_collecting(database)
    save_sources(database, sources)
    fetching = load_fetch_settings(settings().config)
    with recorded_run(database, "scrape") as run, progress("Collecting", len(sources)) as advance:
        state = DbState(database)
        summary = collect(sources, state, fetching, now=lambda: datetime.now(UTC), on_progress=lambda _: advance(1))
        run.done, run.detail = summary.new_documents, f"{summary.new_documents} new documents"
    if summary.reachable:
        return summary
    restore_collecting(database, before)
    return None


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
