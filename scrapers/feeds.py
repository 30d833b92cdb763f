"""RSS, Atom and JSON Feed: what a feed announces, and the whole text where it brings it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from scrapers.canonical import cleaned_url
from scrapers.dates import published
from scrapers.documents import Document, EntryHint, document_id, joined_text
from scrapers.entry_keys import entry_aliases
from scrapers.feed_limits import FeedTask, parse_within_limits
from scrapers.feed_parsing import FeedEntry, ParsedFeed, UnreadableFeedError
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading, failed
from scrapers.language import language_of
from scrapers.responses import Response
from scrapers.sources import Source
from scrapers.state import SourceState

_FULL_TEXT_FROM = 1200  # characters; teasers are shorter
_CUT_OFF = re.compile(r"(\[?(…|\.\.\.|&hellip;)\]?|read more|continue reading|read the full \w+)\W*$", re.IGNORECASE)
_CREDIT = re.compile(
    r"\n?The (?:post|article) [^\n]{3,300}? (?:first )?appeared (?:first )?on (?P<site>[^\n]{2,80}?)\.?\s*$"
)


def read(source: Source, state: SourceState, fetcher: Fetcher, now: datetime) -> Reading:
    """Visit a feed. Its options, all optional:

    full_text (True, False or "auto"): whether entries carry the whole text; pages (False: never fetch pages,
    take title and summary); timezone (IANA name for times printed without one); author (of entries that name
    none); language.
    """
    response = fetcher.get(state.url, purpose="feed", etag=state.etag, last_modified=state.last_modified)
    if response.status != "ok":
        return failed(response, source, state)
    if response.body_hash == state.body_hash:
        return failed(replace(response, status="unchanged"), source, remembered(state, response))
    try:
        feed = parse_within_limits(FeedTask(response.body, response.headers.get("content-type"), response.url))
    except UnreadableFeedError as error:
        return failed(replace(response, status=error.status, detail=str(error)), source, state)
    return _reading(source, remembered(state, response), response, feed, now)


def remembered(state: SourceState, response: Response) -> SourceState:
    """The state with the validators, body hash and address of a good answer."""
    return replace(
        state, url=response.moved_to or state.url, etag=response.etag, last_modified=response.last_modified,
        body_hash=response.body_hash,
    )  # fmt: skip


def _reading(source: Source, state: SourceState, response: Response, feed: ParsedFeed, now: datetime) -> Reading:
    hints = [_hint(source, feed, entry, now) for entry in feed.entries]
    aliases = entry_aliases(hints)
    documents, announced = [], []
    guids: dict[str, str] = {}
    for entry, hint, alias in zip(feed.entries, hints, aliases, strict=True):
        if hint.url is None or is_whole(source, entry):
            document = document_from(hint, entry.content or entry.summary, now)
            documents.append(document)
            guids |= {document.id: alias} if alias else {}
        else:
            announced.append(replace(hint, guid=alias))
    return Reading(
        status="ok", state=state, documents=tuple(documents), entries=tuple(announced),
        fetches=(response.as_fetch(source.id),), set_aside=feed.set_aside, guids=guids,
    )  # fmt: skip


def _hint(source: Source, feed: ParsedFeed, entry: FeedEntry, now: datetime) -> EntryHint:
    zone = source.options.get("timezone")
    when = published(entry.date, now, origin=entry.date_kind, zone=zone if isinstance(zone, str) else None)
    author = source.options.get("author")
    language = source.options.get("language")
    return EntryHint(
        url=entry.link, guid=entry.guid, title=entry.title, summary=entry.summary,
        authors=entry.authors or ((author,) if isinstance(author, str) else ()),
        published=when.moment, published_precision=when.precision, published_origin=when.origin,
        language=entry.language or feed.language or (language if isinstance(language, str) else None),
        publisher=source.publisher or source.name, source=source.id,
    )  # fmt: skip


def is_whole(source: Source, entry: FeedEntry) -> bool:
    """Whether the entry is taken as the feed brings it, without its page."""
    if source.options.get("pages") is False:
        return True
    wanted = source.options.get("full_text", "auto")
    if isinstance(wanted, bool):
        return wanted and bool(entry.content)
    body = _CREDIT.sub("", entry.content)
    return len(body) >= _FULL_TEXT_FROM and not _CUT_OFF.search(body[-60:])


def document_from(hint: EntryHint, body: str, now: datetime) -> Document:
    """A document made of what the source itself brings: the whole text, or title and summary."""
    credit = _CREDIT.search(body)
    body = body[: credit.start()].rstrip() if credit else body
    canonical = cleaned_url(hint.url)
    guid = hint.guid or f"{hint.title}\n{hint.published:%Y-%m-%d}" if hint.published else hint.guid or hint.title
    return Document(
        id=document_id(canonical, hint.source, guid or body[:500]), kind="article",
        text=joined_text(hint.title, body), title=hint.title, url=canonical or hint.url, canonical_url=canonical,
        source=hint.source, publisher=hint.publisher, credited_publisher=credit["site"].strip() if credit else None,
        authors=hint.authors, published=hint.published, published_precision=hint.published_precision,
        published_origin=hint.published_origin, fetched=now, language=hint.language or language_of(body),
    )  # fmt: skip
