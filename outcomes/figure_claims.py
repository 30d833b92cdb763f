"""Claimed figures as rows: what checking needs to know of each, and how exactly it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from outcomes.arrays import to_day
from outcomes.standing import is_stated, not_standing
from outcomes.verdicts import Reason

FIGURE_COLUMNS = (
    "id", "quote", "start", "text", "text_start", "value", "value_high", "unit", "role", "asset", "direction", "hedge",
    "period", "period_start", "period_end", "modality", "negated", "rewritten", "rejected",
)  # fmt: skip
_DIGITS = re.compile(r"(\d[\d,]*)(?:\.(\d+))?")
_SCALES = {"trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SCALE = re.compile(r"\d\s?(trillion|billion|million|thousand|[kmbt])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClaimedFigure:
    """One figure. Days count from 1970-01-01; `at` is its offset inside the quote.

    `clock` is the publication of the very document (seconds UTC): a copy may print a newer price than its source.
    """

    claim_id: str
    quote: str
    text: str
    at: int
    value: float
    value_high: float | None
    unit: str
    role: str
    asset: str | None
    direction: str | None
    hedge: str | None
    period: str | None
    span: tuple[int, int] | None
    clock: int | None
    asserted: bool
    rewritten: bool
    rejected: bool

    @property
    def inputs(self) -> tuple[object, ...]:
        """Everything a verdict takes from the claim."""
        return (
            self.claim_id, self.quote, self.at, self.value, self.value_high, self.unit, self.role, self.asset,
            self.direction, self.hedge, self.period, self.span, self.clock,
        )  # fmt: skip

    @property
    def refused(self) -> Reason | None:
        """Why it is not checked at all, whatever the prices."""
        if reason := not_standing(self.rejected, self.asserted):
            return reason
        if self.role in ("target", "level"):
            return "a forecast or a level"
        if self.rewritten:
            return "from a rewritten copy"
        if self.clock is None:
            return "undated"
        return None if self.asset else "no priced asset"

    @property
    def published(self) -> int:
        """The day it was published."""
        return (self.clock or 0) // 86_400

    @property
    def around(self) -> str:
        """The quote with the figure in its middle, 80 characters either side."""
        return self.quote[max(0, self.at - 80) : self.at + len(self.text) + 80]

    @property
    def step(self) -> float:
        """The unit of the last digit printed: 0.1 for "3.8x", 1000 for "$89,000", 10 for "380%"."""
        return printed_step(self.text)


def printed_step(text: str) -> float:
    """How fine a number is printed; zeros at the end of a whole number, after two digits, do not count as precise.

    "$89,120" is printed to 10, "$90,000" to 1,000, "$1.25 trillion" to 10 billion, "12.50%" to a
    hundredth; "doubled" to nothing (0).
    """
    match = _DIGITS.search(text)
    if match is None:
        return 0.0
    scale = _SCALE.search(text)
    factor = _SCALES[scale[1].lower()] if scale else 1.0
    if match[2]:
        return float(factor * 10.0 ** -len(match[2]))
    digits = match[1].replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    return float(factor * 10.0 ** max(min(zeros, len(digits) - 2), 0))


def claimed_figures(columns: Mapping[str, Sequence[Any]]) -> Iterator[ClaimedFigure]:
    """Rows from equally long columns named as in table `figures`, with `claim_id`, `clock`, `published` beside."""
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield _claimed(dict(zip(names, values, strict=True)))


def _claimed(row: Mapping[str, Any]) -> ClaimedFigure:
    return ClaimedFigure(
        claim_id=row["claim_id"],
        quote=row.get("quote") or "",
        text=row["text"],
        at=max((row.get("text_start") or 0) - (row.get("start") or 0), 0),
        value=float(row["value"]),
        value_high=row.get("value_high"),
        unit=row["unit"],
        role=row["role"],
        asset=row.get("asset"),
        direction=row.get("direction"),
        hedge=row.get("hedge"),
        period=row.get("period"),
        span=_span(row.get("period_start"), row.get("period_end")),
        clock=row.get("clock") if row.get("published") is None else row["published"],
        asserted=is_stated(row.get("modality")),
        rewritten=bool(row.get("rewritten")),
        rejected=bool(row.get("rejected")),
    )


def _span(first: Any, last: Any) -> tuple[int, int] | None:
    if not first or not last:
        return None
    days = [to_day(d if isinstance(d, date) else date.fromisoformat(str(d)[:10])) for d in (first, last)]
    return min(days), max(days)
