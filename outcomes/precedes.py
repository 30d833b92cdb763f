"""Does A precede B? Every occurrence of an event, what followed each, and how often the same follows any day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from outcomes.arrays import MISSING, Bools, Floats, Ints, to_day
from outcomes.earlier_records import before
from outcomes.events import Event, occurrences, with_gap
from outcomes.market import Market

GRID_HORIZONS = (30, 60, 90, 180)
GRID_SIZES = (0.0, 0.1, 0.2)
ALPHA = 0.05
MIN_KEPT = 0.8  # of the events that must fall on days with an outcome for a rotation to count
_LATE_ON_THE_DAY = 19 * 3600 + 1800  # a dated event is known at 19:30 UTC, before New York closes


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What followed each occurrence. Columns are those of the price matrix; -1 where there is no usable close."""

    known: Ints  # column of the day on which the event happened
    entry: Ints
    exit: Ints
    change: Floats  # of the response from entry to exit, NaN where the window is not over or a close is missing
    hit: Bools


@dataclass(frozen=True, slots=True)
class Test:
    """k of n occurrences were followed by a move of the claimed side and at least `size` at the horizon's end."""

    gap: int
    size: float
    horizon: int
    n: int
    k: int
    base_rate: float  # the same share over all start days on which an event could have been seen
    p_above: float
    p_below: float
    disjoint: bool  # windows do not overlap: exact binomial; else circular shift of the event days


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the robustness grid with its Benjamini-Yekutieli q."""

    test: Test
    q: float


def event_columns(market: Market, event: Event, driver: int, last: int) -> Ints:
    """Columns of the days on which the event happened, up to column `last`; none of a record where none is known."""
    prices = market.prices
    if event.dates:
        at = np.array([to_day(date.fromisoformat(text)) for text in event.dates], dtype=np.int64) - prices.first_day
        return np.asarray(at[(at >= 0) & (at <= last)])
    columns = np.flatnonzero(np.isfinite(prices.close[driver, : last + 1]))
    days, close = columns + prices.first_day, prices.close[driver, columns]
    if event.kind != "new_high":
        return columns[occurrences(event, days, close)]
    earlier = before(market, driver)
    if not earlier.known:
        return columns[:0]
    if earlier.record is None:
        return columns[occurrences(event, days, close)]
    found = occurrences(event, np.append(earlier.record[0], days), np.append(earlier.record[1], close))
    return np.asarray(columns[found - 1])


def first_possible(market: Market, event: Event, driver: int) -> int:
    """The first column in which the event could have been seen: the driver's history must be long enough."""
    if event.dates:
        return 0
    columns = np.flatnonzero(np.isfinite(market.prices.close[driver]))
    if not len(columns):
        return market.prices.width
    warm_up = max(event.lookback, event.gap if event.kind == "new_high" else 0)
    after = int(np.searchsorted(columns, columns[0] + warm_up))
    counted = max(event.long, event.days if event.kind == "relative_strength" else 0)
    return int(columns[min(max(after, counted), len(columns) - 1)])


def followed(
    market: Market, event: Event, driver: int, response: int, at: Ints, horizon: int, last: int, sign: int,
    size: float = 0.0,
) -> Followed:  # fmt: skip
    """Enter the response at the first close known after each event, leave at the last close within the horizon."""
    prices = market.prices
    clock = _known_at(market, event, driver, at)
    entry = prices.entry(np.full(len(at), response), clock)
    late = (entry < 0) | (entry - at > prices.stale_after[response])
    entry = np.where(late, -1, entry)
    exit_, change = _outcome(market, response, entry, horizon, last)
    return Followed(at, entry, exit_, change, _hits(change, sign, size))


def _known_at(market: Market, event: Event, driver: int, at: Ints) -> Ints:
    if event.dates:
        return np.asarray((at + market.prices.first_day) * 86_400 + _LATE_ON_THE_DAY)
    return np.asarray(market.prices.known_at[driver, at])


def _outcome(market: Market, row: int, entry: Ints, horizon: int, last: int) -> tuple[Ints, Floats]:
    """Exit columns and changes (of level where the asset is graded so); windows ending after `last` stay open."""
    prices = market.prices
    due = (entry >= 0) & (entry + horizon <= last)
    exit_ = np.full(len(entry), -1, dtype=np.int64)
    rows = np.full(int(due.sum()), row)
    exit_[due] = prices.at_or_before(rows, entry[due] + horizon)
    usable = exit_ > entry
    start = prices.close[row, np.maximum(entry, 0)]
    end = prices.close[row, np.maximum(exit_, 0)]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = end - start if prices.by_level[row] else np.where(start > 0, end / start - 1, np.nan)
    return np.where(usable, exit_, -1), np.where(usable, change, np.nan)


def _hits(change: Floats, sign: int, size: float) -> Bools:
    with np.errstate(invalid="ignore"):
        hits: Bools = sign * change > 0 if size == 0 else sign * change >= size
    return hits


