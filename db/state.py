"""The memory of collecting: implements `scrapers.state.State` on sources, hosts, entries, fetches, documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from sqlite_utils import Database

from db.documents import insert_documents, known_ids, utc_moment, utc_text
from db.entries import save_entries, seen_keys, waiting_entries
from db.store import writing
from scrapers.documents import Document
from scrapers.state import Entry, Fetch, HostState, SourceState

_TIMES = ("next_try", "last_ok", "last_new")
_STATE = (
    "etag", "last_modified", "body_hash", "interval_s", "failures", "disabled", "last_status", "last_error",
    "usual_gap_s", "cursor", *_TIMES,
)  # fmt: skip


class DbState:
    """One connection behind one lock: collecting threads share it, SQLite writes are short."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = RLock()

    def source(self, source_id: str) -> SourceState | None:
        with self._lock:
            rows = list(self._db.query("select * from sources where id = ?", [source_id]))
        return _source_state(rows[0]) if rows else None

    def host(self, host: str) -> HostState | None:
        with self._lock:
            rows = list(self._db.query("select * from hosts where host = ?", [host]))
        return _host_state(rows[0]) if rows else None

    def save_host(self, state: HostState) -> None:
        values = [state.host, _precise(state.next_allowed), state.failures]
        with self._lock, writing(self._db):
            self._db.execute("insert or replace into hosts (host, next_allowed, failures) values (?, ?, ?)", values)

    def known(self, ids: Iterable[str]) -> set[str]:
        with self._lock:
            return known_ids(self._db, ids)

    def seen(self, source_id: str, keys: Iterable[str]) -> set[str]:
        with self._lock:
            return seen_keys(self._db, source_id, keys)

    def waiting(self, source_id: str) -> list[Entry]:
        with self._lock:
            return waiting_entries(self._db, source_id)

    def commit(
        self,
        documents: Iterable[Document],
        source: SourceState | None,
        fetches: Iterable[Fetch],
        entries: Iterable[Entry] = (),
    ) -> int:
        with self._lock, writing(self._db):
            new = insert_documents(self._db, documents, datetime.now(UTC))
            if source:
                self._save_source(source)
            for fetch in fetches:
                self._save_fetch(fetch)
            save_entries(self._db, entries)
        return new

    def _save_source(self, state: SourceState) -> None:
        row = {name: getattr(state, name) for name in _STATE} | {
            name: utc_text(getattr(state, name)) for name in _TIMES
        }
        row |= {"current_url": state.url, "disabled": int(state.disabled), "id": state.source_id}
        assignments = ", ".join(f"{name} = :{name}" for name in row if name != "id")
        self._db.execute(f"update sources set {assignments} where id = :id", row)

    def _save_fetch(self, fetch: Fetch) -> None:
        known = fetch.source_id and self._db.execute("select 1 from sources where id = ?", [fetch.source_id]).fetchone()
        row: dict[str, Any] = {
            "source_id": fetch.source_id if known else None, "url": fetch.url, "at": utc_text(fetch.at),
            "status": fetch.status, "http_status": fetch.http_status, "bytes": fetch.bytes,
            "seconds": round(fetch.seconds, 3), "documents": fetch.documents, "detail": fetch.detail,
        }  # fmt: skip
        marks = ", ".join(f":{name}" for name in row)
        self._db.execute(f"insert into fetches ({', '.join(row)}) values ({marks})", row)


def _precise(moment: datetime) -> str:
    """Politeness clocks run finer than a second."""
    return moment.astimezone(UTC).isoformat()


def _source_state(row: dict[str, Any]) -> SourceState:
    values = {name: row[name] for name in _STATE} | {name: utc_moment(row[name]) for name in _TIMES}
    values["disabled"] = bool(row["disabled"])
    return SourceState(source_id=row["id"], url=row["current_url"] or row["url"], **values)


def _host_state(row: dict[str, Any]) -> HostState:
    return HostState(row["host"], datetime.fromisoformat(row["next_allowed"]), row["failures"])
