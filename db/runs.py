"""One row per run of a stage, so that anyone can see what ran, when, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from db.documents import utc_moment, utc_text
from scrapers.schedule import StageRuns


@dataclass(slots=True)
class Run:
    """A running stage; it counts what is done and leaves one line of detail."""

    done: int = 0
    detail: str | None = None


@contextmanager
def recorded_run(db: Database, stage: str) -> Iterator[Run]:
    """Record the stage as running, then as ok, or as failed with the error's first line."""
    with db.atomic():
        row = db.execute("insert into runs (stage, started, status) values (?, ?, 'running')", [stage, _now()])
    run, run_id = Run(), row.lastrowid
    try:
        yield run
    except BaseException as error:
        status = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
        _finish(db, run_id, status, run.done, str(error).partition("\n")[0] or type(error).__name__)
        raise
    _finish(db, run_id, "ok", run.done, run.detail)


def _finish(db: Database, run_id: int | None, status: str, done: int, detail: str | None) -> None:
    with db.atomic():
        sql = "update runs set ended = ?, status = ?, done = ?, detail = ? where id = ?"
        db.execute(sql, [_now(), status, done, detail, run_id])


def stage_runs(db: Database, stage: str) -> StageRuns:
    """When the stage last began, and when its last good run began."""
    sql = "select max(started), max(case when status = 'ok' then started end) from runs where stage = ?"
    last, last_ok = db.execute(sql, [stage]).fetchone()
    return StageRuns(utc_moment(last), utc_moment(last_ok))


def forget_logs(db: Database, before: datetime) -> int:
    """Delete the rows of fetches and runs from before a moment; returns how many. What was collected stays."""
    with db.atomic():
        fetches = db.execute("delete from fetches where at < ?", [utc_text(before)]).rowcount
        return fetches + db.execute("delete from runs where started < ?", [utc_text(before)]).rowcount


def _now() -> str | None:
    return utc_text(datetime.now(UTC))
