"""What the front page asks: who called it lately, what was contradicted, what is due, how fresh the data is."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from db.pages import PRIMARY_HORIZON, board, usual_basis

Row = dict[str, Any]


_SAID = """
  calls.id, calls.quote, calls.asset, calls.stance, calls.speaker_id, calls.verified, calls.confidence,
  coalesce(speakers.name, calls.speaker) as speaker, documents.id as document_id, documents.title,
  documents.publisher, documents.published
"""


def resolved(db: Database, status: str, limit: int = 5, horizon: int = PRIMARY_HORIZON) -> list[Row]:
    """The latest calls that held or failed at the horizon, one per speaker and asset; of as new ones the surest read.

    Calls too unsure to count come only where there are no others.
    """
    sql = f"""
        select {_SAID}, verdicts.status, verdicts.value, verdicts.base_rate, verdicts.entry_date, verdicts.entry_price,
          verdicts.exit_date, verdicts.exit_price, verdicts.detail
        from verdicts indexed by verdicts_latest
        cross join current_calls as calls on calls.id = verdicts.claim_id and calls.rejected = 0
        join documents on documents.id = calls.document_id
        left join speakers on speakers.id = calls.speaker_id
        where verdicts.current = 1 and measure = 'direction' and verdicts.horizon = ? and verdicts.status = ?
          and calls.stance != 'neutral' and calls.verified >= ? and length(calls.quote) >= 25
        order by verdicts.exit_date desc limit ?
    """
    found = (list(db.query(sql, [horizon, status, verified, 6 * limit])) for verified in (1, 0))
    rows = next((some for some in found if some), [])
    surest = sorted(_one_each(rows), key=lambda row: -row["confidence"])[:limit]
    return sorted(surest, key=lambda row: row["exit_date"], reverse=True)


def _one_each(rows: list[Row]) -> list[Row]:
    seen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        seen.setdefault((row["speaker_id"] or row["speaker"], row["asset"]), row)
    return list(seen.values())


def contradicted(db: Database, kind: str, limit: int = 4) -> list[Row]:
    """Correlations or figures that the prices contradict, surest reading first."""
    table = {"correlation": "current_correlations", "figure": "current_figures"}[kind]
    about = {
        "correlation": "claims.driver || coalesce(' (' || claims.driver_event || ')', '') || ' → ' || claims.response",
        "figure": "claims.text || coalesce(' · ' || claims.asset, '')",
    }[kind]
    sql = f"""
        select claims.id, claims.quote, claims.speaker_id, coalesce(speakers.name, claims.speaker) as speaker,
          {about} as subject, claims.confidence, verdicts.measure, verdicts.value, verdicts.detail, verdicts.status,
          documents.publisher, documents.published
        from verdicts indexed by verdicts_by_kind
        cross join {table} as claims on claims.id = verdicts.claim_id and claims.rejected = 0
        join documents on documents.id = claims.document_id
        left join speakers on speakers.id = claims.speaker_id
        where verdicts.current = 1 and claim_kind = ? and verdicts.status = 'failed'
        limit 120
    """
    rows = sorted(db.query(sql, [kind]), key=lambda row: -row["confidence"])
    return list({row["subject"]: row for row in reversed(rows)}.values())[::-1][:limit]


def due_next(db: Database, limit: int = 6, horizon: int = PRIMARY_HORIZON) -> list[Row]:
    """Calls whose horizon ends soonest, with the day it does."""
    sql = f"""
        select {_SAID}, verdicts.entry_date, verdicts.entry_price, date(verdicts.entry_date, '+' || ? || ' days') as due
        from verdicts indexed by verdicts_latest
        cross join current_calls as calls on calls.id = verdicts.claim_id and calls.rejected = 0
        join documents on documents.id = calls.document_id
        left join speakers on speakers.id = calls.speaker_id
        where verdicts.current = 1 and measure = 'direction' and verdicts.horizon = ? and verdicts.status = 'pending'
        order by verdicts.exit_date, verdicts.entry_date limit ?
    """
    return list(db.query(sql, [horizon, horizon, limit]))


def next_horizons(db: Database, limit: int = 6) -> list[Row]:
    """`due_next` at the shortest horizon at which any call is still open."""
    for horizon in (PRIMARY_HORIZON, 90, 180, 365):
        rows = due_next(db, limit, horizon)
        if rows:
            return [{**row, "horizon": horizon} for row in rows]
    return []


def board_head(db: Database, limit: int = 8) -> list[Row]:
    """The head of the board, reference callers left out; over every reading where too few are sure enough to count."""
    rows = board(db, limit=limit + 5, basis=usual_basis(db))
    return [row for row in rows if row["status"] != "reference"][:limit]


def coverage(db: Database) -> Row:
    """Counts and dates of what is stored."""
    sql = """
        select
          (select count(*) from documents) as documents,
          (select count(*) from sources) as sources,
          (select count(*) from calls where superseded_at is null) as calls,
          (select count(*) from correlations where superseded_at is null) as correlations,
          (select count(*) from figures where superseded_at is null) as figures,
          (select count(*) from speakers where kind != 'reference') as speakers,
          (select max(published) from documents) as newest_document,
          (select max(day) from prices) as newest_price,
          (select max(ended) from runs where stage = 'grade' and status = 'ok') as graded,
          (select max(ended) from runs where stage = 'scrape' and status = 'ok') as collected,
          (select count(*) from alarms where until is null) as alarms
    """
    return next(iter(db.query(sql)))


def is_demo(db: Database) -> bool:
    """Whether the data is that of `calledit demo`: people, outlets and prices invented."""
    sql = "select 1 from sources where terms like 'Invented for the demo%' limit 1"
    return db.execute(sql).fetchone() is not None


def step_missing(db: Database) -> str:
    """The first stage that has left nothing yet, each of which the next one needs; "" where all have."""
    filled = {
        "scrape": "select 1 from documents",
        "extract": "select 1 from calls union all select 1 from correlations union all select 1 from figures",
        "prices": "select 1 from prices",
        "grade": "select 1 from verdicts",
    }
    return next((stage for stage, sql in filled.items() if db.execute(f"{sql} limit 1").fetchone() is None), "")
