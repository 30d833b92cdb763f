"""Bluesky: an account's own posts from the public interface, which needs no key.

Interface: app.bsky.feed.getAuthorFeed (docs.bsky.app/docs/api/app-bsky-feed-get-author-feed).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scrapers.documents import Document
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading
from scrapers.responses import Response
from scrapers.social.posts import account_in, ask, number_option, post_document, text_option, visited
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import Timestamp, read_timestamp

_API = "https://public.api.bsky.app"
_CLOCK_SLIP = timedelta(minutes=10)


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit `https://bsky.app/profile/HANDLE`. Options: api (another host), pages (of 100 posts, at most; 3).

    Pages are read back to the newest post of the last visit; reposts and replies are left out.
    """
    responses: list[Response] = []
    posts: list[Mapping[str, Any]] = []
    page_cursor = ""
    for _ in range(number_option(source, "pages", 3)):
        response, answer = ask(fetcher, _address(source, page_cursor))
        responses.append(response)
        page = list(_own_posts(answer, account_in(source.url)))
        posts += page
        page_cursor = str(answer.get("cursor") or "") if isinstance(answer, dict) else ""
        if response.status != "ok" or not page_cursor or any(str(post.get("uri")) == state.cursor for post in page):
            break
    newest = str(posts[0].get("uri")) if posts else None
    return visited(source, state, responses, (_document(source, post, now) for post in posts), newest)


def _address(source: Source, cursor: str) -> str:
    query = {"actor": account_in(source.url), "limit": "100", "filter": "posts_no_replies"}
    query |= {"cursor": cursor} if cursor else {}
    return f"{text_option(source, 'api', _API)}/xrpc/app.bsky.feed.getAuthorFeed?{urlencode(query)}"


def _own_posts(answer: Any, account: str) -> Iterator[Mapping[str, Any]]:
    """The account's own posts of one page, newest first; pinned posts and reposts carry a `reason`."""
    feed = answer.get("feed") if isinstance(answer, dict) else None
    for item in feed if isinstance(feed, list) else ():
        post = item.get("post") if isinstance(item, dict) else None
        if isinstance(post, dict) and not item.get("reason") and _author(post).get("handle"):
            yield post


def _document(source: Source, post: Mapping[str, Any], now: datetime) -> Document | None:
    record = post.get("record")
    if not isinstance(record, dict):
        return None
    author = _author(post)
    handle, key = str(author["handle"]), str(post.get("uri", "")).rsplit("/", 1)[-1]
    languages = record.get("langs")
    return post_document(
        source, url=f"https://bsky.app/profile/{handle}/post/{key}", text=str(record.get("text") or ""),
        handle=handle, name=str(author.get("displayName") or ""), published=_published(record, post), now=now,
        language=str(languages[0]) if isinstance(languages, list) and languages else None,
    )  # fmt: skip


def _published(record: Mapping[str, Any], post: Mapping[str, Any]) -> Timestamp | None:
    """When the network first had the post. Its author writes `createdAt` and may write any date into it, so it
    counts only where it agrees with `indexedAt`: nobody is graded by a forecast dated back.
    """
    written, indexed = (read_timestamp(str(part or "")) for part in (record.get("createdAt"), post.get("indexedAt")))
    if written and indexed and abs(written.moment - indexed.moment) <= _CLOCK_SLIP:
        return written
    return indexed or written


def _author(post: Mapping[str, Any]) -> Mapping[str, Any]:
    author = post.get("author")
    return author if isinstance(author, dict) else {}
