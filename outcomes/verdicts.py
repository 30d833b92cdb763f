"""The verdict: one measure of one claim at one horizon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Status = Literal["held", "failed", "mixed", "pending", "ungradable"]
Reason = Literal[
    "undated", "no priced asset", "condition not met", "condition not checkable", "price missing",
    "history too short", "implausible target", "split unknown", "not yet due", "not a price claim",
    "cause not graded", "no checkable period", "no such measure", "rejected by a person", "series not loaded",
    "event not defined", "too few occurrences", "from a rewritten copy", "a forecast or a level", "another index",
    "another unit", "implausible figure", "asset unclear", "closed by the speaker",
]  # fmt: skip

RULE_VERSION = "2026.2"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row view; the room works in columns. `horizon` counts calendar days, 0 where a measure has none."""

    claim_id: str
    claim_kind: Literal["call", "correlation", "figure"]
    measure: str
    horizon: int
    status: Status
    reason: Reason | None = None
    value: float | None = None
    base_rate: float | None = None  # or the null odds, for a target
    entry_date: date | None = None
    entry_price: float | None = None
    exit_date: date | None = None
    exit_price: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)  # what `explain` needs, JSON-ready
    rule_version: str = RULE_VERSION
    input_hash: str = ""
