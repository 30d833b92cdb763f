"""Effective n, rotation, shrinkage, discovery and scores against published or hand-worked numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.effective import effective_n, return_correlations
from outcomes.permutation import Rotations
from outcomes.shrinkage import calls_needed, detection_power, false_discovery, shrink, wilson
from outcomes.skill_scores import brier, calibration, pesaran_timmermann, scores
from tests.outcomes_samples import matrix

ONE = np.ones((1, 1))


def effective(days: list[int], stance: list[int] | None = None, rows: list[int] | None = None, c: float = 1.0) -> float:
    count = len(days)
    correlation = np.array([[1.0, c], [c, 1.0]])
    row = np.array(rows or [0] * count)
    return effective_n(row, np.array(days), np.array(stance or [1] * count), 30, correlation)


def test_calls_a_horizon_apart_are_independent() -> None:
    assert effective([0, 30, 60, 400]) == pytest.approx(4.0)


def test_calls_on_one_day_are_one_call() -> None:
    assert effective([5, 5, 5]) == pytest.approx(1.0)


def test_two_overlapping_calls_by_hand() -> None:
    """Half a horizon apart: ρ = 2/π·asin ½ = ⅓, n_eff = 4 / (2 + 2/3)."""
    assert effective([0, 15]) == pytest.approx(1.5)


def test_daily_calls_match_the_closed_form() -> None:
    """n / (1 + 2Σ(1 - k/n)ρ_k) for 200 daily 30-day calls is about 9.6."""
    rho = [2 / math.pi * math.asin(1 - k / 30) for k in range(1, 30)]
    closed = 200 / (1 + 2 * sum((1 - k / 200) * r for k, r in enumerate(rho, start=1)))
    assert effective(list(range(200))) == pytest.approx(closed) == pytest.approx(9.6, abs=0.1)


def test_nine_coin_calls_on_one_day_are_not_nine_calls() -> None:
    assert effective([0, 0], rows=[0, 1], c=0.0) == pytest.approx(2.0)
    assert effective([0, 0], rows=[0, 1], c=0.8) == pytest.approx(4 / (2 + 4 / math.pi * math.asin(0.8)))


def test_opposite_calls_offset_and_neutral_ones_stand_apart() -> None:
    assert effective([0, 0], stance=[1, -1]) == 2.0  # never more than n
    assert effective([0, 0], stance=[0, 1]) == pytest.approx(2.0)
    assert effective([0, 0], stance=[0, 0]) == pytest.approx(1.0)


def test_many_calls_are_summed_in_blocks() -> None:
    days = np.sort(np.random.default_rng(0).integers(0, 4000, 1500))
    overlap = np.maximum(0, 1 - np.abs(days[:, None] - days[None]) / 30)
    expected = 1500**2 / (2 / math.pi * np.arcsin(overlap)).sum()
    assert effective(days.tolist()) == pytest.approx(expected)


def test_correlations_use_days_that_both_have() -> None:
    steps = np.random.default_rng(1).normal(0, 0.02, (2, 300))
    a = 100 * np.cumprod(1 + steps[0])
    b = 100 * np.cumprod(1 + 0.6 * steps[0] + 0.8 * steps[1])
    found = return_correlations(matrix({"BTC": a, "ETH": b, "SOL": a[:20]}))
    assert found[0, 1] == pytest.approx(np.corrcoef(np.diff(a) / a[:-1], np.diff(b) / b[:-1])[0, 1])
    assert found[0, 2] == 0.0 and found[2, 2] == 1.0


def rotated(edge: list[float], days: list[int], horizon: int = 1) -> tuple[float, float]:
    """p and the observed mean of bullish calls, by the transform and by hand."""
    values = np.array(edge)
    edges = np.full((3, 1, len(values)), np.nan)
    edges[2, 0] = values
    column = np.array(days)
    test = Rotations(edges, horizon).test(np.zeros_like(column), column, np.ones_like(column))
    assert test is not None
    shifts = np.array([values[(column + u) % len(values)].mean() for u in range(len(values))])
    far = shifts[horizon : len(values) - horizon + 1]
    extreme = np.abs(shifts[1:] - far.mean()) >= abs(shifts[0] - far.mean()) - 1e-9
    assert test.mean == pytest.approx(far.mean()) and test.rotations == len(values) - 1
    return test.p, (1 + extreme.sum()) / len(values)


def test_rotation_counts_how_many_shifts_do_as_well() -> None:
    edge = np.random.default_rng(2).choice([-0.5, 0.5], 200).tolist()
    found, expected = rotated(edge, [3, 40, 41, 90, 155])
    assert found == pytest.approx(expected)


def test_calls_that_beat_every_rotation_get_a_normal_tail() -> None:
    edge = np.random.default_rng(3).choice([-0.5, 0.5], 300)
    days = np.random.default_rng(4).choice(300, 14, replace=False)
    edge[days] = 0.5
    found, floor = rotated(edge.tolist(), days.tolist())
    assert 0 < found < floor


def test_both_ways_of_rotating_give_the_same_sums() -> None:
    random = np.random.default_rng(6)
    edges = random.choice([-0.5, 0.5], (3, 2, 331))
    edges[:, 1, :100] = np.nan
    rotations, keys, column = Rotations(edges, 5), random.integers(0, 6, 40), random.integers(0, 331, 40)
    for added, transformed in zip(
        rotations._added(keys, column, 0, 331), rotations._transformed(keys, column, 0, 331), strict=True
    ):
        assert added == pytest.approx(transformed, abs=1e-9)


def test_a_short_history_cannot_be_tested() -> None:
    edges = np.zeros((3, 1, 200))
    calls = np.array([5, 50])
    assert Rotations(edges, 30).test(np.zeros(2, dtype=int), calls, np.array([1, -1])) is None


def test_rotations_may_leave_an_assets_history_behind() -> None:
    """Two assets, one of them listed late: rotations keep the calls that stay gradable."""
    edges = np.random.default_rng(4).choice([-0.5, 0.5], (3, 2, 400))
    edges[:, 1, :200] = np.nan
    row, column = np.array([0, 0, 1, 1]), np.array([10, 350, 250, 390])
    test = Rotations(edges, 5).test(row, column, np.array([1, -1, 1, -1]))
    assert test is not None and 0 < test.p <= 1 and test.rotations < 400


def test_wilson_matches_the_published_intervals() -> None:
    assert wilson(13 / 20, 20) == (pytest.approx(0.433, abs=5e-4), pytest.approx(0.819, abs=5e-4))
    assert wilson(6 / 10, 10) == (pytest.approx(0.313, abs=5e-4), pytest.approx(0.832, abs=5e-4))
    assert wilson(0.5, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("rate", "needed"), [(0.55, 783), (0.60, 194), (0.65, 85)])
def test_calls_needed_matches_the_published_numbers(rate: float, needed: int) -> None:
    assert calls_needed(rate, 0.5) == pytest.approx(needed, abs=0.6)
    assert calls_needed(0.5, 0.5) is None


def test_power_at_the_needed_number_is_eighty_per_cent() -> None:
    assert detection_power(0.60, 0.5, 0.5 / math.sqrt(193.8), 0.05) == pytest.approx(0.80, abs=0.005)
    assert detection_power(0.5, 0.5, 0.1, 0.05) == pytest.approx(0.05)


def test_benjamini_yekutieli_by_hand() -> None:
    """Four p-values: the factor is 1 + ½ + ⅓ + ¼ = 25/12."""
    found = false_discovery(np.array([0.01, 0.04, 0.03, 0.5]))
    assert found[0] == pytest.approx(0.01 * 4 * 25 / 12)
    assert found[1] == pytest.approx(0.04 * 4 / 3 * 25 / 12) == pytest.approx(found[2])
    assert false_discovery(np.array([])).tolist() == []


def test_shrinkage_by_hand(monkeypatch) -> None:
    """With the spread known to be 0.1 and variances 0.01 the weight is one half."""
    monkeypatch.setattr("outcomes.shrinkage.SPREADS", np.array([0.1]))
    found = shrink(np.array([0.2, -0.2]), np.array([0.01, 0.01]), np.ones(2))
    assert found.prior_variance == pytest.approx(0.01)
    assert found.mean[0] == pytest.approx(0.1)
    assert found.low[0] == pytest.approx(0.1 - 1.2816 * math.sqrt(0.01 / 2), abs=1e-4)


def test_one_rising_market_gives_nobody_a_sure_skill() -> None:
    """All hold the same rising asset: a call or two each, most of them right, are no evidence about anyone."""
    skill, variance = np.full(40, 0.15), np.full(40, 0.25)
    assert (shrink(skill, variance, np.ones(40)).low < 0).all()


def test_speakers_who_differ_no_more_than_chance_keep_their_uncertainty() -> None:
    """Where the best estimate of the spread is zero nobody is certain to be average."""
    found = shrink(np.array([0.05, 0.0, -0.05, 0.02]), np.full(4, 0.02), np.ones(4))
    assert (found.low < -0.03).all() and (found.high > 0.03).all()
    assert found.mean[0] > found.mean[1] > found.mean[2]


def test_four_in_five_intervals_hold_the_truth() -> None:
    random = np.random.default_rng(9)
    variance = random.uniform(0.005, 0.1, 2_000)
    for spread in (0.05, 0.1):
        truth = random.normal(0, spread, 2_000)
        found = shrink(truth + random.normal(size=2_000) * np.sqrt(variance), variance, np.ones(2_000))
        assert 0.77 <= ((found.low <= truth) & (truth <= found.high)).mean() <= 0.9


def test_few_calls_shrink_more() -> None:
    skill = np.concatenate([np.random.default_rng(7).normal(0, 0.1, 50), [0.3, 0.3]])
    variance = np.concatenate([np.full(50, 0.004), [0.05, 0.002]])
    found = shrink(skill, variance, np.ones(52))
    assert found.mean[50] < found.mean[51] < 0.3


def test_shrinkage_beats_raw_skill() -> None:
    random = np.random.default_rng(8)
    truth = random.normal(0, 0.05, 400)
    variance = 0.25 / random.integers(3, 40, 400)
    seen = truth + random.normal(0, np.sqrt(variance))
    error = np.sqrt(((shrink(seen, variance, np.ones(400)).mean - truth) ** 2).mean())
    assert error < 0.5 * np.sqrt(((seen - truth) ** 2).mean())


def test_pesaran_timmermann_by_hand() -> None:
    """20 bull and 20 bear calls, 15 of each right: p_x = p_y = ½, P* = ½, V = ½·½/40 less 4/16/1600."""
    stance = np.repeat([1, -1], 20)
    hit = np.tile(np.repeat([1.0, 0.0], [15, 5]), 2)
    found = pesaran_timmermann(stance, hit, 40)
    assert found is not None
    assert found[0] == pytest.approx(0.25 / math.sqrt(0.25 / 40 - 4 / 16 / 1600))


def test_pesaran_timmermann_holds_its_size() -> None:
    random = np.random.default_rng(9)
    tests = [pesaran_timmermann(random.choice([-1, 1], 80), (random.random(80) < 0.5) * 1.0, 80) for _ in range(800)]
    assert 0.03 < np.mean([t is not None and t[1] <= 0.05 for t in tests]) < 0.085


def test_one_sided_callers_are_untestable() -> None:
    assert pesaran_timmermann(np.ones(50, dtype=int), np.ones(50), 50) is None
    assert pesaran_timmermann(np.ones(0, dtype=int), np.ones(0), 0) is None


def test_scores_of_stated_confidence() -> None:
    hit, hedged = np.array([1.0] * 12 + [0.0] * 8), np.array([False] * 15 + [True] * 5)
    assert brier(np.array([0.75, 0.6]), np.array([1.0, 0.0])) == pytest.approx((0.0625 + 0.36) / 2)
    assert calibration(np.where(hedged, 0.6, 0.75), hit) == [{"stated": 0.75, "calls": 15, "held": 0.8}]
    found = scores(np.tile([1, -1], 10), hit, np.full(20, 0.5), hedged, 20)
    assert found["brier_skill"] == pytest.approx(1 - found["brier"] / 0.25, abs=1e-5)
