"""A number with its unit, as the grammar reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at `text[start:end]`. `high` is the upper end of a range.

    `kind`: money, percent, multiple, points, shares, coins, counted, physical, duration, times, written,
    ordinal, share (m out of n), or bare where no unit is printed. `sign`: "+", "-" or "". `plus`: "82,000+".
    `magnitude`: the factor printed ("million"), 1 where there is none. `number`: the value before it.
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    kind: str
    high: float | None = None
    sign: str = ""
    plus: bool = False
    magnitude: float = 1.0
    number: float = 0.0
    word: bool = False
