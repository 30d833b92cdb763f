"""The network door: the only way out for pages, feeds, interfaces and prices."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from scrapers.addresses import AddressGuard, absolute_url, polite_domain
from scrapers.connect import Pool
from scrapers.politeness import Politeness
from scrapers.responses import Response
from scrapers.retry import retry_after_s
from scrapers.robots import RobotsCache
from scrapers.state import FetchStatus, State
from scrapers.statuses import judged, same_etag, trouble

__all__ = ["FetchSettings", "Fetcher", "Purpose", "Response"]

Purpose = Literal["page", "feed", "api", "price", "robots"]

AGENT = "calledit"  # the name robots.txt files are asked about
_CHUNK = 65_536
_MAX_CRAWL_DELAY_S = 60.0
_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}  # status: permanent
_SECRET_HEADERS = ("authorization", "cookie", "x-api-key")
_ACCEPT: Mapping[Purpose, str] = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
    "feed": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
    "api": "application/json,*/*;q=0.5",
    "price": "text/csv,application/json,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
}


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How the door behaves. Times in seconds, sizes in bytes after decoding."""

    contact: str = ""  # address or page of whoever runs this, sent in the User-Agent
    deadline_s: float = 30.0  # for the whole request with its redirects and body
    allow_private: tuple[str, ...] = ()  # hosts and networks allowed though private: "127.0.0.0/8", "nas.lan"
    page_cap: int = 5_000_000
    feed_cap: int = 15_000_000  # feeds, interfaces and prices
    robots_cap: int = 512_000  # RFC 9309 asks for at least 500 KiB
    max_redirects: int = 8
    delay_s: float = 1.0  # between two requests to one registrable domain
    host_delays: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"reddit.com": 60.0}))
    max_wait_s: float = 90.0  # a request that would wait longer for its domain's turn is put off instead

    @property
    def user_agent(self) -> str:
        """Who is asking, with a contact where one is set."""
        return f"{AGENT}/{_version()} (+{self.contact})" if self.contact else f"{AGENT}/{_version()}"

    def cap(self, purpose: Purpose) -> int:
        """The most bytes, decoded, that are read for this purpose."""
        return {"page": self.page_cap, "robots": self.robots_cap}.get(purpose, self.feed_cap)


@dataclass(slots=True)
class _Request:
    """One request on its way through redirects."""

    url: str
    purpose: Purpose
    headers: dict[str, str]
    at: datetime
    started: float  # time.monotonic()
    deadline_s: float
    permanent: bool = True
    visited: list[str] = field(default_factory=list)

    @property
    def remaining(self) -> float:
        return self.started + self.deadline_s - time.monotonic()

    def response(self, status: FetchStatus, detail: str | None = None, **more: object) -> Response:
        seconds = time.monotonic() - self.started
        return replace(Response(self.url, status, self.at, seconds=seconds, detail=detail), **more)  # type: ignore[arg-type]


