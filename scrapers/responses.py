"""What comes out of the network door."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from scrapers.charset import decode
from scrapers.state import Fetch, FetchStatus


@dataclass(frozen=True, slots=True)
class Response:
    """What came of one request. `status` is "ok" or "unchanged" where it worked; never an exception."""

    url: str  # final address
    status: FetchStatus
    at: datetime
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # names in lower case
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None  # seconds
    moved_to: str | None = None  # where every redirect on the way was permanent (301, 308)
    seconds: float = 0.0
    detail: str | None = None  # one line for a person

    @property
    def text(self) -> str:
        """The body decoded by byte-order mark, header, meta or prolog."""
        return decode(self.body, self.headers.get("content-type"))

    @property
    def body_hash(self) -> str:
        """By which an unchanged body is recognised where the server sends no validators."""
        return hashlib.sha256(self.body).hexdigest()[:32]

    def as_fetch(self, source_id: str | None = None, documents: int = 0) -> Fetch:
        """The row of the `fetches` table."""
        return Fetch(
            url=self.url, status=self.status, at=self.at, source_id=source_id, http_status=self.http_status,
            bytes=len(self.body), seconds=self.seconds, detail=self.detail, documents=documents,
        )  # fmt: skip
