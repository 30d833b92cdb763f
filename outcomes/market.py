"""Prices up to a date with everything derived from them, computed once and shared by every measure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

import numpy as np

from markets.assets import Asset
from outcomes.arrays import Floats, Hashes, Ints, to_day
from outcomes.base_rates import Volatility, Windows, volatility, windows
from outcomes.extremes import RangeMaximum
from outcomes.hashing import price_hashes
from outcomes.horizons import GRID
from outcomes.prices import PriceMatrix

BETA_CLOSES = 250


class Market:
    """What is known as of one day (default: the newest close). No later price can be reached through it."""

    def __init__(self, prices: PriceMatrix, assets: Mapping[str, Asset], as_of: date | None = None) -> None:
        self.prices = prices.until(to_day(as_of) if as_of else prices.newest_day)
        self.assets = assets
        self._windows: dict[int, Windows] = {}

    @cached_property
    def volatility(self) -> Volatility:
        return volatility(self.prices)

    @cached_property
    def highest_close(self) -> RangeMaximum:
        return RangeMaximum(self.prices.close)

    @cached_property
    def lowest_close(self) -> RangeMaximum:
        """Of negated closes: negate what goes in and what comes out."""
        return RangeMaximum(-self.prices.close)

    @cached_property
    def highest(self) -> RangeMaximum:
        return RangeMaximum(self.prices.high)

    @cached_property
    def lowest(self) -> RangeMaximum:
        """Of negated lows."""
        return RangeMaximum(-self.prices.low)

    @cached_property
    def price_hashes(self) -> Hashes:
        return price_hashes(self.prices)

    @cached_property
    def beta(self) -> Floats:
        """Slope on the benchmark over the trailing 250 common closes [assets × days], NaN where there is none."""
        return np.array([_beta(self.prices, row) for row in range(len(self.prices.symbols))]).reshape(
            self.prices.close.shape
        )

    def windows(self, length: int) -> Windows:
        """All windows of that many days of every asset; those of the grid are kept, each batch asks again."""
        if length in self._windows:
            return self._windows[length]
        found = windows(self.prices, self.volatility, length)
        if length in GRID:
            self._windows[length] = found
        return found

    def base_rates(self, rows: Ints, columns: Ints, stance: Ints, length: Ints) -> tuple[Floats, Ints]:
        """Base rate and number of earlier windows for each entry, whose window is `length` days long."""
        rate, count = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.int64)
        for days, of in by_value(length):
            if days in GRID:
                table, at = self.windows(days), rows[of]
            else:
                used, at = np.unique(rows[of], return_inverse=True)
                table = windows(self.prices, self.volatility, days, used)
            rate[of], count[of] = table.base_rate(at, columns[of], stance[of])
        return rate, count


def by_value(values: Ints) -> list[tuple[int, Ints]]:
    """Each distinct value with the positions at which it stands."""
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    groups = np.split(order, cuts)
    return [(int(values[group[0]]), group) for group in groups]


def _beta(prices: PriceMatrix, row: int) -> Floats:
    """Trailing slope of the asset's daily returns on its benchmark's, over days on which both have a close."""
    beta = np.full(prices.width, np.nan)
    bench = int(prices.benchmark[row])
    if bench < 0 or bench == row or prices.by_level[row]:
        return beta
    days = np.flatnonzero(np.isfinite(prices.close[row]) & np.isfinite(prices.close[bench]))
    if len(days) <= BETA_CLOSES:
        return beta
    own, other = (prices.close[r, days[1:]] / prices.close[r, days[:-1]] - 1 for r in (row, bench))
    sums = [np.cumsum(np.concatenate([[0.0], v])) for v in (own, other, own * other, other * other)]
    a, b, ab, bb = (s[BETA_CLOSES:] - s[:-BETA_CLOSES] for s in sums)
    beta[days[BETA_CLOSES:]] = (ab - a * b / BETA_CLOSES) / (bb - b * b / BETA_CLOSES)
    known = np.maximum.accumulate(np.where(np.isfinite(beta), np.arange(prices.width), -1))
    return np.where(known >= 0, beta[np.maximum(known, 0)], np.nan)
