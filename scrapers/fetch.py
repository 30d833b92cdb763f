"""The network door: the only way out for pages, feeds, interfaces and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scrapers.state import Fetch, FetchStatus, State

Purpose = Literal["page", "feed", "api", "price", "robots"]


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How the door behaves. Times in seconds, sizes in bytes after decoding."""

    contact: str = ""  # address or page of whoever runs this, sent in the User-Agent
    deadline_s: float = 30.0  # for the whole request with its redirects and body
    allow_private: tuple[str, ...] = ()  # hosts and networks allowed though private: "127.0.0.0/8", "nas.lan"
    page_cap: int = 5_000_000
    feed_cap: int = 15_000_000
    max_redirects: int = 5
    min_delay_s: float = 1.0  # between two requests to one registrable domain


@dataclass(frozen=True, slots=True)
class Response:
    """What came of one request. `status` is "ok" or "unchanged" where it worked; never an exception."""

    url: str  # final address
    status: FetchStatus
    at: datetime
    http_status: int | None = None
    headers: Mapping[str, str] | None = None  # names in lower case
    body: bytes = b""
    encoding: str | None = None  # as the Content-Type declares it
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None  # seconds
    moved_to: str | None = None  # after 301 or 308 all the way
    seconds: float = 0.0
    detail: str | None = None  # one line for a person

    @property
    def text(self) -> str:
        """The body decoded by byte-order mark, header, meta or prolog."""
        return self.body.decode(self.encoding or "utf-8", "replace")

    def as_fetch(self, source_id: str | None = None, documents: int = 0) -> Fetch:
        """The row of the `fetches` table."""
        return Fetch(
            url=self.url, status=self.status, at=self.at, source_id=source_id, http_status=self.http_status,
            bytes=len(self.body), seconds=self.seconds, detail=self.detail, documents=documents,
        )  # fmt: skip


class Fetcher:
    """Fetches through one pool of connections; safe to share between threads."""

    def __init__(self, settings: FetchSettings, state: State | None = None) -> None:
        self.settings = settings
        self.state = state

    def get(
        self,
        url: str,
        *,
        purpose: Purpose = "page",
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Fetch one address. Never raises for network trouble: the status says what happened."""
        raise NotImplementedError
