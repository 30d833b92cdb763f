"""How many independent calls a set of overlapping, correlated calls is worth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from outcomes.arrays import Floats, Ints
from outcomes.prices import PriceMatrix

_BLOCK = 512


def effective_n(row: Ints, day: Ints, stance: Ints, horizon: int, correlation: Floats) -> float:
    """n² / Σ ρ_ij, at least 1 and at most n (docs/method.md).

    ρ_ij = s_i·s_j·(2/π)·asin(c_ij·overlap_ij/h), the arcsine law for the signs of overlapping sums of returns:
    c_ij the correlation of the assets' daily returns, overlap_ij = max(0, h - |t_i - t_j|) days. Neutral calls
    overlap among themselves as directional ones do and not with those.
    """
    n = len(day)
    if n < 2:
        return float(n)
    order = np.argsort(day, kind="stable")
    row, day, stance = row[order], day[order], stance[order]
    total = 0.0
    for first in range(0, n, _BLOCK):
        mine = slice(first, min(first + _BLOCK, n))
        low = np.searchsorted(day, day[mine.start] - horizon, side="right")
        high = np.searchsorted(day, day[mine.stop - 1] + horizon, side="left")
        total += _pair_sum(row, day, stance, mine, slice(int(low), int(high)), horizon, correlation)
    return float(np.clip(n * n / total, 1.0, n)) if total > 0 else float(n)


def _pair_sum(
    row: Ints, day: Ints, stance: Ints, mine: slice, others: slice, horizon: int, correlation: Floats
) -> float:
    overlap = 1 - np.abs(day[mine, None] - day[None, others]) / horizon
    c = correlation[row[mine, None], row[None, others]] * np.maximum(overlap, 0.0)
    both_neutral = (stance[mine, None] == 0) & (stance[None, others] == 0)
    sign = np.where(both_neutral, 1, stance[mine, None] * stance[None, others])
    return float((sign * np.arcsin(np.clip(c, -1.0, 1.0))).sum() * 2 / np.pi)


def return_correlations(prices: PriceMatrix) -> Floats:
    """Correlation of daily returns of every pair of assets, over days on which both have one [assets × assets].

    Changes of level for assets graded by level. Pairs with fewer than 60 common days count as uncorrelated.
    """
    return _return_correlations(prices)


@lru_cache(maxsize=2)
def _return_correlations(prices: PriceMatrix) -> Floats:
    change = np.array([_daily(prices, row) for row in range(len(prices.symbols))]).reshape(prices.close.shape)
    known = np.isfinite(change).astype(np.float64)
    filled = np.where(known > 0, change, 0.0)
    n = known @ known.T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_a, mean_b = filled @ known.T / n, known @ filled.T / n
        covariance = filled @ filled.T / n - mean_a * mean_b
        var_a, var_b = (filled**2) @ known.T / n - mean_a**2, known @ (filled**2).T / n - mean_b**2
        found = covariance / np.sqrt(var_a * var_b)
    found = np.where((n >= 60) & np.isfinite(found), np.clip(found, -1.0, 1.0), 0.0)
    np.fill_diagonal(found, 1.0)
    return found


def _daily(prices: PriceMatrix, row: int) -> Floats:
    days = np.flatnonzero(np.isfinite(prices.close[row]))
    closes = prices.close[row, days]
    change = np.full(prices.width, np.nan)
    if prices.by_level[row]:
        change[days[1:]] = np.diff(closes)
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            change[days[1:]] = np.where(closes[:-1] > 0, closes[1:] / closes[:-1] - 1, np.nan)
    return change
