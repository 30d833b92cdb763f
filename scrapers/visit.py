"""One source in one run: its own request, then the pages it announced, stored as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from scrapers.addresses import polite_domain
from scrapers.article import ArticleReader, Unread
from scrapers.documents import Document, EntryHint, document_id
from scrapers.fetch import Fetcher
from scrapers.health import after_visit, usual_gap_s
from scrapers.kinds import Reading, reader_of
from scrapers.pages import PageOutcome, announced, not_had, pages_due, stored, whole_entry
from scrapers.responses import Response
from scrapers.sources import Source
from scrapers.state import Entry, Fetch, FetchStatus, SourceState, State
from scrapers.tally import Progress, Tally
from scrapers.turns import Turns

_BATCH = 25  # documents per transaction, at most
_BATCH_S = 2.0  # ... and seconds of work
_UNREACHED: tuple[FetchStatus, ...] = ("network_error", "timeout")


@dataclass(frozen=True, slots=True)
class Run:
    """What the visits of one run share."""

    state: State
    fetcher: Fetcher
    reader: ArticleReader
    turns: Turns
    tally: Tally
    now: Callable[[], datetime]


class Visit:
    """One source in one run: its own request, then the pages it announced."""

    def __init__(self, run: Run, source: Source, state: SourceState) -> None:
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
        self._commits = threading.Lock()  # one at a time, so that all are counted when the last is done

    def start(self) -> None:
        """Visit the source, remember what it announced, and queue the pages that are due."""
        now = self.run.now()
        reading = self._read(now)
        self.status, self.detail = reading.status, reading.detail
        self.state = after_visit(self.source, _with_rhythm(reading), now)
        if reading.status in _UNREACHED and all(fetch.http_status is None for fetch in reading.fetches):
            self.run.tally.unreached(self.state, reading.fetches)
            if self.run.tally.hopeless:
                self.run.turns.end()
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
        with self._commits:
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
