"""News sitemaps: the pages a site published between two dates, for backfill.

Formats: sitemaps.org/protocol.html, and Google's news extension for title and publication time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from lxml import etree

from scrapers.canonical import cleaned_url
from scrapers.dates import Published, published
from scrapers.documents import EntryHint
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading, failed
from scrapers.responses import Response
from scrapers.sources import Source
from scrapers.state import SourceState
from scrapers.timestamps import read_timestamp

_MOST_MAPS = 50  # sitemaps read on one visit; the next one goes on from there
_LARGEST = 60_000_000  # bytes of a sitemap once unpacked; the protocol allows 50 MB
_OVERLAP = timedelta(days=2)  # looked at again on the next visit: sitemaps lag behind their sites
_NAMED = re.compile(r"(?<!\d)(20[0-4]\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a sitemap: a page, or in an index another sitemap. Times as printed."""

    address: str
    is_map: bool = False
    changed: str = ""
    published: str = ""
    title: str = ""
    publication: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, first: date, last: date | None = None) -> bool:
        """Whether any of the days from `first` to `last` falls into the window."""
        return (self.since is None or (last or first) >= self.since) and (self.until is None or first <= self.until)


class UnreadableSitemapError(ValueError):
    """The body is no sitemap; the message says why in one line."""


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit a sitemap, or an index of sitemaps, newest first. Options, all optional:

    since, until (ISO dates: only pages of these days), include (a regular expression addresses must match).
    After a complete visit the next ones look only at what changed since; one that had to stop goes on.
    """
    try:
        include = re.compile(str(source.options.get("include", "")))
    except re.error as error:
        return Reading("refused", state, detail=f"include is no regular expression: {error}")
    response = fetcher.get(state.url, purpose="feed", etag=state.etag, last_modified=state.last_modified)
    if response.status != "ok":
        return failed(response, source, state)
    try:
        rows = list(listed(response.body))
    except UnreadableSitemapError as error:
        return failed(replace(response, status="not_a_feed", detail=str(error)), source, state)
    window = _window(source, state.cursor)
    maps = _chosen_maps(rows, window, state.cursor)
    answers = [fetcher.get(row.address, purpose="feed") for row in maps[:_MOST_MAPS]]
    pages = [row for row in (*rows, *(row for answer in answers for row in _pages(answer))) if not row.is_map]
    hints = _hints(source, pages, window, now)
    stopped = len(maps) > _MOST_MAPS
    return Reading(
        status="ok", state=_remembered(state, response, maps[_MOST_MAPS - 1].address if stopped else None, now),
        entries=tuple(hint for hint in hints if include.search(hint.url or "")),
        fetches=tuple(answer.as_fetch(source.id) for answer in (response, *answers)),
        detail=f"{len(maps) - _MOST_MAPS} more sitemaps wait for the next visit" if stopped else None,
    )  # fmt: skip


def listed(body: bytes) -> Iterator[Listed]:
    """The rows of a sitemap, gzipped or not. Raises UnreadableSitemapError for anything else."""
    data = _unpacked(body) if body[:2] == b"\x1f\x8b" else body
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from (Listed(line) for line in data.decode("utf-8", "replace").split() if line.startswith("http"))
        return
    if not re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", data[:5000]):
        raise UnreadableSitemapError("the address brings no sitemap")
    elements = etree.iterparse(
        BytesIO(data), tag=("{*}url", "{*}sitemap"), recover=True, resolve_entities=False, no_network=True
    )
    for _, element in elements:
        row = _listed(element)
        element.clear()
        if row.address:
            yield row


def _listed(element: etree._Element) -> Listed:
    def text(path: str) -> str:
        return " ".join((element.findtext(path) or "").split())

    publication = "{*}news/{*}publication"
    return Listed(
        cleaned_url(text("{*}loc")) or "", etree.QName(element).localname == "sitemap", text("{*}lastmod"),
        text("{*}news/{*}publication_date"), text("{*}news/{*}title"), text(f"{publication}/{{*}}name"),
        text(f"{publication}/{{*}}language"),
    )  # fmt: skip


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(body, _LARGEST)
    except zlib.error as error:
        raise UnreadableSitemapError(f"the sitemap cannot be unpacked: {error}") from error


def _pages(response: Response) -> list[Listed]:
    """The pages of one sitemap of an index; none where it failed, which its fetch row tells."""
    if response.status != "ok":
        return []
    try:
        return [row for row in listed(response.body) if not row.is_map]
    except UnreadableSitemapError:
        return []


def _chosen_maps(rows: list[Listed], window: Window, cursor: str | None) -> list[Listed]:
    """The sitemaps that can hold pages of the window, newest first, after the one at which the last visit ended."""
    maps = sorted((row for row in rows if row.is_map and _may_hold(row, window)), key=_age, reverse=True)
    ended = (cursor or "").removeprefix("after ")
    places = [place for place, row in enumerate(maps) if row.address == ended]
    return maps[places[0] + 1 :] if places else maps


def _may_hold(row: Listed, window: Window) -> bool:
    """A sitemap last changed before the window holds nothing of it; nor does one named after another month."""
    named = _named_days(row.address)
    changed = read_timestamp(row.changed)
    if named and not window.holds(*named):
        return False
    return changed is None or window.since is None or changed.moment.date() >= window.since


def _named_days(address: str) -> tuple[date, date] | None:
    """The first and last day of the month or day an address names: ".../posts-2025-06.xml"."""
    found = _NAMED.search(address)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    if found[3]:
        try:
            return (day := date(year, month, int(found[3]))), day
        except ValueError:
            return None
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _age(row: Listed) -> tuple[date, str]:
    changed = read_timestamp(row.changed)
    named = _named_days(row.address)
    return (named[1] if named else changed.moment.date() if changed else date.min), row.address


def _hints(source: Source, pages: list[Listed], window: Window, now: datetime) -> Iterator[EntryHint]:
    for page in pages:
        when = published(page.published, now, origin="sitemap") if page.published else Published()
        if _in_window(page, when, window):
            yield EntryHint(
                url=page.address, title=page.title, published=when.moment, published_precision=when.precision,
                published_origin=when.origin, language=page.language or None, source=source.id,
                publisher=source.publisher or page.publication or None,
            )  # fmt: skip


def _in_window(row: Listed, when: Published, window: Window) -> bool:
    """By its publication time, else the day its address names; else it is not older than its last change."""
    if when.moment:
        return window.holds(when.moment.date())
    if (named := _named_days(row.address)) and named[0] == named[1]:
        return window.holds(*named)
    changed = read_timestamp(row.changed)
    return changed is None or window.since is None or changed.moment.date() >= window.since


def _window(source: Source, cursor: str | None) -> Window:
    since, until = (_day(source.options.get(name)) for name in ("since", "until"))
    done = _day((cursor or "").removeprefix("done ")) if (cursor or "").startswith("done ") else None
    return Window(max(filter(None, (since, done - _OVERLAP if done else None)), default=None), until)


def _day(value: object) -> date | None:
    """A day from an option: TOML's own date, or an ISO string."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    stamp = read_timestamp(value) if isinstance(value, str) else None
    return stamp.moment.date() if stamp else None


def _remembered(state: SourceState, response: Response, stopped_at: str | None, now: datetime) -> SourceState:
    """Where this visit ended. Only after a complete one do the validators count: a 304 must not end a backfill."""
    address = response.moved_to or state.url
    if stopped_at:
        return replace(state, url=address, cursor=f"after {stopped_at}", etag=None, last_modified=None)
    return replace(
        state, url=address, cursor=f"done {now.astimezone(UTC).date()}", etag=response.etag,
        last_modified=response.last_modified,
    )  # fmt: skip
