"""Verdicts one by one: what was found about a claim, and its row of table `verdicts`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from outcomes.hashing import combined, hex_of, text_hashes
from outcomes.verdicts import RULE_VERSION, Reason, Verdict


def verdict_row(verdict: Verdict) -> tuple[Any, ...]:
    """The verdict as a row of table `verdicts`, in the order of `outcomes.blocks.VERDICT_COLUMNS`."""
    return (
        verdict.claim_id, verdict.claim_kind, verdict.measure, verdict.horizon, verdict.status, verdict.reason,
        _number(verdict.value), _number(verdict.base_rate), _day(verdict.entry_date), _number(verdict.entry_price),
        _day(verdict.exit_date), _number(verdict.exit_price), json.dumps(tidy(verdict.detail), separators=(",", ":")),
        verdict.rule_version, verdict.input_hash,
    )  # fmt: skip


def ungradable(
    claim_id: str, kind: Any, measure: str, reason: Reason, inputs: Sequence[object], horizon: int = 0
) -> Verdict:
    """A verdict that only says why there is none; pending where the claim is merely not due."""
    return Verdict(
        claim_id=claim_id,
        claim_kind=kind,
        measure=measure,
        horizon=horizon,
        status="pending" if reason == "not yet due" else "ungradable",
        reason=reason,
        input_hash=input_hash(claim_id, measure, reason, *inputs),
    )


def input_hash(*parts: object) -> str:
    """16 hex digits of the rule version and everything that a verdict was computed from, in order."""
    return hex_of(combined(text_hashes(["\x1f".join(map(str, (RULE_VERSION, *parts)))])))[0]


def seed_of(digest: str) -> int:
    """The seed of the random draws behind a verdict: the same inputs always draw the same."""
    return int(digest, 16)


def tidy(value: Any) -> Any:
    """JSON without NaN: six significant digits, dates as ISO texts, missing numbers as null."""
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
