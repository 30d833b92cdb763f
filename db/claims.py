"""Claims in and out: a newer reading supersedes older rows, which are marked and kept."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from db.corrections import TABLES, carry_corrections, corrected
from db.documents import utc_text
from nlp.claims import Call, Claims, Close, Correlation, Figure, field_names

StoredClaim = Call | Correlation | Figure | Close


def store_claims(db: Database, claims: Claims, at: datetime, thresholds: Mapping[str, float]) -> int:
    """Make these the current claims of their document, in the caller's transaction; returns how many are current.

    A claim read just as before keeps its row; one read otherwise or no longer read is marked superseded.
    `thresholds` gives the confidence per kind from which a claim counts as verified; of a kind that it leaves out,
    whose confidence was never measured, none does.
    """
    current = 0
    for kind, found in _by_kind(claims):
        verified = thresholds.get(kind, math.inf)
        rows = {claim.id: corrected(db, kind, claim_row(kind, claim, verified)) for claim in found}
        _supersede(db, TABLES[kind], claims.document_id, rows, utc_text(at))
        current += len(rows)
    for what, why in claims.rejected:
        values = [claims.document_id, what, why, "verifier", utc_text(at)]
        db.execute("insert into rejected_claims (document_id, claim, reason, layer, at) values (?, ?, ?, ?, ?)", values)
    carry_corrections(db, claims.document_id, at)
    sql = "update documents set extractor_version = ?, rewritten = ? where id = ?"
    db.execute(sql, [claims.extractor_version, int(claims.rewritten), claims.document_id])
    return current


def _by_kind(claims: Claims) -> tuple[tuple[str, tuple[StoredClaim, ...]], ...]:
    return (
        ("call", claims.calls), ("correlation", claims.correlations), ("figure", claims.figures),
        ("close", claims.closes),
    )  # fmt: skip


def _supersede(db: Database, table: str, document_id: str, rows: dict[str, dict[str, Any]], at: str | None) -> None:
    sql = f"select * from {table} where document_id = ? and superseded_at is null"
    for old in list(db.query(sql, [document_id])):
        new = rows.get(old["id"])
        if new and _same_reading(old, new):
            del rows[old["id"]]
            continue
        mark = f"update {table} set superseded_at = ? where id = ? and extractor_version = ?"
        db.execute(mark, [at, old["id"], old["extractor_version"]])
    for row in rows.values():
        row["read_at"] = at
        columns = ", ".join(f'"{name}"' for name in row)
        # A reader that goes back to an earlier version finds its old row again and revives it.
        marks = ", ".join(f":{name}" for name in row)
        db.execute(f"insert or replace into {table} ({columns}) values ({marks})", row)


def _same_reading(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old[name] == value for name, value in new.items() if name != "extractor_version")


def claim_row(kind: str, claim: StoredClaim, threshold: float) -> dict[str, Any]:
    """The claim as a row of its table, as SQLite gives it back."""
    row = {name: getattr(claim, name) for name in field_names(type(claim))}
    row |= {"id": claim.id, "verified": int(claim.confidence >= threshold), "rejected": 0}
    if isinstance(claim, Call):
        row |= _call_columns(claim)
    elif isinstance(claim, Correlation):
        row |= _correlation_columns(claim)
    return {name: _plain(value) for name, value in row.items()}


def _call_columns(call: Call) -> dict[str, Any]:
    target, horizon = call.target, call.horizon
    return {
        "target": target.low if target else None,
        "target_high": target.high if target else None,
        "target_percent": bool(target and target.percent),
        "horizon": horizon.printed if horizon else None,
        "horizon_start": horizon.start if horizon else None,
        "horizon_end": horizon.end if horizon else None,
        "horizon_kernel": json.dumps(horizon.kernel) if horizon and horizon.kernel else None,
    }


def _correlation_columns(correlation: Correlation) -> dict[str, Any]:
    lag = correlation.lag_days
    low, high = lag if isinstance(lag, tuple) else (lag, None)
    return {"lag_days": low, "lag_days_high": high, "periods": json.dumps(correlation.periods, ensure_ascii=False)}


def _plain(value: Any) -> Any:
    """As SQLite keeps it, so that a stored row compares equal to a fresh reading."""
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def pending_ids(db: Database, extractor_version: str) -> list[str]:
    """Documents whose claims this version of the reader has not read yet, oldest first.

    What an LLM read on top of this version ("1+llm:gpt-4o@1a2b3c4d" of "1") is read: its answers were paid for.
    """
    sql = """
        select id from documents
        where extractor_version is not :version
          and substr(extractor_version, 1, length(:over)) is not :over
        order by published, id
    """
    return [row[0] for row in db.execute(sql, {"version": extractor_version, "over": f"{extractor_version}+llm:"})]
