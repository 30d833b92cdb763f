"""What collecting must remember between runs. The database implements `State`; the command hands it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from scrapers.documents import Document, EntryHint

FetchStatus = Literal[
    "ok", "unchanged", "gone", "robots", "refused", "rate_limited", "server_error", "http_error", "timeout",
    "too_large", "truncated", "redirect_loop", "not_a_feed", "bot_wall", "unreadable", "network_error",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered about one source between two visits."""

    source_id: str
    url: str  # the address in use: follows 301 and 308
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_try: datetime | None = None
    interval_s: int | None = None  # adapts to how often the source publishes
    failures: int = 0  # in a row
    disabled: bool = False  # after 410 Gone
    last_status: str | None = None
    last_error: str | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None  # when something new last came
    usual_gap_s: int | None = None  # between new documents
    cursor: str | None = None  # a kind's own bookmark: newest post id, last sitemap day


@dataclass(frozen=True, slots=True)
class HostState:
    """The politeness clock of one registrable domain."""

    host: str
    next_allowed: datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and what came of it: a row of the `fetches` table."""

    url: str
    status: FetchStatus
    at: datetime
    source_id: str | None = None
    http_status: int | None = None
    bytes: int = 0
    seconds: float = 0.0
    detail: str | None = None  # one line, for a person
    documents: int = 0  # new documents it brought


EntryStatus = Literal["waiting", "stored", "set_aside"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One page a source announced and what became of it: a row of the `entries` table.

    `key` is its link, cleaned, else its guid, else title and day; `alias` the guid where the key is the link
    and the guid is unique in its feed, so that an entry whose link or guid changes is still recognised.
    """

    source_id: str
    key: str
    alias: str | None
    status: EntryStatus
    hint: EntryHint | None = None  # kept while waiting
    failures: int = 0
    next_try: datetime | None = None  # when waiting
    last_status: str | None = None  # of its last fetch


class State(Protocol):
    """The memory of a collection run. Implementations are safe to call from several threads."""

    def source(self, source_id: str) -> SourceState | None: ...
    def host(self, host: str) -> HostState | None: ...
    def save_host(self, state: HostState) -> None: ...
    def known(self, ids: Iterable[str]) -> set[str]:
        """Which of these document ids are stored already."""
        ...

    def seen(self, source_id: str, keys: Iterable[str]) -> set[str]:
        """Which of these keys are the key or alias of an entry of this source already."""
        ...

    def waiting(self, source_id: str) -> list[Entry]:
        """The entries of this source whose page is still to be had, oldest first."""
        ...

    def commit(
        self,
        documents: Iterable[Document],
        source: SourceState | None,
        fetches: Iterable[Fetch],
        entries: Iterable[Entry] = (),
    ) -> int:
        """Store documents and the state that marks them fetched in one transaction; returns how many are new.

        An entry replaces the one with the same source and key.
        """
        ...
