"""Do two series move together? Everything that is measured about one pair, once for all who claim it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from outcomes.bootstrap import (
    block_length,
    bootstrap_interval,
    effective_pairs,
    fisher_interval,
    pearson,
    spearman,
)
from outcomes.evidence import evidence_end, prices_hash
from outcomes.lead_lag import Scan, Stability, best_window_p, rolling_correlation, scan_lags, stability
from outcomes.market import Market
from outcomes.returns import PairedReturns, daily_returns, paired_returns
from outcomes.verdict_rows import input_hash, seed_of

MIN_PAIRS = 60
LAG_SPAN = 7  # calendar days of return for claims with a lag: a lag of weeks is never meant to the day
COARSE_SPAN = 30
ROLLING = 90  # pairs


@dataclass(frozen=True, slots=True)
class Measured:
    """One correlation with its interval. `n` counts pairs, `n_effective` what they are worth."""

    r: float
    low: float
    high: float
    rank_r: float
    n: int
    n_effective: float


class CoMovement:
    """Rows `a` (leading by `lag` calendar days) and `b`, on everything known at the end of the evidence."""

    def __init__(self, market: Market, a: int, b: int, lag: int = 0) -> None:
        self.market, self.a, self.b, self.lag = market, a, b, lag
        self.end = evidence_end(market)

    @cached_property
    def sample(self) -> PairedReturns:
        span = LAG_SPAN if self.lag else None
        return paired_returns(self.market.prices, self.a, self.b, self.end, lag=self.lag, span=span)

    @cached_property
    def digest(self) -> str:
        """Hash of all price rows that any of this is computed from."""
        hashes = (prices_hash(self.market, row, 0, self.end) for row in (self.a, self.b))
        return input_hash(*hashes, self.lag)

    @cached_property
    def measured(self) -> Measured:
        """Over all common history, with a block-bootstrap interval."""
        return self.over(self.sample)

    def over(self, sample: PairedReturns) -> Measured:
        """The same over a part of the sample."""
        if len(sample) < 8:
            return Measured(math.nan, math.nan, math.nan, math.nan, len(sample), float(len(sample)))
        seed = seed_of(input_hash(self.digest, len(sample), int(sample.day[0])))
        low, high = bootstrap_interval(sample.x, sample.y, seed, sample.overlap)
        n = effective_pairs(sample.x, sample.y, sample.overlap)
        return Measured(pearson(sample.x, sample.y), low, high, spearman(sample.x, sample.y), len(sample), n)

    def published(self, clock: int) -> Measured:
        """What a reader could have computed at publication; a Fisher interval on the effective number of pairs."""
        sample = self.sample.known_by(clock // 86_400 - self.market.prices.first_day - 1)
        n = effective_pairs(sample.x, sample.y, sample.overlap)
        r = pearson(sample.x, sample.y)
        return Measured(r, *fisher_interval(r, n), rank_r=math.nan, n=len(sample), n_effective=n)

    def best_window(self, part: PairedReturns, r: float) -> float:
        """How often the best window of that width is as strong by chance (the series shifted apart)."""
        return best_window_p(self.sample.x, self.sample.y, len(part), r, seed_of(self.digest))

    @cached_property
    def windows(self) -> tuple[float, float, float] | None:
        """5th, 50th and 95th percentile of r over all windows of 90 pairs."""
        if len(self.sample) < 2 * ROLLING:
            return None
        rolling = rolling_correlation(self.sample.x, self.sample.y, ROLLING)
        low, middle, high = np.nanpercentile(rolling, [5, 50, 95])
        return float(low), float(middle), float(high)

    @cached_property
    def stability(self) -> Stability | None:
        return stability(self.sample.day, self.sample.x, self.sample.y, self.sample.overlap)

    @cached_property
    def coarse(self) -> float:
        """r of 30-day returns at the same lag."""
        sample = paired_returns(self.market.prices, self.a, self.b, self.end, lag=self.lag, span=COARSE_SPAN)
        return pearson(sample.x, sample.y)

    def scan(self, most: int) -> Scan | None:
        """Weekly returns at every lag up to `most` days either way, on a calendar of every day."""
        return lag_scan(self.market, self.a, self.b, self.end, most)

    @property
    def block(self) -> int:
        return block_length(len(self.sample), self.sample.overlap)


def lag_scan(market: Market, a: int, b: int, last: int, most: int) -> Scan | None:
    """Correlations at lags -most..most of returns over a week (over a month where a series is monthly)."""
    span = max(LAG_SPAN, int(market.prices.gap[a]), int(market.prices.gap[b]))
    x, y = daily_returns(market.prices, a, b, last, span)
    return scan_lags(x, y, most, seed_of(input_hash(prices_hash(market, a, 0, last), prices_hash(market, b, 0, last))))
