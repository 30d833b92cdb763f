"""Mastodon: an account's own posts from its server's interface, else from the account's .rss.

Interface: docs.joinmastodon.org/methods/accounts/#lookup and #statuses, public without a key on most servers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from scrapers.documents import Document
from scrapers.feed_parsing import FeedEntry, UnreadableFeedError, parse_feed
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading
from scrapers.markup import plain_text
from scrapers.responses import Response
from scrapers.social.posts import account_in, ask, number_option, post_document, visited
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import read_timestamp

_PAGE = 40  # posts, the most the interface gives at once
_CLOSED = ("http_error", "unreadable", "bot_wall")  # what servers answer that keep the interface for members


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit `https://SERVER/@ACCOUNT`: the posts since the last visit, without boosts and replies.

    Option: pages (of 40 posts, at most; 3). What is left then comes with the next visit.
    """
    known, _, last = (state.cursor or "").partition(":")
    responses: list[Response] = []
    account = known or _look_up(source, fetcher, responses)
    statuses = _statuses(source, fetcher, account, last, responses) if account else []
    if not statuses and responses[-1].status in _CLOSED:
        return _from_feed(source, state, fetcher, now)
    newest = max((str(status.get("id")) for status in statuses), key=_age, default=last)
    posts = (_document(source, status, now) for status in statuses if not status.get("reblog"))
    return visited(source, state, responses, posts, f"{account}:{newest}" if account else None)


def _look_up(source: Source, fetcher: Fetcher, responses: list[Response]) -> str:
    """The account's number; "" where the server does not tell it."""
    query = urlencode({"acct": account_in(source.url)})
    response, answer = ask(fetcher, f"{_server(source)}/api/v1/accounts/lookup?{query}")
    responses.append(response)
    return str(answer.get("id") or "") if isinstance(answer, dict) else ""


def _statuses(
    source: Source, fetcher: Fetcher, account: str, last: str, responses: list[Response]
) -> list[Mapping[str, Any]]:
    """The newest page on the first visit, later every page after the last post that is known."""
    statuses: list[Mapping[str, Any]] = []
    query = {"limit": str(_PAGE), "exclude_reblogs": "true", "exclude_replies": "true"}
    for _ in range(number_option(source, "pages", 3)):
        query |= {"min_id": last} if last else {}
        response, answer = ask(fetcher, f"{_server(source)}/api/v1/accounts/{account}/statuses?{urlencode(query)}")
        responses.append(response)
        page = [status for status in answer if isinstance(status, dict)] if isinstance(answer, list) else []
        statuses += page
        if not last or len(page) < _PAGE:
            break
        last = max((str(status.get("id")) for status in page), key=_age)
    return statuses


def _document(source: Source, status: Mapping[str, Any], now: datetime) -> Document | None:
    account = status.get("account")
    person = account if isinstance(account, dict) else {}
    return post_document(
        source, url=str(status.get("url") or status.get("uri") or ""),
        text=plain_text(str(status.get("content") or "")),
        handle=str(person.get("acct") or account_in(source.url)), name=str(person.get("display_name") or ""),
        published=read_timestamp(str(status.get("created_at") or "")), now=now,
        language=str(status.get("language") or ""),
    )  # fmt: skip


def _from_feed(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """The account's .rss, which most servers keep public: the newest twenty posts, untitled."""
    response = fetcher.get(f"{_server(source)}/@{account_in(source.url)}.rss", purpose="feed")
    if response.status != "ok":
        return visited(source, state, [response], ())
    try:
        entries = parse_feed(response.body, response.headers.get("content-type"), response.url).entries
    except UnreadableFeedError as error:
        return visited(source, state, [replace(response, status=error.status, detail=str(error))], ())
    return visited(source, state, [response], (_from_entry(source, entry, now) for entry in entries))


def _from_entry(source: Source, entry: FeedEntry, now: datetime) -> Document | None:
    handle = account_in(source.url)
    return post_document(
        source, url=entry.link or entry.guid or "", text=entry.content or entry.summary, handle=handle,
        published=read_timestamp(entry.date or ""), now=now,
    )  # fmt: skip


def _server(source: Source) -> str:
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}"


def _age(number: str) -> tuple[int, str]:
    """Post numbers grow with time; longer ones are later."""
    return len(number), number
