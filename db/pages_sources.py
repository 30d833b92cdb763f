"""What the page of source health asks: each source's state, open alarms, the last runs."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


def sources(db: Database) -> list[Row]:
    """Every source with its open alarm, those in trouble first, and how many documents it brought."""
    sql = """
        select sources.*, alarms.condition, alarms.reason as alarm, alarms.since,
          (select count(*) from documents where source_id = sources.id) as documents
        from sources left join alarms on alarms.source_id = sources.id and alarms.until is null
        group by sources.id
        order by disabled desc, alarms.condition is null, failures = 0, enabled desc, sources.name collate nocase
    """
    return list(db.query(sql))


def past_alarms(db: Database, limit: int = 20) -> list[Row]:
    """Alarms that are over, newest first."""
    sql = """
        select alarms.*, sources.name from alarms join sources on sources.id = source_id
        where until is not null order by since desc limit ?
    """
    return list(db.query(sql, [limit]))


def runs(db: Database, limit: int = 10) -> list[Row]:
    """The last runs of the stages."""
    return list(db.query("select * from runs order by id desc limit ?", [limit]))


def set_aside(db: Database) -> Row:
    """How much input was refused, and why most of it."""
    sql = """
        select (select count(*) from rejected_input) as lines, (select count(*) from rejected_claims) as claims,
          (select count(*) from price_conflicts) as prices
    """
    return next(iter(db.query(sql)))
