"""Parsing feeds within bounds: large bodies in a process that can be stopped.

A tag with 200,000 attributes keeps feedparser busy for minutes; 100 kB of the worst we know take a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scrapers.feed_parsing import ParsedFeed, UnreadableFeedError, parse_feed
from scrapers.worker import CallFailedError, LimitedPool, Limits

_PARSE_HERE = 100_000  # bytes
_LIMITS = Limits(seconds=30.0)


@dataclass(frozen=True, slots=True)
class FeedTask:
    """One body to parse."""

    body: bytes
    content_type: str | None
    url: str


def parse_within_limits(task: FeedTask) -> ParsedFeed:
    """`parse_feed` within 30 seconds and bounded memory. Raises UnreadableFeedError."""
    if len(task.body) <= _PARSE_HERE:
        return parse_feed(task.body, task.content_type, task.url)
    try:
        answer = _parsers().call(task)
    except CallFailedError as failure:
        raise UnreadableFeedError("unreadable", f"the feed cannot be parsed: {failure}"[:200]) from failure
    if isinstance(answer, UnreadableFeedError):
        raise answer
    return answer


@cache
def _parsers() -> LimitedPool[FeedTask, ParsedFeed | UnreadableFeedError]:
    """One process for the whole run, started with the first large feed; it ends with its parent."""
    return LimitedPool(_parse, 1, _LIMITS)


def _parse(task: FeedTask) -> ParsedFeed | UnreadableFeedError:
    try:
        return parse_feed(task.body, task.content_type, task.url)
    except UnreadableFeedError as error:
        return error
