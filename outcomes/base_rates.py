"""What every earlier window of an asset did: volatility, and base rates by cumulative counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outcomes.arrays import Bools, Floats, Ints
from outcomes.prices import PriceMatrix

Counts = npt.NDArray[np.int32]

TRAILING_DAYS = 1826  # five years: how far back an earlier window may begin
VOLATILITY_CLOSES = 250
CALM = 0.6745  # half of all outcomes of a driftless walk lie within this many standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Volatility:
    """Standard deviation of daily log returns (of level changes where graded by level) [assets × days].

    Over the trailing 250 closes up to and including each day; NaN before `min_windows` of them are there.
    """

    per_close: Floats
    per_day: Floats  # per calendar day: multiply by √h for h calendar days


def volatility(prices: PriceMatrix) -> Volatility:
    """The trailing volatility of every asset on every day with a close, carried forward between closes."""
    per_close, per_day = np.full_like(prices.close, np.nan), np.full_like(prices.close, np.nan)
    least = prices.min_windows
    for row in range(len(prices.symbols)):
        days = np.flatnonzero(np.isfinite(prices.close[row]))
        changes = _changes(prices.close[row, days], bool(prices.by_level[row]))
        sigma, span = _trailing_sigma(changes, days, int(least[row]))
        per_close[row, days] = sigma
        per_day[row, days] = sigma * np.sqrt(span)
    return Volatility(_carried(per_close, prices), _carried(per_day, prices))


def _changes(closes: Floats, by_level: bool) -> Floats:
    """Change into each close; the first, and log returns over a price of zero or less, are NaN."""
    if by_level:
        return np.diff(closes, prepend=np.nan)
    logs = np.log(np.where(closes > 0, closes, np.nan))
    return np.diff(logs, prepend=np.nan)


def _trailing_sigma(changes: Floats, days: Ints, least: int) -> tuple[Floats, Floats]:
    """Standard deviation of the last 250 changes, and how many closes fall on one calendar day."""
    known = np.isfinite(changes)
    filled = np.where(known, changes, 0.0)
    start = np.maximum(np.arange(len(changes)) + 1 - VOLATILITY_CLOSES, 0)
    count, total, squares = (_window_sum(v, start) for v in (known.astype(np.float64), filled, filled**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(squares - total**2 / count, 0.0) / (count - 1)
        per_day = (np.arange(len(days)) - start) / np.maximum(days - days[start], 1)
    enough = count >= min(least, VOLATILITY_CLOSES) - 1
    return np.where(enough & (count > 1), np.sqrt(variance), np.nan), per_day


def _window_sum(values: Floats, start: Ints) -> Floats:
    summed = np.concatenate([[0.0], np.cumsum(values)])
    sums: Floats = summed[1:] - summed[start]
    return sums


def _carried(values: Floats, prices: PriceMatrix) -> Floats:
    return np.where(prices.last >= 0, np.take_along_axis(values, np.maximum(prices.last, 0), axis=1), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Every window of `length` days of the assets `rows` [rows × start days], and running counts of outcomes.

    Counts have one column more than there are days: column c counts windows that start before day c.
    """

    length: int
    change: Floats  # simple return, or change in level; NaN where the window has no entry or no exit close
    seen: Counts
    rising: Counts
    falling: Counts
    calm: Counts
    gauged: Counts  # windows with a volatility at their start, without which calm means nothing

    def base_rate(self, at: Ints, columns: Ints, stance: Ints) -> tuple[Floats, Ints]:
        """Share of earlier windows with the called outcome, and how many there were, for entries on `columns`.

        `at` indexes the rows of this object. Counted are windows that began in the trailing five years and had
        ended by the entry day.
        """
        until = np.maximum(columns - self.length + 1, 0)
        since = np.minimum(np.maximum(columns - TRAILING_DAYS, 0), until)
        count, hits = np.empty(len(at), dtype=np.int64), np.empty(len(at), dtype=np.int64)
        sides = ((1, self.seen, self.rising), (-1, self.seen, self.falling), (0, self.gauged, self.calm))
        for side, seen, called in sides:
            of = np.flatnonzero(stance == side)
            row, high, low = at[of], until[of], since[of]
            count[of] = seen[row, high] - seen[row, low]
            hits[of] = called[row, high] - called[row, low]
        return np.where(count > 0, hits / np.maximum(count, 1), np.nan), count


def windows(prices: PriceMatrix, sigma: Volatility, length: int, rows: Ints | None = None) -> Windows:
    """All windows of `length` calendar days: from each close to the last close at or before its end."""
    rows = np.arange(len(prices.symbols)) if rows is None else rows
    change = window_changes(prices, rows, length)
    limit = CALM * sigma.per_day[rows] * np.sqrt(length)
    with np.errstate(invalid="ignore"):
        outcomes = (np.isfinite(change), change > 0, change < 0, np.abs(change) <= limit)
    gauged = outcomes[0] & np.isfinite(limit)
    return Windows(length, change, *(_running(outcome) for outcome in (*outcomes, gauged)))


def window_changes(prices: PriceMatrix, rows: Ints, length: int) -> Floats:
    """Return (or change in level) of the window starting at each close [rows × days], NaN where there is none."""
    width = prices.width
    change = np.full((len(rows), width), np.nan)
    if length >= width:
        return change
    columns = np.arange(length, width)
    last = prices.last[rows, length:]
    start = prices.close[rows, : width - length]
    end = np.take_along_axis(prices.close[rows], np.maximum(last, 0), axis=1)
    usable = (last > columns - length) & (columns - last <= prices.stale_after[rows][:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(start > 0, end / start - 1, np.nan)
    moved = np.where(prices.by_level[rows][:, None], end - start, ratio)
    change[:, : width - length] = np.where(usable, moved, np.nan)
    return change


def _running(outcome: Bools) -> Counts:
    counts = np.zeros((outcome.shape[0], outcome.shape[1] + 1), dtype=np.int32)
    np.cumsum(outcome, axis=1, out=counts[:, 1:])
    return counts
