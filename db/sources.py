"""The sources table: what is configured, and how each source is doing."""

from __future__ import annotations

import json
from collections.abc import Iterable
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


_MEMORY = ("sources", "hosts")
_LOGS = ("fetches", "runs")
Memory = dict[str, list[dict[str, Any]]]


def remember_collecting(db: Database) -> Memory:
    """The tables that a visit changes even where it brings nothing, to be put back by `restore_collecting`."""
    state = {table: list(db.query(f"select * from {table}")) for table in _MEMORY}
    return state | {table: list(db.query(f"select max(id) as last from {table}")) for table in _LOGS}


def restore_collecting(db: Database, before: Memory) -> None:
    """Undo a visit that reached no source at all."""
    with db.atomic():
        for table in _LOGS:
            db.execute(f"delete from {table} where id > ?", [before[table][0]["last"] or 0])
        known = [row["id"] for row in before["sources"]]
        db.execute("delete from sources where id not in (select value from json_each(?))", [json.dumps(known)])
        db.execute("delete from hosts")
        for table in _MEMORY:
            db.table(table).upsert_all(before[table], pk="id" if table == "sources" else "host")
