"""The newsroom: a small web on loopback that the ordinary collecting code reads over real HTTP.

    with Newsroom() as newsroom:
        print(newsroom.base_url)

It serves the outlets' feeds and pages, social endpoints and price providers, with validators (ETag,
Last-Modified) and robots.txt, from the documents in demo/material and the prices of demo/prices.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from demo import feeds, pages, price_feeds, social
from demo.material import Article, Outlet, Post, articles, outlets, posts

ROBOTS = "User-agent: *\nDisallow: /drafts/\nDisallow: /*/subscribe/\n"
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answers."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


BAD_REQUEST = Answer(b"<h1>400</h1><p>That question makes no sense.</p>", status=400)
NOT_FOUND = Answer(b"<h1>404</h1><p>This page has moved, or never was.</p>", status=404)


class Newsroom:
    """A context manager that serves the material on 127.0.0.1 until it is left; `port` 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    @property
    def base_url(self) -> str:
        """Where it listens. Raises RuntimeError before it is entered."""
        if self._server is None:
            raise RuntimeError("the newsroom is closed: use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), partial(_Handler, self))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, target: str) -> Answer:
        """What a GET of `target` (path and query) answers."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        for pattern, respond in _ROUTES:
            if match := pattern.fullmatch(parts.path):
                try:
                    return respond(self.base_url, query, *match.groups())
                except ValueError:  # a number or a day that is none
                    return BAD_REQUEST
        return NOT_FOUND


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "calledit-newsroom"
    timeout = 30

    def __init__(self, newsroom: Newsroom, *args: object) -> None:
        self.newsroom = newsroom
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        answer = self.newsroom.answer(self.path)
        fresh = answer.status == 200 and self._has(answer)
        self.send_response(304 if fresh else answer.status)
        self.send_header("ETag", answer.etag)
        if answer.modified:
            self.send_header("Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True))
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", "0" if fresh else str(len(answer.body)))
        self.end_headers()
        if not fresh and self.command == "GET":
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _has(self, answer: Answer) -> bool:
        """Whether the reader's copy is the newest."""
        if tags := self.headers.get("If-None-Match"):
            return answer.etag in tags
        since = self.headers.get("If-Modified-Since")
        if not since or not answer.modified:
            return False
        try:
            return answer.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the collecting side does the telling."""


def _welcome(base_url: str, query: Query) -> Answer:
    return _html(pages.welcome_page(list(outlets().values())))


def _robots(base_url: str, query: Query) -> Answer:
    return Answer(ROBOTS.encode(), "text/plain; charset=utf-8")


def _front(base_url: str, query: Query, outlet_id: str) -> Answer:
    outlet = outlets().get(outlet_id)
    return _html(pages.front_page(outlet, _newest(outlet)[:20])) if outlet else NOT_FOUND


def _feed(base_url: str, query: Query, outlet_id: str) -> Answer:
    outlet = outlets().get(outlet_id)
    if outlet is None:
        return NOT_FOUND
    newest = _newest(outlet)
    text = feeds.feed(outlet, newest, base_url, lambda a: pages.text_html(a, _embedded(a)))
    kind = "application/rss+xml" if outlet.feed == "rss" else "application/atom+xml"
    return Answer(text.encode(), f"{kind}; charset=utf-8", modified=newest[0].published if newest else None)


def _page(base_url: str, query: Query, path: str) -> Answer:
    article = next((a for a in articles() if a.path == path), None)
    if article is None:
        return NOT_FOUND
    outlet = outlets()[article.outlet]
    others = [a for a in _newest(outlet) if a.id != article.id][:4]
    return _html(pages.article_page(article, outlet, _embedded(article), others), article.published)


def _bluesky(base_url: str, query: Query) -> Answer:
    found = _by_handle(query.get("actor", "").removeprefix("at://").removeprefix("did:example:"), "bluesky")
    if not found:
        return _json({"error": "InvalidRequest", "message": "Profile not found"}, 400)
    return _json(social.bluesky_feed(found, _limit(query, 50, 100), query.get("cursor")))


def _lookup(base_url: str, query: Query) -> Answer:
    found = _by_handle(query.get("acct", "").removeprefix("@").split("@")[0], "mastodon")
    return _json(social.mastodon_account(found[0], base_url)) if found else _json({"error": "Record not found"}, 404)


def _statuses(base_url: str, query: Query, account: str) -> Answer:
    found = [p for p in reversed(posts()) if p.network == "mastodon" and social.account_id(p.handle) == account]
    limit = _limit(query, 20, 40)
    return _json(
        social.mastodon_statuses(
            found, base_url, limit, query.get("max_id"), query.get("min_id") or query.get("since_id")
        )
    )


def _mastodon_rss(base_url: str, query: Query, handle: str) -> Answer:
    found = _by_handle(handle, "mastodon")
    if not found:
        return NOT_FOUND
    return Answer(social.mastodon_rss(found, base_url).encode(), "application/rss+xml; charset=utf-8")


def _stooq(base_url: str, query: Query) -> Answer:
    text = price_feeds.stooq_csv(query.get("s", ""), _day(query.get("d1")), _day(query.get("d2")))
    return Answer(text.encode(), "text/csv; charset=utf-8")


def _fred(base_url: str, query: Query) -> Answer:
    text = price_feeds.fred_csv(query.get("id", ""), _day(query.get("cosd")), _day(query.get("coed")))
    return Answer(text.encode(), "text/csv; charset=utf-8") if text else NOT_FOUND


def _binance(base_url: str, query: Query) -> Answer:
    end = int(query["endTime"]) if "endTime" in query else None
    start, limit = int(query.get("startTime", "0")), _limit(query, 500, 1000)
    candles = price_feeds.binance_klines(query.get("symbol", ""), start, end, limit)
    return _json(candles) if candles is not None else _json({"code": -1121, "msg": "Invalid symbol."}, 400)


_ROUTES: Sequence[tuple[re.Pattern[str], Callable[..., Answer]]] = (
    (re.compile("/"), _welcome),
    (re.compile(r"/robots\.txt"), _robots),
    (re.compile(r"(?:/bluesky)?/xrpc/app\.bsky\.feed\.getAuthorFeed"), _bluesky),
    (re.compile(r"/api/v1/accounts/lookup"), _lookup),
    (re.compile(r"/api/v1/accounts/(\d+)/statuses"), _statuses),
    (re.compile(r"/@([\w.-]+)\.rss"), _mastodon_rss),
    (re.compile(r"(?:/stooq)?/q/d/l/"), _stooq),
    (re.compile(r"(?:/fred)?/graph/fredgraph\.csv"), _fred),
    (re.compile(r"(?:/binance)?/api/v3/klines"), _binance),
    (re.compile(r"/([a-z-]+)/feed\.xml"), _feed),
    (re.compile(r"/([a-z-]+)/"), _front),
    (re.compile(r"(/[a-z-]+/\d{4}/\d{2}/[a-z0-9-]+/)"), _page),
)


def _newest(outlet: Outlet) -> list[Article]:
    return [a for a in reversed(articles()) if a.outlet == outlet.id]


def _embedded(article: Article) -> list[Post]:
    return [post for post in posts() if post.id in article.embeds]


def _by_handle(handle: str, network: str) -> list[Post]:
    return [p for p in reversed(posts()) if p.handle == handle and p.network == network]


def _limit(query: Query, usual: int, most: int) -> int:
    text = query.get("limit", "")
    return max(1, min(most, int(text))) if text.isdigit() else usual


def _day(text: str | None) -> date | None:
    """A day printed 20250131 or 2025-01-31."""
    return date.fromisoformat(text) if text else None


def _html(text: str, modified: datetime | None = None) -> Answer:
    return Answer(text.encode(), modified=modified)


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)
