"""What a collection comes to: progress, counts, and failures held back until the network is known to work."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from scrapers.kinds import Reading
from scrapers.state import Fetch, FetchStatus, SourceState, State

_HOPELESS = 12  # sources


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


class Tally:
    """Counts a run, from all threads, and holds back failures until it is known that the network works."""

    def __init__(self, on_progress: Callable[[Progress], None] | None) -> None:
        self._on_progress = on_progress or (lambda progress: None)
        self._lock = threading.Lock()
        self._statuses: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._unreached: list[tuple[SourceState, tuple[Fetch, ...]]] = []

    def visited(self, reading: Reading) -> None:
        """A source answered, or its reader knew without asking."""
        with self._lock:
            self._numbers["visited"] += 1
            self._numbers["reached"] += any(fetch.http_status is not None for fetch in reading.fetches)
            self._numbers["set_aside"] += reading.set_aside
            self._statuses.update(fetch.status for fetch in reading.fetches[:-1])
            self._statuses[reading.status] += 1

    def unreached(self, state: SourceState, fetches: tuple[Fetch, ...]) -> None:
        """A source did not answer at all: its failure waits for the end of the run."""
        with self._lock:
            self._unreached.append((state, fetches))
            self._statuses.update(fetch.status for fetch in fetches)

    @property
    def hopeless(self) -> bool:
        """Whether so many sources did not answer, and none did, that the network must be down."""
        return len(self._unreached) >= _HOPELESS and not self._numbers["reached"]

    def fetched(self, status: FetchStatus, became: str) -> None:
        """A page was tried; its entry became waiting, stored or set aside."""
        with self._lock:
            self._statuses[status] += 1
            self._numbers["waiting"] += became == "waiting"
            self._numbers["set_aside"] += became == "set_aside"

    def put_off(self) -> None:
        """A page was left to a later run."""
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
        if numbers["reached"]:
            for source_state, fetches in self._unreached:
                state.commit([], source_state, fetches)
        return CollectSummary(
            new_documents=numbers["new"], by_status=MappingProxyType(dict(self._statuses)),
            visited=numbers["visited"], skipped=numbers["skipped"], waiting=numbers["waiting"],
            set_aside=numbers["set_aside"], reachable=bool(numbers["reached"]) or not self._unreached, stopped=stopped,
        )  # fmt: skip
