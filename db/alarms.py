"""Alarms: sources that fail, fall silent or are gone, from when until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from db.documents import utc_text
from scrapers.health import Health

_RAISE = """
insert into alarms (source_id, condition, reason, since)
select :source, :condition, :reason, :at where exists (select 1 from sources where id = :source)
on conflict (source_id, condition) where until is null do update set reason = excluded.reason
"""
_END = """
update alarms set until = :at
where until is null and source_id = :source and condition is not :condition
"""


def update_alarms(db: Database, healths: Iterable[Health], at: datetime) -> int:
    """Raise what is newly alarming, end what is mended; returns how many alarms are open now."""
    with db.atomic():
        for health in healths:
            condition = health.condition if health.alarming else None
            values = {"source": health.source_id, "condition": condition, "reason": health.reason, "at": utc_text(at)}
            db.execute(_END, values)
            if condition:
                db.execute(_RAISE, values)
    return int(db.execute("select count(*) from alarms where until is null").fetchone()[0])
