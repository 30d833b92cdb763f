"""Many speakers at once: shrunken skill, the false discovery rate, and how many calls a rate would need."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from outcomes.arrays import Floats

TAIL = 1.2815515655446004  # normal quantile of the lower and upper tenth


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Normal posterior of each speaker's skill, with its lower and upper tenth."""

    mean: Floats
    low: Floats
    high: Floats
    prior_mean: float
    prior_variance: float


def shrink(skill: Floats, variance: Floats, fitted: Floats) -> Posterior:
    """Normal-normal shrinkage of observed skills with known sampling variances (docs/method.md).

    The prior's mean and variance come from the entries where `fitted` is 1, by DerSimonian-Laird (1986); with
    fewer than two of them the prior is certain of zero skill. The uncertainty of its mean is passed on (Morris 1983).
    """
    mean, tau2, uncertainty = _prior(skill[fitted > 0], variance[fitted > 0])
    weight = tau2 / (tau2 + variance)
    centre = mean + weight * (skill - mean)
    spread = np.sqrt(weight * variance + (1 - weight) ** 2 * uncertainty)
    return Posterior(centre, centre - TAIL * spread, centre + TAIL * spread, mean, tau2)


def _prior(skill: Floats, variance: Floats) -> tuple[float, float, float]:
    """Mean and variance of the speakers' skills, and the sampling variance of that mean."""
    if len(skill) < 2:
        return 0.0, 0.0, 0.0
    w = 1 / variance
    mean = float((w * skill).sum() / w.sum())
    q = float((w * (skill - mean) ** 2).sum())
    tau2 = max(0.0, (q - (len(skill) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))
    w = 1 / (variance + tau2)
    return float((w * skill).sum() / w.sum()), tau2, float(1 / w.sum())


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
