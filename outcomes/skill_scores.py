"""Scores that need many calls: Pesaran-Timmermann, Brier and calibration."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from outcomes.arrays import Bools, Floats, Ints

# A model, not a statement by anyone: what a plain call and a hedged one are taken to claim (docs/method.md)
FIRM, HEDGED = 0.75, 0.60
MIN_PER_BIN = 10


def scores(stance: Ints, hit: Floats, base: Floats, hedged: Bools, n_effective: float) -> dict[str, Any]:
    """All scores of one speaker's graded calls, JSON-ready, rounded to six digits."""
    directional = stance != 0
    found: dict[str, Any] = {}
    test = pesaran_timmermann(stance[directional], hit[directional], n_effective * float(directional.mean()))
    if test is not None:
        found["pesaran_timmermann"] = {"s": round(test[0], 6), "p": round(test[1], 6)}
    stated = np.where(hedged, HEDGED, FIRM)
    found["brier"] = round(brier(stated, hit), 6)
    found["brier_skill"] = round(1 - brier(stated, hit) / brier(base, hit), 6) if brier(base, hit) else None
    found["calibration"] = calibration(stated, hit)
    return found


def pesaran_timmermann(stance: Ints, hit: Floats, n: float) -> tuple[float, float] | None:
    """Statistic S ~ N(0, 1) and its two-sided p; None for one-sided calls (Pesaran & Timmermann 1992).

    For directional calls: `stance` is +1 or -1, `hit` 1 where the price went that way. `n` is how many independent
    calls they are worth; with their plain number, overlapping calls would look more certain than they are.
    """
    if not len(stance) or abs(int(stance.sum())) == len(stance):
        return None
    p_x, p_y = float((stance > 0).mean()), float(((stance > 0) == (hit > 0)).mean())
    expected = p_y * p_x + (1 - p_y) * (1 - p_x)
    of_expected = ((2 * p_y - 1) ** 2 * p_x * (1 - p_x) + (2 * p_x - 1) ** 2 * p_y * (1 - p_y)) / n
    of_expected += 4 * p_y * p_x * (1 - p_y) * (1 - p_x) / n**2
    variance = expected * (1 - expected) / n - of_expected
    if variance <= 1e-12:
        return None
    s = (float(hit.mean()) - expected) / math.sqrt(variance)
    return s, math.erfc(abs(s) / math.sqrt(2))


def brier(stated: Floats, hit: Floats) -> float:
    """Mean squared difference of stated probability and outcome, on the 0-1 scale (Brier 1950)."""
    return float(((stated - hit) ** 2).mean())


def calibration(stated: Floats, hit: Floats) -> list[dict[str, float]]:
    """For each stated probability with at least ten calls, how many there were and how many held."""
    rows = []
    for value in np.unique(stated).tolist():
        of = stated == value
        if of.sum() >= MIN_PER_BIN:
            rows.append({"stated": value, "calls": int(of.sum()), "held": round(float(hit[of].mean()), 6)})
    return rows
