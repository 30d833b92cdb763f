"""Returns of two series on one calendar, so that they can be set against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Floats, Ints
from outcomes.prices import PriceMatrix

FRESH_DAYS = 4  # a close carried further than over a long weekend is no close of that day


@dataclass(frozen=True, slots=True, eq=False)
class PairedReturns:
    """Log returns (changes of level for rates and the like) of two series over the same stretches.

    `day` is the last day of each stretch of the first series, `known` the column in which both ends are known;
    `span` counts calendar days, and `overlap` how many neighbouring stretches share days with each.
    """

    day: Ints
    known: Ints
    x: Floats
    y: Floats
    span: int
    overlap: int

    def __len__(self) -> int:
        return len(self.day)

    def between(self, first: int | None, last: int | None) -> PairedReturns:
        """Those whose day lies within (days since 1970-01-01; None for no bound)."""
        keep = np.ones(len(self), dtype=np.bool_)
        if first is not None:
            keep &= self.day >= first
        if last is not None:
            keep &= self.day <= last
        return self._where(keep)

    def known_by(self, column: int) -> PairedReturns:
        """Those that a reader could have computed in that column of the price matrix."""
        return self._where(self.known <= column)

    def _where(self, keep: np.typing.NDArray[np.bool_]) -> PairedReturns:
        day, known, x, y = self.day[keep], self.known[keep], self.x[keep], self.y[keep]
        return PairedReturns(day, known, x, y, self.span, self.overlap)


def paired_returns(
    prices: PriceMatrix, a: int, b: int, last: int, *, lag: int = 0, span: int | None = None
) -> PairedReturns:
    """Returns of row `a`, and of row `b` over the same days `lag` later, up to column `last`.

    The calendar is that of the series with fewer closes, and of the other the last close at or before each day is
    taken: Bitcoin's Monday return, set against a share index, runs from Friday. Days are compared by date: by the
    instant, Bitcoin's Friday (which ends at midnight) would be set against the index's Monday. Without `span` each
    return runs from one day of the calendar to the next; with it, over that many calendar days. Values count under
    the day they are dated, not the day of their release, as charts show them.
    """
    days_a, days_b = (_dated_days(prices, row, last) for row in (a, b))
    if not len(days_a) or not len(days_b):
        return _none()
    start, end = max(days_a[0], days_b[0] - lag), min(days_a[-1], days_b[-1] - lag)
    inside = [d[(d >= start) & (d <= end)] for d in (days_a, days_b - lag)]
    calendar = min(inside, key=len)
    if len(calendar) < 3:
        return _none()
    gap = int(np.median(np.diff(calendar)))
    ends = calendar[1:]
    begins = calendar[:-1] if span is None else ends - max(span, gap)
    x = _change(prices, a, begins, ends, last)
    y = _change(prices, b, begins + lag, ends + lag, last)
    known = np.maximum(ends + prices.lag[a], ends + lag + prices.lag[b]) - prices.first_day
    keep = np.isfinite(x) & np.isfinite(y)
    width = gap if span is None else max(span, gap)
    overlap = 1 if span is None else max(round(width / max(gap, 1)), 1)
    return PairedReturns(ends[keep], known[keep], x[keep], y[keep], width, overlap)


def value_on(prices: PriceMatrix, row: int, days: Ints, last: int) -> Floats:
    """The last close at or before each day (as dated), NaN where there is none that is fresh enough."""
    columns = days - prices.first_day + prices.lag[row]
    inside = np.clip(columns, 0, min(last, prices.width - 1))
    found = np.where(columns >= 0, prices.last[row, inside], -1)
    stale = columns - found > max(FRESH_DAYS, int(prices.gap[row]) * 3 // 2)
    values = prices.close[row, np.maximum(found, 0)]
    return np.where((found < 0) | stale | (columns > last), np.nan, values)


def _change(prices: PriceMatrix, row: int, begins: Ints, ends: Ints, last: int) -> Floats:
    before, after = value_on(prices, row, begins, last), value_on(prices, row, ends, last)
    if prices.by_level[row]:
        return after - before
    with np.errstate(divide="ignore", invalid="ignore"):
        change: Floats = np.log(np.where(after > 0, after, np.nan) / np.where(before > 0, before, np.nan))
    return change


def _dated_days(prices: PriceMatrix, row: int, last: int) -> Ints:
    columns = np.flatnonzero(np.isfinite(prices.close[row, : last + 1]))
    return np.asarray(columns + prices.first_day - prices.lag[row])


def _none() -> PairedReturns:
    empty, values = np.zeros(0, dtype=np.int64), np.zeros(0)
    return PairedReturns(empty, empty, values, values, 1, 1)


def daily_returns(prices: PriceMatrix, a: int, b: int, last: int, span: int) -> tuple[Floats, Floats]:
    """Returns over `span` days of both rows, ending on every calendar day on which both are known."""
    days_a, days_b = (_dated_days(prices, row, last) for row in (a, b))
    if not len(days_a) or not len(days_b):
        return np.zeros(0), np.zeros(0)
    days = np.arange(max(days_a[0], days_b[0]) + span, min(days_a[-1], days_b[-1]) + 1)
    x, y = (_change(prices, row, days - span, days, last) for row in (a, b))
    keep = np.isfinite(x) & np.isfinite(y)
    return x[keep], y[keep]
