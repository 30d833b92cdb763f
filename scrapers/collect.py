"""Collecting: visit the sources, fetch what they announce, store it; stop and start at any moment."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from scrapers.addresses import polite_domain
from scrapers.article import ArticleReader, Unread
from scrapers.documents import Document, EntryHint, document_id
from scrapers.fetch import Fetcher, FetchSettings
from scrapers.health import after_visit, usual_gap_s
from scrapers.kinds import Reading, reader_of
from scrapers.pages import PageOutcome, announced, not_had, pages_due, stored, whole_entry
from scrapers.responses import Response
from scrapers.sources import Source, missing_need
from scrapers.state import Entry, Fetch, FetchStatus, SourceState, State
from scrapers.turns import Turns

_BATCH = 25  # documents per transaction, at most
_BATCH_S = 2.0  # ... and seconds of work
_UNREACHED: tuple[FetchStatus, ...] = ("network_error", "timeout")


@dataclass(frozen=True, slots=True)
class Progress:
    """One source is done for this run."""

    source_id: str
    status: FetchStatus | Literal["skipped"]
    new_documents: int
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class CollectSummary:
    """What a run came to. `by_status` counts requests; `reachable` is False where no source answered at all."""

    new_documents: int = 0
    by_status: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    visited: int = 0
    skipped: int = 0  # asked for patience, or gone
    waiting: int = 0  # pages put off to a later run
    set_aside: int = 0  # entries and pages that could not be read
    reachable: bool = False
    stopped: bool = False


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
    with ArticleReader() as reader:
        return _Collector(state, settings, reader, now, on_progress, stop or threading.Event()).run(sources, workers)


class _Collector:
    """One run."""

    def __init__(
        self, state: State, settings: FetchSettings, reader: ArticleReader, now: Callable[[], datetime],
        on_progress: Callable[[Progress], None] | None, stop: threading.Event,
    ) -> None:  # fmt: skip
        self.state, self.now, self.reader, self.stop = state, now, reader, stop
        self.fetcher = Fetcher(settings, state, now)
        politeness = self.fetcher.politeness
        self.turns = Turns(politeness.next_allowed, now, settings.max_wait_s, stop)
        self.tally = _Tally(on_progress)
        self.visits: list[_Visit] = []

    def run(self, sources: Iterable[Source], workers: int) -> CollectSummary:
        for source in sources:
            self._plan(source)
        self.turns.run(workers)
        for visit in self.visits:
            visit.flush()
        return self.tally.summary(self.state, self.stop.is_set())

    def _plan(self, source: Source) -> None:
        state = self.state.source(source.id) or SourceState(source.id, source.url)
        patience = state.failures > 0 and state.next_try is not None and state.next_try > self.now()
        if state.disabled or patience or missing_need(source):
            self.tally.skipped(source.id, state)
            return
        visit = _Visit(self, source, state)
        self.visits.append(visit)
        self.turns.add(polite_domain(state.url), visit.start, visit.put_off)


class _Visit:
    """One source in one run: its own request, then the pages it announced."""

    def __init__(self, run: _Collector, source: Source, state: SourceState) -> None:
        self.run, self.source, self.state = run, source, state
        self.status: FetchStatus = "ok"
        self.new = 0
        self.newest: list[datetime] = []
        self.detail: str | None = None
        self._left = 0
        self._documents: list[Document] = []
        self._entries: list[Entry] = []
        self._fetches: list[Fetch] = []
        self._flushed = time.monotonic()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Visit the source, remember what it announced, and queue the pages that are due."""
        now = self.run.now()
        reading = self._read(now)
        self.status, self.detail = reading.status, reading.detail
        self.state = after_visit(self.source, _with_rhythm(reading), now)
        if reading.status in _UNREACHED and all(fetch.http_status is None for fetch in reading.fetches):
            self.run.tally.unreached(self.state, reading.fetches)
        else:
            self._keep(reading, now)
        due = pages_due(self.run.state.waiting(self.source.id), now)
        self._left = len(due)
        for entry in due:
            self._queue(entry)
        if not due:
            self._finish()

    def put_off(self) -> None:
        """The domain is left alone for longer than a run lasts: come back when it may be asked."""
        self.status, self.detail = "rate_limited", "its domain asked for patience"
        next_try = self.run.fetcher.politeness.next_allowed(polite_domain(self.state.url))
        self.run.state.commit([], replace(self.state, next_try=next_try), [])
        self._finish()

    def _read(self, now: datetime) -> Reading:
        try:
            return reader_of(self.source.kind)(self.source, self.state, self.run.fetcher, now)
        except Exception as error:  # a fault in one reader must not end the visits to all other sources
            detail = f"{self.source.kind} reader: {type(error).__name__}: {error}"[:300]
            fetch = Fetch(self.state.url, "unreadable", now, self.source.id, detail=detail)
            return Reading("unreadable", self.state, fetches=(fetch,), detail=detail)

    def _keep(self, reading: Reading, now: datetime) -> None:
        source_id = self.source.id
        pages = announced(source_id, reading.entries, now)
        whole = [(document, whole_entry(source_id, document, reading.guids)) for document in reading.documents]
        entries = [*pages, *(entry for _, entry in whole)]
        seen = self.run.state.seen(source_id, {key for entry in entries for key in (entry.key, entry.alias) if key})
        fresh = [(document, entry) for document, entry in whole if not {entry.key, entry.alias} & seen]
        waiting = self._without_known([entry for entry in pages if not {entry.key, entry.alias} & seen])
        documents = [document for document, _ in fresh]
        fetches = _with_documents(reading.fetches, len(documents))
        kept = [*waiting, *(entry for _, entry in fresh)]
        self._count(self.run.state.commit(documents, self.state, fetches, kept), documents)
        self.run.tally.visited(reading)

    def _without_known(self, entries: list[Entry]) -> list[Entry]:
        """The entries; those whose page is a stored document, perhaps of another source, need no fetch."""
        ids = {entry.key: document_id(entry.key) for entry in entries}
        known = self.run.state.known(ids.values())
        return [replace(e, status="stored", next_try=None) if ids[e.key] in known else e for e in entries]

    def _queue(self, entry: Entry) -> None:
        url = entry.hint.url if entry.hint else None
        self.run.turns.add(polite_domain(url or ""), lambda: self._page(entry), self._page_put_off)

    def _page(self, entry: Entry) -> None:
        hint = entry.hint or EntryHint()
        response = self.run.fetcher.get(hint.url or "", purpose="page")
        outcome, response = self._outcome(entry, hint, response)
        self.run.tally.fetched(response.status, outcome.entry.status)
        with self._lock:
            self._documents += outcome.documents
            self._entries.append(outcome.entry)
            self._fetches.append(response.as_fetch(self.source.id, len(outcome.documents)))
        self._page_done()

    def _outcome(self, entry: Entry, hint: EntryHint, response: Response) -> tuple[PageOutcome, Response]:
        if response.status == "ok":
            page = self.run.reader.read(response.text, response.url, hint=hint, fetched=response.at)
            if not isinstance(page, Unread):
                return stored(entry, page.documents(), "ok"), response
            response = replace(response, status="unreadable", detail=f"{page.reason}: {page.detail}"[:200])
        return not_had(entry, response.status, response.retry_after, self.run.now()), response

    def _page_put_off(self) -> None:
        self.run.tally.put_off()
        self._page_done()

    def _page_done(self) -> None:
        with self._lock:
            self._left -= 1
            full = len(self._documents) >= _BATCH or time.monotonic() - self._flushed > _BATCH_S
            left = self._left
        if full or not left:
            self.flush()
        if not left:
            self._finish()

    def flush(self) -> None:
        """Store what has been fetched so far."""
        with self._lock:
            documents, entries, fetches = self._documents, self._entries, self._fetches
            self._documents, self._entries, self._fetches = [], [], []
            self._flushed = time.monotonic()
        if entries:
            self._count(self.run.state.commit(documents, None, fetches, entries), documents)

    def _count(self, new: int, documents: Iterable[Document]) -> None:
        with self._lock:
            self.new += new
            self.newest += [document.published for document in documents if document.published]

    def _finish(self) -> None:
        if self.new:
            gap = usual_gap_s(self.newest, self.state.usual_gap_s)
            self.run.state.commit([], replace(self.state, last_new=self.run.now(), usual_gap_s=gap), [])
        self.run.tally.finished(Progress(self.source.id, self.status, self.new, self.detail))


