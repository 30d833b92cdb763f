"""Bytes of a feed to its entries, whatever the dialect: pure, and safe against entity bombs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import feedparser

from scrapers.addresses import absolute_url
from scrapers.bylines import author_names
from scrapers.charset import decode
from scrapers.markup import one_line, plain_text

_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(%?)\s*[\w.:-]+\s+(\"[^\"]*\"|'[^']*'|SYSTEM|PUBLIC)", re.IGNORECASE)
_REFERENCE = re.compile(r"[&%][\w.:-]+;")
_FEED_ROOT = re.compile(r"<(rss|feed|rdf:rdf|[\w-]+:feed|channel)[\s>]", re.IGNORECASE)
_OUTLET_BY = re.compile(r"^\S.{1,40}?\sby\s+(?=\S)", re.IGNORECASE)  # "Port Lumen Courier by Ana Ruiz"
_MAX_ENTITIES = 300  # the named characters of HTML are 253


class UnreadableFeedError(ValueError):
    """The body is no feed, or one that must not be read; `status` says which, the message why in one line."""

    def __init__(self, status: Literal["not_a_feed", "unreadable"], reason: str) -> None:
        super().__init__(status, reason)
        self.status: Literal["not_a_feed", "unreadable"] = status
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry as printed, its HTML made plain. `date` is the time as printed."""

    link: str | None
    guid: str | None
    title: str
    summary: str
    content: str  # the longest text the entry carries, maybe the summary
    authors: tuple[str, ...]
    date: str | None
    date_kind: str = "feed"  # "feed (updated)" where only the time of the last change is printed
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says of itself and its entries in the order printed. `set_aside` counts the empty ones."""

    title: str
    link: str | None
    language: str | None
    entries: tuple[FeedEntry, ...]
    set_aside: int = 0


def parse_feed(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Read RSS, Atom, RDF or JSON Feed. Raises UnreadableFeedError for anything else."""
    text = decode(body, content_type)
    start = text.lstrip()[:1]
    if start == "{":
        return _json_feed(text, url)
    if start != "<" or not _FEED_ROOT.search(text[:100_000]):
        what = "a web page" if re.search(r"<html|<!doctype html", text[:2000], re.IGNORECASE) else "no feed"
        raise UnreadableFeedError("not_a_feed", f"the address brings {what}" + _hint_of(url))
    _refuse_entities(text)
    return _xml_feed(_PROLOG.sub("", text, count=1), url)


def _hint_of(url: str) -> str:
    return f": `calledit sources add {url}` looks for the feeds of a page" if len(url) < 100 else ""


def _refuse_entities(text: str) -> None:
    """Raises where entities are declared that are external, or made of other entities."""
    doctype = text.find("<!ENTITY")
    if doctype < 0:
        return
    declared = [found[2] for found in _ENTITY.finditer(text[: doctype + 200_000])]
    nested = any(value.upper() in ("SYSTEM", "PUBLIC") or _REFERENCE.search(value) for value in declared)
    if nested or len(declared) > _MAX_ENTITIES or any(len(value) > 1000 for value in declared):
        raise UnreadableFeedError("unreadable", "the feed declares XML entities that could expand without end")


def _xml_feed(text: str, url: str) -> ParsedFeed:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        text.encode("utf-8", "replace"), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.get("version") and not parsed.entries:
        raise UnreadableFeedError("not_a_feed", "the address brings XML that is no feed")
    about: Mapping[str, Any] = parsed.feed
    entries = tuple(entry for item in parsed.entries if (entry := _xml_entry(item, url)))
    return ParsedFeed(
        title=one_line(about.get("title") or ""),
        link=absolute_url(url, about.get("link") or ""),
        language=_language(about.get("language")),
        entries=entries,
        set_aside=len(parsed.entries) - len(entries),
    )


def _xml_entry(item: Mapping[str, Any], url: str) -> FeedEntry | None:
    guid = (item.get("id") or "").strip() or None
    link = absolute_url(url, item.get("feedburner_origlink") or item.get("link") or "")
    summary = plain_text(item.get("summary") or "")
    texts = [plain_text(part.get("value") or "") for part in item.get("content") or ()]
    title = one_line(item.get("title") or "")
    date = item.get("published")
    entry = FeedEntry(
        link=link if item.get("link") or item.get("feedburner_origlink") else None, guid=guid, title=title,
        summary=summary, content=max([summary, *texts], key=len), authors=_authors(item),
        date=date or item.get("updated"), date_kind="feed" if date else "feed (updated)",
        language=_language(next((part.get("language") for part in item.get("content") or ()), None)),
    )  # fmt: skip
    return entry if entry.title or entry.content else None


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    names = [str(author.get("name") or "") for author in item.get("authors") or ()]
    return author_names(_OUTLET_BY.sub("", name) for name in names or [item.get("author") or ""] if name)


def _language(tag: str | None) -> str | None:
    """The primary subtag: "en" for "en-US"."""
    code = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return code if 2 <= len(code) <= 3 and code.isalpha() else None


def _json_feed(text: str, url: str) -> ParsedFeed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeedError("not_a_feed", f"the address brings broken JSON: {error}"[:200]) from error
    items = data.get("items")
    if not str(data.get("version", "")).startswith(("https://jsonfeed.org/", "http://jsonfeed.org/")) or not isinstance(
        items, list
    ):
        raise UnreadableFeedError("not_a_feed", "the address brings JSON that is no JSON Feed")
    language = _language(_string(data, "language"))
    entries = tuple(entry for item in items if (entry := _json_entry(item, url)))
    home = absolute_url(url, _string(data, "home_page_url"))
    return ParsedFeed(one_line(_string(data, "title")), home, language, entries, len(items) - len(entries))


def _json_entry(item: Any, url: str) -> FeedEntry | None:
    if not isinstance(item, dict):
        return None
    link = _string(item, "url") or _string(item, "external_url")
    summary = plain_text(_string(item, "summary"))
    texts = (summary, plain_text(_string(item, "content_html")), _string(item, "content_text").strip())
    date = _string(item, "date_published")
    entry = FeedEntry(
        link=absolute_url(url, link) if link else None, guid=str(item["id"]) if item.get("id") else None,
        title=one_line(_string(item, "title")), summary=summary, content=max(texts, key=len),
        authors=author_names(_json_authors(item)), date=date or _string(item, "date_modified") or None,
        date_kind="feed" if date else "feed (updated)", language=_language(_string(item, "language")),
    )  # fmt: skip
    return entry if entry.title or entry.content else None


def _json_authors(item: Mapping[str, Any]) -> Iterator[str]:
    listed = item.get("authors")
    for author in listed if isinstance(listed, list) else [item.get("author")]:
        if isinstance(author, dict) and isinstance(author.get("name"), str):
            yield author["name"]


def _string(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
