"""What the page of an analyst asks: the record, the calls with copies folded, names and corrections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from db.pages import TESTED, Basis, record

Row = dict[str, Any]


def speaker(db: Database, speaker_id: int) -> Row | None:
    """The speaker's own row."""
    return next(iter(db.query("select * from speakers where id = ?", [speaker_id])), None)


def best_record(db: Database, speaker_id: int) -> tuple[Basis, list[Row]]:
    """The record over surely read calls where it says something; else the one over every reading."""
    verified = record(db, speaker_id, "verified")
    if any((row["n_effective"] or 0.0) >= TESTED for row in verified):
        return "verified", verified
    return "all", record(db, speaker_id, "all")


def folded(rows: Iterable[Row]) -> list[Row]:
    """Calls on one asset with one stance told by one story as one row, with the number of `copies` beside it."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (row["cluster_id"] or row["document_id"], row["asset"], row["stance"], row["target"])
        if key in kept:
            kept[key]["copies"] += row["document_id"] != kept[key]["document_id"]
        else:
            kept[key] = {**row, "copies": 0}
    return list(kept.values())


def assets_called(db: Database, speaker_id: int) -> list[Row]:
    """The assets of a speaker's calls with the number of calls, most called first."""
    sql = """
        select asset, count(*) as calls, sum(stance = 'bullish') as bullish, sum(stance = 'bearish') as bearish
        from current_calls where speaker_id = ? and rejected = 0 group by asset order by calls desc, asset
    """
    return list(db.query(sql, [speaker_id]))


def records_by_asset(db: Database, speaker_id: int, basis: Basis = "verified") -> list[Row]:
    """The record on each asset at the primary horizon."""
    sql = """
        select * from speaker_records where speaker_id = ? and asset != '' and basis = ? and n > 0
        order by n desc, asset
    """
    return list(db.query(sql, [speaker_id, basis]))


def other_claims(db: Database, speaker_id: int, limit: int = 8) -> list[Row]:
    """Correlations and figures of the speaker that could be checked, failed ones first."""
    sql = """
        select claims.*, verdicts.status, verdicts.measure, verdicts.value from (
          select 'correlation' as kind, id, quote, driver || ' → ' || response as subject
          from current_correlations where speaker_id = :who and rejected = 0
          union all
          select 'figure', id, quote, text || coalesce(' · ' || asset, '')
          from current_figures where speaker_id = :who and rejected = 0
        ) as claims
        join verdicts on verdicts.claim_id = claims.id and verdicts.current = 1
        where verdicts.status in ('held', 'failed', 'mixed') group by claims.id
        order by verdicts.status = 'held', verdicts.status = 'mixed', claims.id limit :limit
    """
    return list(db.query(sql, {"who": speaker_id, "limit": limit}))


def closes_of(db: Database, speaker_id: int, limit: int = 12) -> list[Row]:
    """Positions that the speaker said were closed, newest first."""
    sql = """
        select closes.id, closes.asset, closes.side, closes.quote, documents.published
        from current_closes as closes join documents on documents.id = closes.document_id
        where speaker_id = ? and rejected = 0 order by documents.published desc, closes.id limit ?
    """
    return list(db.query(sql, [speaker_id, limit]))


def printed_names(db: Database, speaker_id: int) -> list[Row]:
    """The names under which the speaker was printed, and why each leads here."""
    sql = "select name, context, rule from speaker_names where speaker_id = ? order by 1, 2"
    return list(db.query(sql, [speaker_id]))


def name_changes(db: Database, speaker_id: int) -> list[Row]:
    """What a person said about the speaker's names: merges, splits and renamings."""
    sql = """
        select * from speaker_merges
        where name in (select name from speaker_names where speaker_id = :who)
           or into_name in (select name from speaker_names where speaker_id = :who)
           or into_name = (select name from speakers where id = :who)
        order by id desc
    """
    return list(db.query(sql, {"who": speaker_id}))


def corrections_of(db: Database, speaker_id: int, limit: int = 20) -> list[Row]:
    """Corrections to the speaker's claims, newest first."""
    sql = """
        select corrections.* from corrections where claim_id in (
          select id from calls where speaker_id = :who union select id from correlations where speaker_id = :who
          union select id from figures where speaker_id = :who union select id from closes where speaker_id = :who
        ) order by corrections.id desc limit :limit
    """
    return list(db.query(sql, {"who": speaker_id, "limit": limit}))


def calls_upon(db: Database, speaker_id: int, asset: str, horizon: int, limit: int = 400) -> list[Row]:
    """The speaker's graded calls on one asset as points on its price: day, close, status, stance, speaker."""
    sql = """
        select entry_date as day, entry_price as close, status, stance, speaker, quote, call_id as id
        from call_outcomes where speaker_id = ? and asset = ? and horizon = ? and entry_date is not null
        order by entry_date limit ?
    """
    return list(db.query(sql, [speaker_id, asset, horizon, limit]))