def _with_rhythm(reading: Reading) -> Reading:
    """The reading with the usual gap between publications in its state."""
    times = [d.published for d in reading.documents] + [e.published for e in reading.entries]
    gap = usual_gap_s([t for t in times if t], reading.state.usual_gap_s)
    return replace(reading, state=replace(reading.state, usual_gap_s=gap))


def _with_documents(fetches: tuple[Fetch, ...], documents: int) -> list[Fetch]:
    """The fetches, the last of them credited with the documents."""
    return [*fetches[:-1], *(replace(fetch, documents=documents) for fetch in fetches[-1:])]


class _Tally:
    """Counts a run, from all threads, and holds back failures until it is known that the network works."""

    def __init__(self, on_progress: Callable[[Progress], None] | None) -> None:
        self._on_progress = on_progress or (lambda progress: None)
        self._lock = threading.Lock()
        self._statuses: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._unreached: list[tuple[SourceState, tuple[Fetch, ...]]] = []

    def visited(self, reading: Reading) -> None:
        with self._lock:
            self._numbers["visited"] += 1
            self._numbers["set_aside"] += reading.set_aside
            self._statuses.update(fetch.status for fetch in reading.fetches[:-1])
            self._statuses[reading.status] += 1

    def unreached(self, state: SourceState, fetches: tuple[Fetch, ...]) -> None:
        with self._lock:
            self._unreached.append((state, fetches))
            self._statuses.update(fetch.status for fetch in fetches)

    def fetched(self, status: FetchStatus, became: str) -> None:
        with self._lock:
            self._statuses[status] += 1
            self._numbers["waiting"] += became == "waiting"
            self._numbers["set_aside"] += became == "set_aside"

    def put_off(self) -> None:
        with self._lock:
            self._numbers["waiting"] += 1

    def skipped(self, source_id: str, state: SourceState) -> None:
        with self._lock:
            self._numbers["skipped"] += 1
            self._on_progress(Progress(source_id, "skipped", 0, state.last_error))

    def finished(self, progress: Progress) -> None:
        with self._lock:
            self._numbers["new"] += progress.new_documents
            self._on_progress(progress)

    def summary(self, state: State, stopped: bool) -> CollectSummary:
        """The counts. Failures to reach a source are stored only if any other was reached: where none was, the
        outage is ours, and must not count against them.
        """
        numbers = self._numbers
        if numbers["visited"]:
            for source_state, fetches in self._unreached:
                state.commit([], source_state, fetches)
        return CollectSummary(
            new_documents=numbers["new"], by_status=MappingProxyType(dict(self._statuses)),
            visited=numbers["visited"], skipped=numbers["skipped"], waiting=numbers["waiting"],
            set_aside=numbers["set_aside"], reachable=bool(numbers["visited"]) or not self._unreached, stopped=stopped,
        )  # fmt: skip
