"""robots.txt: may a page be fetched? Cached, read by Protego, RFC 9309 for what its absence means."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego

if TYPE_CHECKING:
    from scrapers.fetch import Response

_KEEP = timedelta(hours=24)  # RFC 9309, 2.4
_KEEP_FAILURE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rules:
    """One host's robots.txt. `trouble` is the answer that kept us from reading it: nothing is allowed."""

    rules: Any  # a Protego, or None where everything is allowed
    until: datetime
    trouble: Response | None = None

    def allows(self, url: str, agent: str) -> bool:
        return self.trouble is None and (self.rules is None or bool(self.rules.can_fetch(url, agent)))

    def crawl_delay(self, agent: str) -> float:
        """Seconds between two requests, 0 where none is asked for."""
        return float(self.rules.crawl_delay(agent) or 0.0) if self.rules else 0.0


class RobotsCache:
    """The rules per scheme, host and port; `fetch` gets a robots.txt address and never raises."""

    def __init__(self, fetch: Callable[[str], Response], now: Callable[[], datetime]) -> None:
        self._fetch, self._now = fetch, now
        self._cache: dict[str, Rules] = {}
        self._lock = threading.Lock()

    def rules(self, url: str) -> Rules:
        """The rules for the host of this address, fetched where not known or too old."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            known = self._cache.get(origin)
        if known and known.until > self._now():
            return known
        fresh = self._read(self._fetch(f"{origin}/robots.txt"))
        with self._lock:
            self._cache[origin] = fresh
        return fresh

    def _read(self, response: Response) -> Rules:
        now = self._now()
        if response.status == "ok":
            return Rules(Protego.parse(response.text), now + _KEEP)
        if response.http_status is not None and 400 <= response.http_status < 500 and response.http_status != 429:
            return Rules(None, now + _KEEP)  # RFC 9309, 2.3.1.3: unavailable means no restrictions
        if response.status in ("too_large", "redirect_loop"):
            return Rules(None, now + _KEEP)
        return Rules(None, now + _KEEP_FAILURE, trouble=response)  # 2.3.1.4: unreachable means complete disallow
