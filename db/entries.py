"""The entries table: what sources announced, and which of it is still to be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from sqlite_utils import Database

from db.documents import utc_moment, utc_text
from scrapers.documents import EntryHint
from scrapers.state import Entry

_SEEN = """
select key as seen from entries where source_id = :source and key in (select value from json_each(:keys))
union
select alias from entries where source_id = :source and alias in (select value from json_each(:keys))
"""
_SAVE = """
insert into entries (source_id, key, alias, status, hint, failures, next_try, last_status)
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (source_id, key) do update set
  alias = coalesce(excluded.alias, alias), status = excluded.status, hint = excluded.hint,
  failures = excluded.failures, next_try = excluded.next_try, last_status = excluded.last_status
"""
_WAITING = "select * from entries where source_id = ? and status = 'waiting' order by next_try, key"


def seen_keys(db: Database, source_id: str, keys: Iterable[str]) -> set[str]:
    """Which of these keys are the key or alias of an entry of this source."""
    return {row[0] for row in db.execute(_SEEN, {"source": source_id, "keys": json.dumps(list(keys))})}


def waiting_entries(db: Database, source_id: str) -> list[Entry]:
    """The entries of this source whose page is still to be had, the one to be tried first at the head."""
    return [_entry(row) for row in db.query(_WAITING, [source_id])]


def save_entries(db: Database, entries: Iterable[Entry]) -> None:
    """Insert or replace entries, inside the caller's transaction."""
    db.conn.executemany(_SAVE, [_row(entry) for entry in entries])


def _row(entry: Entry) -> tuple[Any, ...]:
    hint = _hint_text(entry.hint) if entry.hint and entry.status == "waiting" else None
    next_try = utc_text(entry.next_try)
    return (
        entry.source_id, entry.key, entry.alias, entry.status, hint, entry.failures, next_try, entry.last_status,
    )  # fmt: skip


def _hint_text(hint: EntryHint) -> str:
    values = {name: value for name, value in asdict(hint).items() if value}
    if hint.published:
        values["published"] = hint.published.isoformat()
    return json.dumps(values, ensure_ascii=False)


def _entry(row: dict[str, Any]) -> Entry:
    row["hint"] = _hint(row["hint"]) if row["hint"] else None
    row["next_try"] = utc_moment(row["next_try"])
    return Entry(**row)


def _hint(text: str) -> EntryHint:
    known = {spec.name for spec in fields(EntryHint)}
    values = {name: value for name, value in json.loads(text).items() if name in known}
    values["authors"] = tuple(values.get("authors", ()))
    values["published"] = utc_moment(values.get("published"))
    return EntryHint(**values)
