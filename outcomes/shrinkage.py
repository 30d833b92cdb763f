"""Many speakers at once: shrunken skill, the false discovery rate, and how many calls a rate would need."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Floats

SPREADS = np.concatenate([[0.0005], np.arange(0.005, 0.5, 0.005)])  # standard deviations of true skill considered


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Posterior of each speaker's skill: its mean, lower and upper tenth, and what the prior was learned to be."""

    mean: Floats
    low: Floats
    high: Floats
    prior_variance: float


def shrink(skill: Floats, variance: Floats, fitted: Floats) -> Posterior:
    """Normal-normal shrinkage of observed skills with known sampling variances toward no skill (docs/method.md).

    The spread of true skills is learned from the entries where `fitted` is 1 and averaged over what it may be
    (uniform prior on the spread, Gelman 2006), not fixed at its best estimate: that estimate is often exactly
    zero, which would make every speaker equal and every interval a point. The prior's mean is zero and not
    learned: speakers hold the same rising assets, so a common mean would credit all of them with one market's luck.
    With fewer than two entries the prior is certain of zero skill.
    """
    observed, error = skill[fitted > 0], variance[fitted > 0]
    if len(observed) < 2:
        nothing = np.zeros(len(skill))
        return Posterior(nothing, nothing, nothing, 0.0)
    weight, tau2 = _spreads(observed, error), SPREADS**2
    share = tau2[:, None] / (tau2[:, None] + variance)  # [spreads × speakers]
    centre, spread = share * skill, np.sqrt(share * variance)
    low, high = (_quantile(q, weight, centre, spread) for q in (0.1, 0.9))
    return Posterior(weight @ centre, low, high, float(weight @ tau2))


def _spreads(skill: Floats, variance: Floats) -> Floats:
    """The posterior weight of each candidate spread: p(τ | y) ∝ Π N(y | 0, s² + τ²)."""
    total = variance + SPREADS[:, None] ** 2
    log = -0.5 * (np.log(total).sum(axis=1) + (skill**2 / total).sum(axis=1))
    weight: Floats = np.exp(log - log.max())
    weight /= weight.sum()
    return weight


def _quantile(q: float, weight: Floats, centre: Floats, spread: Floats) -> Floats:
    """The q-quantile of each speaker's mixture of normals, by bisection."""
    from scipy.special import ndtr

    low, high = (centre - 8 * spread).min(axis=0), (centre + 8 * spread).max(axis=0)
    for _ in range(26):
        middle = (low + high) / 2
        below = weight @ ndtr((middle - centre) / spread) < q
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)


def false_discovery(p: Floats) -> Floats:
    """Benjamini-Yekutieli (2001) adjusted p-values: valid although speakers share the moves of one market."""
    from scipy.stats import false_discovery_control

    if not len(p):
        return p
    q: Floats = false_discovery_control(p, method="by")
    return q


def wilson(rate: float, n: float, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson (1927) score interval of a rate from n calls; n may be an effective number (docs/method.md)."""
    if n <= 0:
        return 0.0, 1.0
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def calls_needed(rate: float, base: float) -> float | None:
    """Effective calls it takes to tell a rate from its base rate: 5 % two-sided, 80 % power (docs/method.md)."""
    if rate == base:
        return None
    spread = 1.96 * math.sqrt(base * (1 - base)) + 0.8416 * math.sqrt(rate * (1 - rate))
    return (spread / (rate - base)) ** 2


def detection_power(rate: float, base: float, sd: float, alpha: float) -> float:
    """Chance that a two-sided test at level alpha finds a caller with this true rate.

    `sd` is the standard deviation of hit minus base rate without skill; with it, calls scatter as the rate does.
    """
    from scipy.special import ndtr, ndtri

    bar = -ndtri(alpha / 2) * sd
    spread = sd * math.sqrt(rate * (1 - rate) / (base * (1 - base)))
    skill = rate - base
    return float(ndtr((skill - bar) / spread) + ndtr((-bar - skill) / spread))