class Fetcher:
    """Fetches through one pool of connections; safe to share between threads."""

    def __init__(
        self, settings: FetchSettings, state: State | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        self.settings = settings
        self._now = now or (lambda: datetime.now(UTC))
        self.politeness = Politeness(state, settings.delay_s, settings.host_delays, self._now)
        self._pool = Pool(AddressGuard(settings.allow_private))
        self._robots = RobotsCache(lambda url: self.get(url, purpose="robots"), self._now)

    def close(self) -> None:
        """Close the connections kept open for further requests; the fetcher can still be used."""
        self._pool.close()

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
        sent = self._headers(purpose, etag, last_modified) | {k.lower(): v for k, v in (headers or {}).items()}
        request = _Request(url, purpose, sent, self._now(), time.monotonic(), self.settings.deadline_s)
        while True:
            answer = self._hop(request)
            if isinstance(answer, Response):
                return answer if etag is None else same_etag(answer, etag)
            request = answer

    def _headers(self, purpose: Purpose, etag: str | None, last_modified: str | None) -> dict[str, str]:
        headers = {
            "user-agent": self.settings.user_agent,
            "accept": _ACCEPT[purpose],
            "accept-encoding": "gzip, deflate, br",
        }
        if etag:
            headers["if-none-match"] = etag
        if last_modified:
            headers["if-modified-since"] = last_modified
        return headers

    def _hop(self, request: _Request) -> Response | _Request:
        """One request: its answer, or the request its redirect leads to."""
        if absolute_url(request.url, "") is None:
            return request.response("refused", f"only http and https addresses are fetched: {request.url[:200]}")
        domain = polite_domain(request.url)
        waited = time.monotonic()
        if refusal := self._refusal(request, domain):
            return refusal
        request.started += time.monotonic() - waited  # patience and robots.txt are not part of the deadline
        try:
            with self._pool.request(request.url, request.headers, max(request.remaining, 0.05)) as raw:
                answer = self._answer(request, raw)
        except (HTTPError, OSError) as error:
            host = urlsplit(request.url).hostname or ""
            status, detail, code = trouble(error, host, request.remaining > 0.01)
            answer = request.response(status, detail, http_status=code)
        self._remember(domain, answer)
        return answer

    def _refusal(self, request: _Request, domain: str) -> Response | None:
        """Why this hop is not made: robots.txt, or a turn too far off. Waits for the turn otherwise."""
        if request.purpose == "page":
            rules = self._robots.rules(request.url)
            if rules.trouble is not None:
                detail = f"robots.txt: {rules.trouble.detail or rules.trouble.status}"
                return request.response(rules.trouble.status, detail, retry_after=rules.trouble.retry_after)
            if not rules.allows(request.url, AGENT):
                return request.response("robots", "robots.txt asks not to fetch this page")
            if delay := rules.crawl_delay(AGENT):
                self.politeness.crawl_delay(domain, min(delay, _MAX_CRAWL_DELAY_S))
        if until := self.politeness.take_turn(domain, self.settings.max_wait_s):
            wait = (until - self._now()).total_seconds()
            return request.response(
                "rate_limited", f"{domain} is left alone until {until:%H:%M:%S} UTC", retry_after=wait
            )
        return None

    def _answer(self, request: _Request, raw: BaseHTTPResponse) -> Response | _Request:
        headers = MappingProxyType({name.lower(): value for name, value in raw.headers.items()})
        if raw.status in _REDIRECTS and "location" in headers:
            return self._redirect(request, headers["location"], _REDIRECTS[raw.status], raw.status)
        cap = self.settings.cap(request.purpose) if 200 <= raw.status < 300 else _CHUNK
        body, whole = _read(raw, cap) if raw.status != 304 else (b"", True)
        permanent = request.visited and request.permanent and raw.status < 400
        response = request.response(
            "ok", http_status=raw.status, headers=headers, body=body, etag=headers.get("etag"),
            last_modified=headers.get("last-modified"), retry_after=retry_after_s(headers, self._now()),
            moved_to=request.url if permanent else None,
        )  # fmt: skip
        return judged(response, whole, cap)

    def _redirect(self, request: _Request, location: str, permanent: bool, status: int) -> Response | _Request:
        target = absolute_url(request.url, _as_utf8(location))
        if target is None:
            return request.response("refused", f"redirected to {location[:200]!r}", http_status=status)
        visited = [*request.visited, request.url]
        if target in visited or len(visited) > self.settings.max_redirects:
            return request.response(
                "redirect_loop", f"{len(visited)} redirects, last to {target[:200]}", http_status=status
            )
        headers = dict(request.headers)
        if urlsplit(target).netloc != urlsplit(request.url).netloc:
            headers = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        both = request.permanent and permanent
        return replace(request, url=target, headers=headers, permanent=both, visited=visited)

    def _remember(self, domain: str, answer: Response | _Request) -> None:
        if isinstance(answer, Response) and answer.http_status is None and answer.status != "refused":
            self.politeness.silent(domain)
        else:
            asked = answer.retry_after if isinstance(answer, Response) and answer.http_status in (429, 503) else None
            self.politeness.answered(domain, asked)


@cache
def _version() -> str:
    try:
        return version("calledit")
    except PackageNotFoundError:
        return "0"


def _read(raw: BaseHTTPResponse, cap: int) -> tuple[bytes, bool]:
    """The decoded body up to `cap` bytes, and whether that is all of it. Raises what urllib3 raises."""
    body = bytearray()
    for chunk in raw.stream(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > cap:
            return bytes(body[:cap]), False
    return bytes(body), True


def _as_utf8(header: str) -> str:
    """A header some server sent as UTF-8; HTTP reads headers as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
