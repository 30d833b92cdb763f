"""What the leaderboard asks: records by horizon and asset, sorted and filtered, one screen at a time."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from db.pages import Basis

Row = dict[str, Any]

SORTS = {
    "rank": "rank is null, rank, posterior_low desc",
    "name": "speakers.name collate nocase",
    "n": "n desc",
    "n_effective": "n_effective desc",
    "hit_rate": "hit_rate desc",
    "base_rate": "base_rate desc",
    "skill": "skill desc",
    "posterior_low": "posterior_low desc",
    "p_value": "p_value is null, p_value",
    "mean_return": "mean_return desc",
}
SCREEN = 50


def records(
    db: Database, horizon: int, asset: str, least: float, sort: str, offset: int = 0, basis: Basis = "verified"
) -> list[Row]:
    """Records with at least `least` effective calls; one row more than a screen where more follow.

    `sort` is a key of SORTS, anything else sorts by rank. Reference callers always come with them.
    """
    sql = f"""
        select speakers.name, speakers.kind, speakers.organisation, speaker_records.*
        from speaker_records join speakers on speakers.id = speaker_id
        where horizon = ? and asset = ? and basis = ? and n > 0 and (n_effective >= ? or status = 'reference')
        order by {SORTS.get(sort, SORTS["rank"])}, speakers.name limit ? offset ?
    """
    return list(db.query(sql, [horizon, asset, basis, least, SCREEN + 1, offset]))


def unverified(db: Database, horizon: int, asset: str, limit: int = 40) -> list[Row]:
    """Speakers of whom no call was read surely enough to count, with how many such calls there are."""
    sql = """
        select speakers.name, speakers.kind, speaker_records.* from speaker_records
        join speakers on speakers.id = speaker_id
        where horizon = ? and asset = ? and basis = 'verified' and n = 0 and unverified > 0
        order by unverified desc, speakers.name limit ?
    """
    return list(db.query(sql, [horizon, asset, limit]))


def board_assets(db: Database) -> list[Row]:
    """The assets for which there are records, with their names."""
    sql = """
        select symbol, name from assets
        where exists (select 1 from speaker_records where horizon = 30 and speaker_records.asset = symbol)
        order by name
    """
    return list(db.query(sql))
