"""Cumulative counts, range maxima and look-ups against the plain loops they replace."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.base_rates import TRAILING_DAYS, volatility, window_changes, windows
from outcomes.calls import grade_calls
from outcomes.extremes import RangeMaximum
from outcomes.horizons import kernel_weights
from outcomes.past_odds import share_reaching
from outcomes.speakers import collect, speaker_records
from tests.outcomes_samples import call, market, matrix, table

VALUES = st.lists(st.one_of(st.just(float("nan")), st.integers(1, 30).map(float)), min_size=1, max_size=40)


@given(VALUES, st.integers(0, 45), st.integers(0, 45), st.integers(1, 31))
def test_range_maxima_and_first_passages(values: list[float], first: int, last: int, level: int) -> None:
    table_ = RangeMaximum(np.array([values]))
    inside = [(i, v) for i, v in enumerate(values) if first <= i <= last and v == v]
    row, low, high = np.zeros(1, dtype=np.int64), np.array([first]), np.array([last])
    assert table_.highest(row, low, high)[0] == max((v for _, v in inside), default=-np.inf)
    expected = next((i for i, v in inside if v >= level), -1)
    assert table_.first_at(row, low, high, np.array([float(level)]))[0] == expected


@given(VALUES, st.integers(1, 50))
def test_sliding_maxima(values: list[float], length: int) -> None:
    found = RangeMaximum(np.array([values])).sliding(np.array([0]), length)[0]
    for i in range(len(values)):
        later = [v for v in values[i + 1 : i + 1 + length] if v == v]
        assert found[i] == max(later, default=-np.inf)


@given(VALUES, st.integers(1, 15))
def test_window_changes_are_those_of_the_plain_rule(values: list[float], length: int) -> None:
    prices = matrix({"BTC": values})
    if all(v != v for v in values):
        return
    offset = next(i for i, v in enumerate(values) if v == v)
    trimmed = values[offset : offset + prices.width]
    found = window_changes(prices, np.array([0]), length)[0]
    stale = int(prices.stale_after[0])
    for i, start in enumerate(trimmed):
        later = [j for j in range(i + 1, i + length + 1) if j < len(trimmed) and trimmed[j] == trimmed[j]]
        usable = start == start and i + length < len(trimmed) and later and i + length - later[-1] <= stale
        assert found[i] == pytest.approx(trimmed[later[-1]] / start - 1) if usable else np.isnan(found[i])


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([-1, 0, 1]))
def test_base_rates_are_plain_shares(seed: int, length: int, stance: int) -> None:
    random = np.random.default_rng(seed)
    closes = 100 * np.cumprod(1 + random.normal(0, 0.02, 2400))
    closes[random.random(2400) < 0.1] = np.nan
    prices = matrix({"BTC": closes})
    sigma = volatility(prices)
    entry = np.array([int(random.integers(300, prices.width))])
    rate, count = windows(prices, sigma, length).base_rate(np.zeros(1, dtype=np.int64), entry, np.array([stance]))
    change = window_changes(prices, np.array([0]), length)[0]
    starts = np.arange(max(entry[0] - TRAILING_DAYS, 0), entry[0] - length + 1)
    starts = starts[np.isfinite(change[starts]) & (np.isfinite(sigma.per_day[0, starts]) | (stance != 0))]
    calm = np.abs(change[starts]) <= 0.6745 * sigma.per_day[0, starts] * np.sqrt(length)
    hits = calm if stance == 0 else stance * change[starts] > 0
    assert count[0] == len(starts)
    assert rate[0] == pytest.approx(hits.mean()) if len(starts) else np.isnan(rate[0])


def test_volatility_is_that_of_the_trailing_closes() -> None:
    closes = 100 * np.cumprod(1 + np.random.default_rng(1).normal(0, 0.02, 700))
    sigma = volatility(matrix({"BTC": closes}))
    expected = np.diff(np.log(closes))[349:599].std(ddof=1)
    assert sigma.per_close[0, 599] == pytest.approx(expected) == pytest.approx(sigma.per_day[0, 599])
    assert np.isnan(sigma.per_day[0, 248]) and np.isfinite(sigma.per_day[0, 249])


def test_volatility_counts_calendar_days() -> None:
    """Closes on five days of seven: the variance of a day is 5/7 of that between closes."""
    closes = 100 * np.cumprod(1 + np.random.default_rng(1).normal(0, 0.02, 1400))
    closes[np.arange(1400) % 7 >= 5] = np.nan
    sigma = volatility(matrix({"SPX": closes}))
    assert sigma.per_day[0, 1300] / sigma.per_close[0, 1300] == pytest.approx(np.sqrt(5 / 7), abs=0.002)


def test_own_history_is_counted_window_by_window() -> None:
    closes = 100 * np.cumprod(1 + np.random.default_rng(2).normal(0, 0.02, 900))
    found = market({"BTC": closes})
    zero, entry, length = np.zeros(2, dtype=np.int64), np.array([700, 850]), np.array([20, 20])
    start = closes[entry]
    touched, ended = share_reaching(found, zero, entry, length, start, start * np.array([1.05, 0.95]))
    for k, side in ((0, 1), (1, -1)):
        starts = range(0, entry[k] - 20 + 1)
        moves = [side * (closes[s + 1 : s + 21] / closes[s] - 1) for s in starts]
        assert touched[k] == pytest.approx(np.mean([m.max() >= 0.05 - 1e-12 for m in moves]))
        assert ended[k] == pytest.approx(np.mean([m[-1] >= 0.05 - 1e-12 for m in moves]))


@pytest.mark.parametrize("kernel", [(7, 14, 56, 84), (0, 1, 40, 41), (0, 0, 30, 30), (90, 120, 300, 365), (0, 0, 0, 0)])
def test_kernels_are_trapezoids(kernel: tuple[int, int, int, int]) -> None:
    weights = kernel_weights(kernel)
    assert weights.sum() == pytest.approx(1.0) and len(weights) == max(kernel[3], 1)
    days = np.flatnonzero(weights) + 1
    assert days.min() >= min(kernel[0], 1) and np.count_nonzero(weights) <= 30
    assert weights.max() == pytest.approx(weights[days[len(days) // 2] - 1])


NOTHING: list[tuple[dict[str, Any], date | None]] = [
    ({}, None),
    ({"BTC": [100.0, 101.0]}, date(2021, 1, 1)),
    ({"BTC": [100.0]}, None),
]


@pytest.mark.parametrize(("closes", "as_of"), NOTHING)
def test_a_market_with_next_to_no_prices_grades_nothing_and_does_not_fail(closes: Any, as_of: date | None) -> None:
    found = market(closes, as_of) if closes else market({"BTC": [float("nan")]})
    calls = table(call(target=5.0, horizon_kernel=(7, 14, 56, 84)), call(claim_id="c2", stance="neutral", target=1.0))
    blocks = grade_calls(calls, found)
    assert all((block.status >= 3).all() for block in blocks)
    assert {r.n for r in speaker_records(calls, collect([blocks], 2), found)} == {0}


def test_no_calls_at_all() -> None:
    found = market({"BTC": [100.0, 101.0]})
    assert all(not len(block) for block in grade_calls(table(), found))
    assert speaker_records(table(), collect([grade_calls(table(), found)], 0), found) == []
