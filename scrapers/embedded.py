"""Posts embedded in articles, and credits to the first publisher, out of pages and out of run-together text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from scrapers.documents import Document, document_id
from scrapers.timestamps import Timestamp, read_timestamp

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_SIGNED = re.compile(
    rf"\s[—–-]{{1,2}}\s(?P<name>[^\n—–()]{{1,50}}?)\s?\(@(?P<handle>\w{{1,15}})\)\s{{1,3}}(?P<day>{_MONTH}\.? \d{{1,2}}, 20\d\d)"
)
_ADDRESS = re.compile(r"\s*(?:pic\.twitter\.com/\w+|https?://t\.co/\w+)\s*$")
_LONGEST_POST = 320  # characters with its addresses: a longer post is cut with "…" when embedded


@dataclass(frozen=True, slots=True)
class Post:
    """A post found in a text: its own words at [start, end), who signed it, and the day printed under it."""

    start: int
    end: int
    name: str
    handle: str
    day: Timestamp


def posts_in_text(document: Document) -> tuple[Document, ...]:
    """The posts whose remains stand in an article's text ("… — Ana Ruiz (@anaruiz) June 3, 2025"), as documents."""
    if document.kind != "article":
        return ()
    return tuple(_document(document, post) for post in signed_posts(document.text))


def signed_posts(text: str) -> Iterator[Post]:
    """Posts that end with a printed signature."""
    for match in _SIGNED.finditer(text):
        day = read_timestamp(match["day"])
        if day:
            end = match.start()
            yield Post(_beginning(text, end), end, match["name"].strip(), match["handle"], day)


def _beginning(text: str, end: int) -> int:
    line = text.rfind("\n", 0, end) + 1
    return max(line, end - _LONGEST_POST)


def _document(parent: Document, post: Post) -> Document:
    words = parent.text[post.start : post.end]
    return Document(
        id=document_id(None, f"x.com/{post.handle.lower()}", f"{post.day.moment.date()}\n{words}"),
        kind="post", text=words, handle=post.handle, authors=(post.name,), publisher="X", source=parent.source,
        published=post.day.moment, published_precision="day", published_origin="embedded",
        fetched=parent.fetched, language=parent.language, parent_id=parent.id,
    )  # fmt: skip
