"""The queries behind the pages of the site and the answers in the terminal: one function per question."""

from __future__ import annotations

from typing import Any, Literal

from sqlite_utils import Database

Row = dict[str, Any]

PRIMARY_HORIZON = 30
HORIZONS = (1, 7, 30, 90, 180, 365)


class UnknownHorizonError(ValueError):
    """Nothing is graded at the horizon asked for; the message names those there are."""


def chosen_horizon(asked: str | None) -> int:
    """The horizon a page is asked for in its address, 30 days where none is. Raises UnknownHorizonError."""
    if asked and asked not in map(str, HORIZONS):
        known = ", ".join(map(str, HORIZONS))
        raise UnknownHorizonError(f"Calls are graded at these horizons: {known} days; “{asked[:20]}” is none of them")
    return int(asked) if asked else PRIMARY_HORIZON


Basis = Literal["verified", "all"]
TESTED = 5.0  # effective calls from which a record can be held against chance at all


def usual_basis(db: Database, horizon: int = PRIMARY_HORIZON, asset: str = "") -> Basis:
    """The readings that are shown unasked: the sure ones where they make somebody a record, else all of them."""
    sql = """
        select 1 from speaker_records join speakers on speakers.id = speaker_id
        where horizon = ? and asset = ? and basis = 'verified' and n_effective >= ?
        and status != 'reference' and kind != 'group' limit 1
    """
    return "verified" if db.execute(sql, [horizon, asset, TESTED]).fetchone() else "all"


def board(
    db: Database, horizon: int = PRIMARY_HORIZON, asset: str = "", limit: int = 50, basis: Basis = "verified"
) -> list[Row]:
    """Track records with at least one graded call: ranked speakers first, then by the lower tail of their skill.

    With basis "all" every reading counts, however unsure, and nobody is ranked.
    """
    sql = """
        select speakers.name, speakers.kind, speakers.organisation, speaker_records.*
        from speaker_records join speakers on speakers.id = speaker_id
        where horizon = ? and asset = ? and basis = ? and n > 0
        order by rank is null, rank, n_effective < 10, posterior_low desc, speakers.name limit ?
    """
    return list(db.query(sql, [horizon, asset, basis, limit]))


def speakers_named(db: Database, name: str) -> list[Row]:
    """Speakers whose name, handle or printed name is `name`, whatever the case; else those that contain it."""
    sql = """
        select distinct speakers.* from speakers left join speaker_names on speaker_names.speaker_id = speakers.id
        where speakers.name {0} or speakers.handle {0} or speaker_names.name {0} order by speakers.name
    """
    wanted = name.removeprefix("@")
    exact = list(db.query(sql.format("= ? collate nocase"), [wanted] * 3))
    return exact or list(db.query(sql.format("like ? escape '\\'"), [f"%{_escaped(wanted)}%"] * 3))


def _escaped(text: str) -> str:
    """The text as itself in a LIKE pattern with the escape character \\: "100%" is no wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def record(db: Database, speaker_id: int, basis: Basis = "verified") -> list[Row]:
    """A speaker's record over the horizon grid, all assets together."""
    sql = "select * from speaker_records where speaker_id = ? and asset = '' and basis = ? order by horizon"
    return list(db.query(sql, [speaker_id, basis]))


def calls_of(db: Database, speaker_id: int, horizon: int = PRIMARY_HORIZON, limit: int = 200) -> list[Row]:
    """A speaker's current calls with the verdict at one horizon, newest first."""
    sql = """
        select * from call_outcomes where speaker_id = ? and horizon = ? order by published desc, call_id limit ?
    """
    return list(db.query(sql, [speaker_id, horizon, limit]))


def striking_verdicts(db: Database, limit: int = 12) -> list[Row]:
    """Correlations and figures that were contradicted or confirmed, contradicted ones first."""
    sql = """
        select verdicts.claim_kind, verdicts.claim_id, verdicts.status, verdicts.measure, verdicts.value,
          coalesce(correlations.quote, figures.quote) as quote,
          coalesce(correlations.speaker, figures.speaker) as speaker,
          coalesce(correlations.driver || ' → ' || correlations.response, figures.text) as subject
        from verdicts
        left join current_correlations as correlations on correlations.id = claim_id and claim_kind = 'correlation'
        left join current_figures as figures on figures.id = claim_id and claim_kind = 'figure'
        where verdicts.current = 1 and claim_kind in ('correlation', 'figure') and status in ('failed', 'held')
          and coalesce(correlations.id, figures.id) is not null
        group by claim_id
        order by status = 'held', claim_kind, abs(coalesce(verdicts.value, 0)) desc, claim_id limit ?
    """
    return list(db.query(sql, [limit]))


def verdicts_of(db: Database, claim_id: str) -> list[Row]:
    """The current verdicts on a claim, its main measure first."""
    sql = """
        select * from verdicts where claim_id = ? and current = 1
        order by measure != 'stated', measure != 'direction', measure, horizon
    """
    return list(db.query(sql, [claim_id]))
