"""What a source would bring now, without storing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from scrapers.article import ArticleReader, Unread
from scrapers.documents import Document, EntryHint
from scrapers.fetch import Fetcher
from scrapers.kinds import Reading, reader_of
from scrapers.sources import Source
from scrapers.state import SourceState


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One document or announced page. `text` is the text as it would be stored, None where the page was not read."""

    title: str
    published: datetime | None
    url: str | None
    text: str | None
    note: str = ""  # "whole", "page", or why the page could not be read


def visit_once(source: Source, fetcher: Fetcher, now: datetime) -> Reading:
    """A first visit, as if nothing were known of the source."""
    return reader_of(source.kind)(source, SourceState(source.id, source.url), fetcher, now)


def preview(reading: Reading, fetcher: Fetcher, pages: int) -> Iterator[PreviewLine]:
    """Everything the visit brought, the first `pages` announced pages fetched and read."""
    for document in reading.documents:
        yield _line(document, "whole")
    with ArticleReader(workers=1) as reader:
        for hint in islice(reading.entries, pages):
            yield _read_line(hint, fetcher, reader)
    for hint in islice(reading.entries, pages, None):
        yield PreviewLine(hint.title, hint.published, hint.url, None, "page")


def _read_line(hint: EntryHint, fetcher: Fetcher, reader: ArticleReader) -> PreviewLine:
    response = fetcher.get(hint.url or "", purpose="page")
    if response.status != "ok":
        note = f"{response.status}: {response.detail}"
    else:
        page = reader.read(response.text, response.url, hint=hint, fetched=response.at)
        if not isinstance(page, Unread):
            return _line(page.document, "page")
        note = f"unreadable: {page.detail}"
    return PreviewLine(hint.title, hint.published, hint.url, None, note)


def _line(document: Document, note: str) -> PreviewLine:
    title = document.title or document.text[:80]
    return PreviewLine(title, document.published, document.url, document.text, note)
