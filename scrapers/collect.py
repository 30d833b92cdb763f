"""Collecting: visit the sources, fetch what they announce, store it; stop and start at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime

from scrapers.addresses import polite_domain
from scrapers.article import ArticleReader
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.sources import Source, missing_need
from scrapers.state import SourceState, State
from scrapers.tally import CollectSummary, Progress, Tally
from scrapers.turns import Turns
from scrapers.visit import Run, Visit

__all__ = ["CollectSummary", "Progress", "collect"]


def collect(
    sources: Iterable[Source],
    state: State,
    settings: FetchSettings,
    *,
    now: Callable[[], datetime],
    on_progress: Callable[[Progress], None] | None = None,
    workers: int = 8,
    stop: threading.Event | None = None,
) -> CollectSummary:
    """Visit the sources and store what is new.

    A source that asked for patience or failed is skipped until its next try. Pages that are announced are
    remembered in the transaction that marks the feed as read, and stored in batches: killed at any moment,
    nothing is lost and nothing is stored twice. Setting `stop` ends the run after the requests under way.
    """
    stop = stop or threading.Event()
    fetcher = Fetcher(settings, state, now)
    turns = Turns(fetcher.politeness.next_allowed, now, settings.max_wait_s, stop)
    tally = Tally(on_progress)
    with closing(fetcher), ArticleReader() as reader:
        visits = list(_planned(sources, Run(state, fetcher, reader, turns, tally, now)))
        turns.run(workers)
        for visit in visits:
            visit.flush()
    return tally.summary(state, stop.is_set())


def _planned(sources: Iterable[Source], run: Run) -> Iterator[Visit]:
    """Queue a visit to each source that may be asked."""
    for source in sources:
        state = run.state.source(source.id) or SourceState(source.id, source.url)
        patience = state.failures > 0 and state.next_try is not None and state.next_try > run.now()
        if state.disabled or patience or missing_need(source):
            run.tally.skipped(source.id, state)
            continue
        visit = Visit(run, source, state)
        run.turns.add(polite_domain(state.url), visit.start, visit.put_off)
        yield visit
