"""Reading archives: JSONL (also gzipped), .txt and .html files and folders of them, as documents.

A document's text is its `text`, else its title, a blank line and its body; ids that are given are kept. What
cannot be read is reported with its place and set aside; its neighbours are read all the same.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from scrapers.article import ArticlePage, ArticleReader, Unread
from scrapers.canonical import cleaned_url
from scrapers.credits import credit_in, first_publisher
from scrapers.documents import Document, EntryHint, Kind, document_id, joined_text
from scrapers.embedded import posts_in_text
from scrapers.publishers import usual_name
from scrapers.storable import storable
from scrapers.timestamps import Timestamp, day_of, read_timestamp

LINES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
_PAGES = (".html", ".htm")
_IN_FOLDERS = (*LINES, *_PAGES, ".txt")
_LONGEST_TITLE = 200  # characters
_LONGEST_LINE = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class ArchiveDefaults:
    """What holds for documents that do not say it themselves."""

    published: str | None = None  # as printed; one that names no time counts as none
    url: str | None = None  # for a single page or text
    publisher: str | None = None
    source: str | None = None
    kind: Kind | None = None

    @property
    def stamp(self) -> Timestamp | None:
        """`published`, read."""
        return read_timestamp(self.published) if self.published else None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line or file that no document could be read from; `line` counts from 1, None for a whole file."""

    path: Path
    line: int | None
    reason: str


def read_archive(
    paths: Sequence[Path], defaults: ArchiveDefaults | None = None, *, with_posts: bool = False
) -> Iterator[Document | Rejected]:
    """The documents of files and folders, in order of their names, and what had to be set aside.

    In a folder only files named as archives are read; a file that is named itself is a text unless its name says
    more. `with_posts` has every article followed by the posts embedded in it.
    """
    with ArticleReader(workers=1) as reader:  # its process starts with the first page, if there is one
        for path in _files(paths):
            for item in _read_file(path, defaults or ArchiveDefaults(), reader):
                if isinstance(item, ArticlePage):
                    yield from item.documents() if with_posts else (item.document,)
                elif with_posts and isinstance(item, Document):
                    yield from (item, *posts_in_text(item))
                else:
                    yield item


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(_IN_FOLDERS))
        else:
            yield path


def _read_file(
    path: Path, defaults: ArchiveDefaults, reader: ArticleReader
) -> Iterator[ArticlePage | Document | Rejected]:
    name = path.name.lower()
    try:
        if name.endswith(_PAGES):
            yield _from_page(path, defaults, reader)
        elif name.endswith(LINES):
            yield from _from_lines(path, defaults)
        else:
            yield _from_text(path, defaults)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        yield Rejected(path, None, f"cannot be read: {reason[:1].lower()}{reason[1:]}")


def _from_lines(path: Path, defaults: ArchiveDefaults) -> Iterator[Document | Rejected]:
    opened = gzip.GzipFile(path) if path.name.lower().endswith(".gz") else path.open("rb")
    with opened as lines:
        number = 0
        while line := lines.readline(_LONGEST_LINE):
            number += 1
            if len(line) >= _LONGEST_LINE:
                yield Rejected(path, number, f"longer than {_LONGEST_LINE:,} bytes")
                return
            if line.strip():
                yield _from_line(path, number, line, defaults)


def _from_line(path: Path, number: int, line: bytes, defaults: ArchiveDefaults) -> Document | Rejected:
    try:
        row = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return Rejected(path, number, f"not JSON: {error}")
    if not isinstance(row, Mapping):
        return Rejected(path, number, "not a JSON object")
    if wrong := _wrong_field(row):
        return Rejected(path, number, wrong)
    return document_of(row, defaults) or Rejected(path, number, "no text: give `text`, or `title` and `body`")


def _wrong_field(row: Mapping[str, Any]) -> str | None:
    """What is wrong with a row whose text is no text or whose kind is none that there is; None where nothing is."""
    for key in ("title", "text", "body"):
        if row.get(key) is not None and not isinstance(row[key], str):
            return f"`{key}` is {_json_type(row[key])}, not a string"
    kind = row.get("kind")
    if kind and _stated_kind(row) is None:
        return f"`kind` is {json.dumps(kind, ensure_ascii=False)[:40]}: give article or post, or leave it out"
    return None


