"""Intervals for a correlation of dependent returns: a circular block bootstrap from block sums."""

from __future__ import annotations

import math

import numpy as np

from outcomes.arrays import Floats

REPETITIONS = 2000
LEVEL = 0.95


def pearson(x: Floats, y: Floats) -> float:
    """Product-moment correlation; NaN where either does not vary."""
    if len(x) < 3:
        return math.nan
    dx, dy = x - x.mean(), y - y.mean()
    spread = math.sqrt(float(dx @ dx) * float(dy @ dy))
    return float(dx @ dy) / spread if spread > 0 else math.nan


def spearman(x: Floats, y: Floats) -> float:
    """Rank correlation, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return pearson(rankdata(x), rankdata(y))


def block_length(n: int, overlap: int = 1) -> int:
    """Days kept together in a resample: n^(1/3) scaled as for a mildly dependent series, and three overlaps."""
    return max(math.ceil(1.75 * math.cbrt(n)), 3 * overlap if overlap > 1 else 1)


def bootstrap_correlations(x: Floats, y: Floats, block: int, seed: int, repetitions: int = REPETITIONS) -> Floats:
    """Pearson r of `repetitions` circular block resamples (Politis & Romano 1992).

    Blocks of `block` neighbouring pairs are drawn with replacement, wrapping at the end. Only five running sums
    are needed, so a resample costs n / block look-ups.
    """
    n = len(x)
    x, y = _standard(x), _standard(y)
    sums = [_block_sums(v, block) for v in (x, y, x * x, y * y, x * y)]
    starts = np.random.default_rng(seed).integers(0, n, size=(repetitions, math.ceil(n / block)))
    sx, sy, sxx, syy, sxy = (s[starts].sum(axis=1) for s in sums)
    count = starts.shape[1] * block
    spread = (sxx - sx**2 / count) * (syy - sy**2 / count)
    with np.errstate(invalid="ignore", divide="ignore"):
        r: Floats = (sxy - sx * sy / count) / np.sqrt(spread)
    return r[np.isfinite(r)]


def bootstrap_interval(x: Floats, y: Floats, seed: int, overlap: int = 1) -> tuple[float, float]:
    """95 % percentile interval of Pearson r; (NaN, NaN) where the series do not vary."""
    draws = bootstrap_correlations(x, y, block_length(len(x), overlap), seed)
    if len(draws) < REPETITIONS // 2:
        return math.nan, math.nan
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(draws, [tail, 100 - tail])
    return float(low), float(high)


def fisher_interval(r: float, n_effective: float) -> tuple[float, float]:
    """95 % interval from Fisher's z = atanh r with variance 1 / (n - 3)."""
    if not math.isfinite(r) or n_effective <= 4:
        return math.nan, math.nan
    half = 1.959964 / math.sqrt(n_effective - 3)
    z = math.atanh(max(-0.999999, min(0.999999, r)))
    return math.tanh(z - half), math.tanh(z + half)


def effective_pairs(x: Floats, y: Floats, overlap: int = 1) -> float:
    """How many independent pairs the sample is worth: 1/n_eff = 1/n + (2/n) Σ (1 - k/n) ρx(k) ρy(k) (METHODS 5.14).

    Summed over lags up to n^(1/3), or three overlaps where returns overlap; never more than n.
    """
    n = len(x)
    if n < 4:
        return float(n)
    most = min(n // 4, max(math.ceil(n ** (1 / 3)), 3 * overlap if overlap > 1 else 0))
    a, b = _standard(x), _standard(y)
    total = sum((1 - k / n) * float(a[k:] @ a[:-k]) * float(b[k:] @ b[:-k]) / n**2 for k in range(1, most + 1))
    return float(min(n, n / max(1 + 2 * total, 1e-9)))


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _block_sums(values: Floats, block: int) -> Floats:
    """Sum of the `block` values from each position on, wrapping at the end."""
    n = len(values)
    tiled = np.concatenate([values] * (1 + math.ceil(block / n))) if n else values
    running = np.concatenate([[0.0], np.cumsum(tiled)])
    sums: Floats = running[block : block + n] - running[:n]
    return sums
