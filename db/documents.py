"""Documents in and out of the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlite_utils import Database

from scrapers.documents import Document

_COLUMNS = (
    "id", "kind", "title", "text", "url", "canonical_url", "source_id", "publisher", "credited_publisher",
    "authors", "handle", "published", "published_precision", "published_origin", "fetched", "language",
    "parent_id",
)  # fmt: skip

_INSERT = f"""
insert into documents ({", ".join(_COLUMNS)}) values ({", ".join(":" + c for c in _COLUMNS)})
on conflict (id) do nothing
"""


class RejectedInput(Protocol):
    """A line or file that could not be read as a document or a price."""

    @property
    def path(self) -> Any: ...
    @property
    def line(self) -> int | None: ...
    @property
    def reason(self) -> str: ...


def utc_text(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z and whole seconds; None stays None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def utc_moment(text: str | None) -> datetime | None:
    """The inverse of `utc_text`."""
    return datetime.fromisoformat(text) if text else None


def insert_documents(db: Database, documents: Iterable[Document], at: datetime) -> int:
    """Insert the documents that are not stored yet, inside the caller's transaction; returns how many were new."""
    new = 0
    for document in documents:
        row = _row(document)
        row["fetched"] = row["fetched"] or utc_text(at)
        new += db.execute(_INSERT, row).rowcount
    return new


def add_documents(db: Database, documents: Iterable[Document], at: datetime, batch: int = 500) -> int:
    """Store documents in transactions of `batch`; returns how many were new.

    A parent must come before its embedded posts (archives and the article reader deliver them so).
    """
    new, pending = 0, []
    for document in documents:
        pending.append(document)
        if len(pending) >= batch:
            new += _add_batch(db, pending, at)
            pending = []
    return new + _add_batch(db, pending, at)


def _add_batch(db: Database, documents: list[Document], at: datetime) -> int:
    with db.atomic():
        return insert_documents(db, documents, at)


def note_rejected(db: Database, rejected: Iterable[RejectedInput], at: datetime) -> int:
    """Keep what could not be read, with its place and the reason; returns how many."""
    rows = [(str(r.path), r.line, r.reason, utc_text(at)) for r in rejected]
    with db.atomic():
        db.conn.executemany("insert into rejected_input (path, line, reason, at) values (?, ?, ?, ?)", rows)
    return len(rows)


def known_ids(db: Database, ids: Iterable[str]) -> set[str]:
    """Which of these document ids are stored."""
    asked = json.dumps(list(ids))
    return {
        row[0] for row in db.execute("select id from documents where id in (select value from json_each(?))", [asked])
    }


def documents_where(db: Database, where: str, params: Iterable[Any] = (), limit: int = -1) -> Iterator[Document]:
    """Documents matching an SQL condition, in order of publication."""
    sql = f"select {', '.join(_COLUMNS)} from documents where {where} order by published, id limit {int(limit)}"
    for row in db.execute(sql, list(params)):
        yield _document(dict(zip(_COLUMNS, row, strict=True)))


def _row(document: Document) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(document, name, None) for name in _COLUMNS}
    return row | {
        "source_id": document.source,
        "authors": json.dumps(list(document.authors), ensure_ascii=False),
        "published": utc_text(document.published),
        "fetched": utc_text(document.fetched),
    }


def _document(row: dict[str, Any]) -> Document:
    source = row.pop("source_id")
    return Document(
        **{
            **row,
            "source": source,
            "authors": tuple(json.loads(row["authors"])),
            "published": utc_moment(row["published"]),
            "fetched": utc_moment(row["fetched"]),
        }
    )