def _json_type(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")


def document_of(row: Mapping[str, Any], defaults: ArchiveDefaults) -> Document | None:
    """One row of an archive as a document; None where it has no text."""
    title = _string(row, "title").strip()
    text = _string(row, "text")
    text = text if text.strip() else joined_text(title, _string(row, "body"))
    if not text.strip():
        return None
    url = cleaned_url(_string(row, "url")) or cleaned_url(defaults.url)
    stamp = _published(row) or defaults.stamp
    publisher = usual_name(_string(row, "publisher") or defaults.publisher, url)
    return Document(
        id=_string(row, "id").strip() or _new_id(url, defaults.source, text),
        kind=_kind(row, defaults),
        text=text,
        title=title,
        url=_string(row, "url") or defaults.url,
        canonical_url=url,
        source=defaults.source,
        publisher=publisher,
        credited_publisher=first_publisher(credit_in(text), publisher, None, None),
        authors=_authors(row),
        handle=_string(row, "handle").lstrip("@") or None,
        published=stamp.moment if stamp else None,
        published_precision=stamp.precision if stamp else "none",
        published_origin="import" if stamp else None,
        language=_string(row, "language") or None,
    )


def document_from_text(text: str, defaults: ArchiveDefaults | None = None) -> Document:
    """A plain text as a document; a first line of its own is the title. Raises ValueError where there is no text."""
    text = storable(text).strip()
    first, _, rest = text.partition("\n\n")
    title = first if rest and "\n" not in first and len(first) <= _LONGEST_TITLE else ""
    if document := document_of({"text": text, "title": title}, defaults or ArchiveDefaults()):
        return document
    raise ValueError("the text is empty")


def _from_text(path: Path, defaults: ArchiveDefaults) -> Document | Rejected:
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        return Rejected(path, None, "not a text: give .txt, .html or .jsonl files")
    try:
        return document_from_text(data.decode("utf-8-sig", "replace"), defaults)
    except ValueError:
        return Rejected(path, None, "no text")


def hint_of(defaults: ArchiveDefaults, guid: str | None = None) -> EntryHint:
    """What the defaults say of a page that does not say it itself."""
    stamp = defaults.stamp
    return EntryHint(
        guid=guid, publisher=defaults.publisher, source=defaults.source,
        published=stamp.moment if stamp else None, published_precision=stamp.precision if stamp else "none",
        published_origin="import" if stamp else None,
    )  # fmt: skip


def _from_page(path: Path, defaults: ArchiveDefaults, reader: ArticleReader) -> ArticlePage | Rejected:
    page = reader.read(path.read_bytes(), defaults.url or path.name, hint=hint_of(defaults, path.name))
    return Rejected(path, None, page.detail) if isinstance(page, Unread) else page


def _published(row: Mapping[str, Any]) -> Timestamp | None:
    """The row's publication time; exact midnight is a date that lost its time, not an instant."""
    value = next((row[key] for key in ("published", "published_at", "date") if row.get(key)), "")
    stamp = read_timestamp(str(value))
    if stamp and stamp.precision == "instant" and re.search(r"[T ]00:00:00(?:\.0+)?(?:Z|[+-]00:?00)?$", str(value)):
        return day_of(stamp.moment)
    return stamp


def _kind(row: Mapping[str, Any], defaults: ArchiveDefaults) -> Kind:
    by_looks: Kind = "post" if row.get("handle") and not row.get("title") else "article"
    return _stated_kind(row) or defaults.kind or by_looks


def _stated_kind(row: Mapping[str, Any]) -> Kind | None:
    stated = row.get("kind")
    low = stated.strip().casefold() if isinstance(stated, str) else None
    return cast(Kind, low) if low in ("article", "post") else None


def _authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    value = row.get("authors") or row.get("author") or ()
    names = value if isinstance(value, list | tuple) else [value]
    return tuple(storable(str(name)).strip() for name in names if str(name).strip())


def _string(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return storable(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _new_id(url: str | None, source: str | None, text: str) -> str:
    return document_id(url, source, text)
