"""The document: one article or post, as it was published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["article", "post"]
Precision = Literal["instant", "day", "none"]


@dataclass(frozen=True, slots=True)
class Document:
    """One article or post.

    `text` is the title, a blank line and the body for an article, and the post itself for a post; every
    offset of every claim counts characters of it. `published` is an aware UTC datetime: `precision` says
    whether it is an instant, only a day (then the time is 00:00), or unknown (then it is None), and
    `published_origin` where it was read ("json-ld", "feed", "trafilatura", "import" ...).
    """

    id: str
    kind: Kind
    text: str
    title: str = ""
    url: str | None = None
    canonical_url: str | None = None
    source: str | None = None  # id of the source that brought it
    publisher: str | None = None
    credited_publisher: str | None = None  # "The post X appeared first on Y"
    authors: tuple[str, ...] = ()
    handle: str | None = None  # a post's author, without "@"
    published: datetime | None = None
    published_precision: Precision = "none"
    published_origin: str | None = None
    fetched: datetime | None = None
    language: str | None = None
    parent_id: str | None = None  # of a post embedded in an article


@dataclass(frozen=True, slots=True)
class EntryHint:
    """What a source (feed entry, sitemap row) said of a page before the page was read."""

    url: str | None = None  # of the page, cleaned
    guid: str | None = None  # the entry's own id, as printed
    title: str = ""
    summary: str = ""  # plain text
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_precision: Precision = "none"
    published_origin: str | None = None  # "feed", "sitemap"
    language: str | None = None
    publisher: str | None = None
    source: str | None = None  # id of the source that announced it


def document_id(canonical_url: str | None, source: str | None = None, guid: str | None = None) -> str:
    """A stable id: 16 hex digits of the canonical URL's hash, else of source and guid.

    Raises ValueError where neither a URL nor a guid is known.
    """
    if canonical_url:
        key = canonical_url
    elif guid:
        key = f"{source or ''}\n{guid}"
    else:
        raise ValueError("a document needs a canonical URL or a guid to have an id")
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def joined_text(title: str, body: str) -> str:
    """The text claims are read from: title, blank line, body; the title alone where there is no body."""
    return f"{title}\n\n{body}" if title and body else title or body
