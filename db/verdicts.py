"""Verdicts in and out: what is unchanged keeps its row, what changed is superseded, nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from db.documents import utc_text
from outcomes.blocks import VERDICT_COLUMNS
from outcomes.speakers import SpeakerRecord

Basis = Literal["verified", "all"]

_CACHE_KB = 200_000  # indexes of two million verdicts are written in no order of theirs
_NAMES = ", ".join(VERDICT_COLUMNS)
_SAME = " and ".join(
    f"fresh.{n} = verdicts.{n}" for n in ("claim_id", "measure", "horizon", "rule_version", "input_hash")
)

_OUTDATED = f"""
update verdicts set current = 0 where current = 1 and claim_kind = ?
  and not exists (select 1 from fresh where {_SAME} and fresh.status = verdicts.status)
"""
# A verdict that was superseded and holds again (a revised price was put back) gets its old row back.
_NEW = f"""
insert into verdicts ({_NAMES}, graded_at, current)
select {_NAMES}, ?, 1 from fresh
where not exists (select 1 from verdicts where {_SAME} and verdicts.current = 1)
on conflict (claim_id, measure, horizon, rule_version, input_hash) do update set
  status = excluded.status, reason = excluded.reason, value = excluded.value, base_rate = excluded.base_rate,
  entry_date = excluded.entry_date, entry_price = excluded.entry_price, exit_date = excluded.exit_date,
  exit_price = excluded.exit_price, detail = excluded.detail, graded_at = excluded.graded_at, current = 1
"""


class VerdictWriter:
    """Takes verdict rows of one kind of claim in portions, then makes them the current ones in one step."""

    def __init__(self, db: Database, claim_kind: str) -> None:
        self._db, self._kind = db, claim_kind
        keys = "primary key (claim_id, measure, horizon)"
        db.execute("pragma temp_store = memory")
        db.execute(f"pragma cache_size = -{_CACHE_KB}")
        db.execute("drop table if exists temp.fresh")
        db.execute(f"create temp table fresh ({_NAMES}, {keys}) without rowid")

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take a portion of rows, in the order of VERDICT_COLUMNS."""
        marks = ", ".join("?" * len(VERDICT_COLUMNS))
        with self._db.atomic():
            self._db.conn.executemany(f"insert or replace into fresh ({_NAMES}) values ({marks})", rows)

    def publish(self, at: datetime) -> int:
        """Make the collected rows current in one transaction; returns how many verdicts changed."""
        with self._db.atomic():
            self._db.execute(_OUTDATED, [self._kind])
            changed = self._db.execute(_NEW, [utc_text(at)]).rowcount
            self._db.execute("drop table temp.fresh")
        return changed


_RECORD = tuple(field.name for field in fields(SpeakerRecord))


def store_records(db: Database, records: Mapping[Basis, Iterable[SpeakerRecord]], at: datetime) -> int:
    """Replace all track records, given by what they are based on; returns how many there are."""
    rows = [
        (*map(_plain, (getattr(record, name) for name in _RECORD)), basis, utc_text(at))
        for basis, some in records.items()
        for record in some
    ]
    columns = ", ".join((*_RECORD, "basis", "graded_at"))
    marks = ", ".join("?" * (len(_RECORD) + 2))
    with db.atomic():
        db.execute("delete from speaker_records")
        db.conn.executemany(f"insert into speaker_records ({columns}) values ({marks})", rows)
    return len(rows)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
