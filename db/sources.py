"""The sources table: what is configured, and how each source is doing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlite_utils import Database

from scrapers.sources import Source


def save_sources(db: Database, sources: Iterable[Source]) -> None:
    """Bring the table in line with the configuration; what is remembered about a source stays.

    A source that is no longer configured is kept for its documents, and marked as not enabled. One whose
    configured address changed forgets the validators and the redirect of the old address.
    """
    with db.atomic():
        db.execute("update sources set enabled = 0")
        for source in sources:
            db.execute(_UPSERT, _row(source))


_UPSERT = """
insert into sources (id, name, kind, url, publisher, terms, interval_s, enabled)
values (:id, :name, :kind, :url, :publisher, :terms, :interval_s, 1)
on conflict (id) do update set
  name = excluded.name, kind = excluded.kind, publisher = excluded.publisher, terms = excluded.terms, enabled = 1,
  etag = iif(url = excluded.url, etag, null), last_modified = iif(url = excluded.url, last_modified, null),
  body_hash = iif(url = excluded.url, body_hash, null), current_url = iif(url = excluded.url, current_url, null),
  disabled = iif(url = excluded.url, disabled, 0), next_try = iif(url = excluded.url, next_try, null),
  url = excluded.url
"""


def _row(source: Source) -> dict[str, Any]:
    names = ("id", "name", "kind", "url", "publisher", "terms", "interval_s")
    return {name: getattr(source, name) for name in names}


def source_rows(db: Database) -> Iterator[dict[str, Any]]:
    """Every enabled source as a row, with the number of documents it brought."""
    yield from db.query(
        "select sources.*, (select count(*) from documents where source_id = sources.id) as documents"
        " from sources where enabled = 1 order by id"
    )