def every_start(
    market: Market, row: int, first: int, last: int, horizon: int, known_until: date | None = None
) -> Floats:
    """Change of the response over the horizon from each calendar column first..last; NaN where it is not over.

    No later start counts than `known_until`: of days after it nobody has noted whether the event happened.
    """
    prices = market.prices
    final = min(last, to_day(known_until) - prices.first_day) if known_until else last
    columns = np.arange(first, final + 1)
    entry = prices.following[row, columns]
    fresh = (entry <= last) & (entry - columns <= prices.stale_after[row])
    return _outcome(market, row, np.where(fresh, entry, -1), horizon, last)[1]


def test_event(
    market: Market, event: Event, driver: int, response: int, horizon: int, last: int, sign: int, size: float = 0.0,
    at: Ints | None = None,
) -> tuple[Test, Followed]:  # fmt: skip
    """k of n against the base rate over all start days (METHODS 5.15), on data up to column `last`."""
    first = first_possible(market, event, driver)
    at = event_columns(market, event, driver, last) if at is None else at
    result = followed(market, event, driver, response, at[at >= first], horizon, last, sign, size)
    starts = every_start(market, response, first, last, horizon, event.known_until)
    known = np.isfinite(starts)
    base = float(_hits(starts[known], sign, size).mean()) if known.any() else math.nan
    done = np.isfinite(result.change)
    n, k = int(done.sum()), int(result.hit[done].sum())
    gaps = np.diff(result.entry[done])
    disjoint = bool((gaps >= horizon).all())
    above = below = math.nan
    if n and known.any():
        hits = np.where(known, _hits(starts, sign, size), False)
        at = result.entry[done] - first
        above, below = _binomial_odds(k, n, base) if disjoint else _shift_odds(at, hits, known, k)
    return Test(event.gap, size, horizon, n, k, base, above, below, disjoint), result


def _binomial_odds(k: int, n: int, base: float) -> tuple[float, float]:
    """P(k or more) and P(k or fewer) of n independent windows."""
    from scipy.stats import binom

    return float(binom.sf(k - 1, n, base)), float(binom.cdf(k, n, base))


def _shift_odds(at: Ints, hits: Bools, known: Bools, k: int) -> tuple[float, float]:
    """The same by circular shift of the event days over all start days, their spacing kept."""
    marks = np.bincount(at, minlength=len(hits)).astype(np.float64)
    counts = _rotated(marks, hits.astype(np.float64))
    counts = counts[_rotated(marks, known.astype(np.float64)) >= MIN_KEPT * len(at)]
    above, below = int((counts >= k - 1e-6).sum()), int((counts <= k + 1e-6).sum())
    return (1 + above) / (len(counts) + 1), (1 + below) / (len(counts) + 1)


def _rotated(marks: Floats, values: Floats) -> Floats:
    """Sum of values at the marks for every rotation of the marks."""
    spectrum = np.conj(np.fft.rfft(marks)) * np.fft.rfft(values)
    return np.round(np.fft.irfft(spectrum, len(values)), 6)


def mean_change_p(test: Followed, starts: Floats, first: int, sign: int) -> float:
    """One-sided p of the mean change after the events, by circular shift over all start days."""
    done = np.isfinite(test.change)
    known = np.isfinite(starts)
    if not done.any() or not known.any():
        return math.nan
    marks = np.bincount(test.entry[done] - first, minlength=len(starts)).astype(np.float64)
    total = _rotated(marks, np.where(known, starts, 0.0))
    seen = np.rint(_rotated(marks, known.astype(np.float64)))
    means = sign * (total / np.maximum(seen, 1))[seen >= MIN_KEPT * done.sum()]
    observed = sign * float(test.change[done].mean())
    return (1 + int((means >= observed - 1e-12).sum())) / (len(means) + 1)


def robustness(market: Market, event: Event, driver: int, response: int, last: int, sign: int) -> list[Cell]:
    """Every cell of gap x size x horizon, with q after Benjamini-Yekutieli over the cells that can be tested."""
    from scipy.stats import false_discovery_control

    gaps: Sequence[int] = event.grid_gaps or (event.gap,)
    tests = []
    for gap in gaps:
        variant = with_gap(event, gap)
        at = event_columns(market, variant, driver, last)
        for horizon in GRID_HORIZONS:
            for size in GRID_SIZES:
                test, _ = test_event(market, variant, driver, response, horizon, last, sign, size, at)
                if test.n and math.isfinite(test.p_above):
                    tests.append(test)
    if not tests:
        return []
    q = false_discovery_control([t.p_above for t in tests], method="by")
    return [Cell(test, float(value)) for test, value in zip(tests, q, strict=True)]


def smallest_convincing(base_rate: float) -> int:
    """How many hits in a row it takes for p < .05: 5 at a base rate of one half (METHODS, fact 3)."""
    if not 0 < base_rate < 1:
        return MISSING if base_rate >= 1 else 1
    return math.floor(math.log(ALPHA) / math.log(base_rate)) + 1


def share_interval(k: int, n: int) -> tuple[float, float]:
    """95 % interval of the share: quantiles of Beta(k + 1, n - k + 1)."""
    from scipy.stats import beta

    low, high = beta.ppf([0.025, 0.975], k + 1, n - k + 1)
    return float(low), float(high)
