"""Reddit: the newest posts of several subreddits in one request, which is all an address gets per minute.

Since June 2026 reddit.com answers about one keyless request a minute; the network door keeps that distance.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from scrapers.documents import Document
from scrapers.feed_parsing import FeedEntry, UnreadableFeedError, parse_feed
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading, failed
from scrapers.social.posts import post_document, text_option, visited
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import read_timestamp

_SIGNATURE = re.compile(r"\s*submitted by\s+/?u/\S+(?:\s+to\s+r/\S+)?\s*(?:\[link\])?\s*(?:\[comments\])?\s*$")
_SUBREDDITS = re.compile(r"/r/([\w+]+)")


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit `https://www.reddit.com/r/NAME+NAME/`. Option: listing (new, hot, top; "new").

    A post's text is its title, and its own text where it has one; links to articles are their titles.
    """
    response = fetcher.get(_address(source), purpose="api")
    if response.status != "ok":
        return failed(response, source, state)
    try:
        feed = parse_feed(response.body, response.headers.get("content-type"), response.url)
    except UnreadableFeedError as error:
        return failed(replace(response, status=error.status, detail=str(error)), source, state)
    return visited(source, state, [response], (_document(source, entry, now) for entry in feed.entries))


def _address(source: Source) -> str:
    found = _SUBREDDITS.search(source.url)
    if not found:
        return source.url
    return f"{source.url[: found.end()]}/{text_option(source, 'listing', 'new')}/.rss?limit=100"


def _document(source: Source, entry: FeedEntry, now: datetime) -> Document | None:
    words = _SIGNATURE.sub("", entry.content or entry.summary).strip()
    author = entry.authors[0] if entry.authors else ""
    handle = author.removeprefix("/u/").removeprefix("u/")
    return post_document(
        source, url=entry.link or "", text=f"{entry.title}\n\n{words}" if words else entry.title,
        handle=handle, published=read_timestamp(entry.date or ""), now=now,
    )  # fmt: skip
