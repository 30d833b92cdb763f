"""A neutral call with a stated range: does the price end inside, and how likely was that?"""

from __future__ import annotations

import numpy as np

from outcomes.arrays import Bools, Floats, Ints
from outcomes.base_rates import CALM
from outcomes.call_table import CallTable
from outcomes.market import Market


def levels(calls: CallTable, index: Ints, start: Floats) -> tuple[Floats, Floats]:
    """Low and high of the target in price terms, NaN where there is none; one number is both."""
    low = calls.target[index]
    high = np.where(np.isfinite(calls.target_high[index]), calls.target_high[index], low)
    percent = calls.target_percent[index]
    low, high = (np.where(percent, start * (1 + v / 100), v) for v in (low, high))
    return np.minimum(low, high), np.maximum(low, high)


def inside_range(calls: CallTable, index: Ints, start: Floats, end: Floats) -> Bools:
    """Whether the exit lies in the stated range; not so for a call without one."""
    low, high = levels(calls, index, start)
    inside: Bools = (end >= low) & (end <= high)
    return inside


def range_odds(calls: CallTable, market: Market, index: Ints, row: Ints, entry: Ints, length: Ints) -> Floats:
    """Null odds that a driftless price ends in the range or within 0.6745·σ·√h of its start (docs/method.md)."""
    from scipy.special import ndtr

    start = market.prices.close[row, entry]
    spread = market.volatility.per_day[row, entry] * np.sqrt(length)
    low, high = (_standardised(market, row, start, spread, level) for level in levels(calls, index, start))
    calm_low, calm_high = -CALM, CALM
    both = ndtr(np.maximum(high, calm_high)) - ndtr(np.minimum(low, calm_low))
    apart = (low > calm_high) | (high < calm_low)
    separate = ndtr(high) - ndtr(low) + ndtr(calm_high) - ndtr(calm_low)
    odds: Floats = np.where(apart, separate, both)
    return odds


def _standardised(market: Market, row: Ints, start: Floats, spread: Floats, level: Floats) -> Floats:
    """Distance of a level from the start in standard deviations, drift of the log price -σ²/2 taken off."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.maximum(level, 1e-300) / start) + spread**2 / 2
        return np.where(market.prices.by_level[row], level - start, logs) / spread
