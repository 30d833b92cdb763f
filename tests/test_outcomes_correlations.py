"""Claims that two series go together, with every number worked out apart."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from outcomes.bootstrap import (
    block_length,
    bootstrap_correlations,
    bootstrap_interval,
    effective_pairs,
    fisher_interval,
    pearson,
    spearman,
)
from outcomes.lead_lag import best_window_p, rolling_correlation, scan_lags, stability
from outcomes.market import Market
from outcomes.pair_verdicts import relation_status
from outcomes.returns import paired_returns
from tests.outcomes_samples import ASSETS, market, matrix
from tests.patterns_samples import DAYS, day_at, judged, market_of, noise, offset, prices, relation


def test_pearson_and_spearman_by_hand() -> None:
    x, y = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 5])
    # deviations -1.5 -0.5 0.5 1.5 and -1.75 0.25 -0.75 2.25: 5.5 / sqrt(5 * 8.75)
    assert pearson(x, y) == pytest.approx(5.5 / math.sqrt(43.75))
    assert spearman(x, y) == pytest.approx(0.8)  # 1 - 6 * (0 + 1 + 1 + 0) / (4 * 15)
    assert spearman(x, np.array([1.0, 10, 100, 1000])) == pytest.approx(1)
    assert math.isnan(pearson(x, np.ones(4)))


def test_block_sums_give_what_resampling_gives() -> None:
    x, y = noise(1, 50), noise(2, 50)
    draws = bootstrap_correlations(x, y, 7, seed=3, repetitions=5)
    starts = np.random.default_rng(3).integers(0, 50, size=(5, 8))
    for drawn, row in zip(draws, starts, strict=True):
        index = np.concatenate([(s + np.arange(7)) % 50 for s in row])
        assert drawn == pytest.approx(np.corrcoef(x[index], y[index])[0, 1])


def test_the_interval_is_reproducible_and_covers_the_truth() -> None:
    assert bootstrap_interval(noise(1, 90), noise(2, 90), 5) == bootstrap_interval(noise(1, 90), noise(2, 90), 5)
    covered = 0
    for seed in range(200):
        x = noise(seed, 300)
        y = 0.5 * x + math.sqrt(0.75) * noise(seed + 10_000, 300)
        low, high = bootstrap_interval(x, y, seed)
        covered += low <= 0.5 <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_fisher_interval_by_hand() -> None:
    low, high = fisher_interval(0.5, 103)
    assert (low, high) == pytest.approx((math.tanh(0.549306 - 0.1959964), math.tanh(0.549306 + 0.1959964)), abs=1e-5)
    assert math.isnan(fisher_interval(0.5, 4)[0])


def test_dependence_costs_pairs() -> None:
    x, y = noise(1, 2000), noise(2, 2000)
    assert effective_pairs(x, y) > 1700
    smooth = [np.convolve(v, np.ones(7), mode="valid") for v in (x, y)]
    assert effective_pairs(*smooth, overlap=7) < 700  # weekly returns of daily data: about n / 5
    assert block_length(1000) == 18 and block_length(1000, overlap=7) == 21


def test_weekends_fold_into_monday() -> None:
    """2022-01-03 is a Monday: Bitcoin's return set against the index's runs from Friday's close."""
    btc = [float(100 + i) for i in range(14)]
    spx = [math.nan if day_at(i).weekday() >= 5 else float(50 + i * i) for i in range(14)]
    found = matrix({"BTC": btc, "ACME": spx})
    pairs = paired_returns(found, 1, 0, found.width - 1)
    assert len(pairs) == 9 and pairs.span == 1
    monday = pairs.day.tolist().index((date(2022, 1, 10) - date(1970, 1, 1)).days)
    assert pairs.y[monday] == pytest.approx(math.log(109 / 106))
    assert pairs.x[monday] == pytest.approx(math.log((50 + 81) / (50 + 36)))


def test_levels_are_differenced_and_others_logged() -> None:
    found = matrix({"VIX": [20.0, 22, 21, 25], "BTC": [100.0, 110, 121, 100]})
    pairs = paired_returns(found, 0, 1, 3)
    assert pairs.x.tolist() == [2, -1, 4]
    assert pairs.y == pytest.approx([math.log(1.1), math.log(1.1), math.log(100 / 121)])


def test_a_lag_is_found_where_it_was_planted() -> None:
    driver = noise(1)
    follower = np.concatenate([noise(2, 20), driver[:-20]])
    closes = {"ACME": prices(driver), "BTC": prices(follower)}
    verdict = judged(closes, relation(lag_days=20))["correlation"]
    assert verdict.status == "held" and verdict.horizon == 20
    assert verdict.value == pytest.approx(1, abs=1e-6)
    assert verdict.detail["best_lag"] == 20 and verdict.detail["p_best"] < 0.01
    wrong = judged(closes, relation(lag_days=80))["correlation"]
    assert wrong.status in ("failed", "mixed") and wrong.detail["best_lag"] == 20


def test_the_best_of_many_lags_is_set_against_chance() -> None:
    low = sum((scan_lags(noise(s, 800), noise(s + 500, 800), 60) or _none()).p_best < 0.05 for s in range(60))
    assert low <= 7
    assert scan_lags(noise(1, 100), noise(2, 100), 60) is None


def _none() -> None:
    raise AssertionError("history is long enough")


def test_a_picked_window_is_set_against_the_best_of_all_windows() -> None:
    x, y = noise(1, 1000), noise(2, 1000)
    best = float(np.nanmax(rolling_correlation(x, y, 30)))
    assert best > 0.3  # pure noise
    assert best_window_p(x, y, 30, best, seed=1) > 0.02
    assert best_window_p(x, y, 30, 0.95, seed=1) < 0.01
    rolling = rolling_correlation(x, y, 30)
    assert rolling[100] == pytest.approx(np.corrcoef(x[100:130], y[100:130])[0, 1])


def test_a_changed_relation_is_seen_in_its_parts() -> None:
    x, extra = noise(1, 800), noise(2, 800)
    turned = np.where(np.arange(800) < 400, x, -x) + 0.1 * extra
    day = np.arange(800)
    changed, same = stability(day, x, turned), stability(day, x, x + extra)
    assert changed is not None and changed.p < 1e-6 and [p[3] for p in changed.parts] == [200] * 4
    assert changed.parts[0][2] > 0.9 and changed.parts[3][2] < -0.9
    assert same is not None and same.p > 0.01
    assert stability(day[:100], x[:100], x[:100]) is None


@pytest.mark.parametrize(
    ("sign", "low", "high", "status"),
    [
        (1, 0.01, 0.3, "held"), (1, -0.1, 0.09, "failed"), (1, -0.1, 0.2, "mixed"), (1, -0.5, -0.2, "failed"),
        (-1, -0.3, -0.01, "held"), (-1, -0.09, 0.1, "failed"), (-1, -0.2, 0.1, "mixed"),
        (0, -0.1, 0.1, "held"), (0, 0.12, 0.3, "failed"), (0, -0.3, -0.12, "failed"), (0, 0.02, 0.2, "mixed"),
        (0, -0.4, 0.4, "mixed"),
    ],
)  # fmt: skip
def test_status_by_interval(sign: int, low: float, high: float, status: str) -> None:
    assert relation_status(sign, low, high) == status


def together(share: float = 0.8) -> dict[str, list[float]]:
    x = noise(1)
    return {"ACME": prices(x), "BTC": prices(share * x + math.sqrt(1 - share**2) * noise(2))}


def test_together_inversely_and_apart() -> None:
    closes = together()
    held = judged(closes, relation())["correlation"]
    assert held.status == "held" and held.value == pytest.approx(0.8, abs=0.05)
    assert held.detail["low"] < held.value < held.detail["high"]
    assert judged(closes, relation(relation="negative"))["correlation"].status == "failed"
    apart = {"ACME": prices(noise(1)), "BTC": prices(noise(2))}
    assert judged(apart, relation())["correlation"].status in ("failed", "mixed")


def test_no_relation_is_judged_on_the_half_year_before_it_was_said() -> None:
    verdicts = judged({"ACME": prices(noise(1)), "BTC": prices(noise(2))}, relation(relation="none"))
    window = verdicts["claimed_window"]
    assert window.exit_date == date(2025, 6, 1) and window.detail["n"] == 180
    assert verdicts["correlation"].status == "held"
    assert judged(together(), relation(relation="none"))["correlation"].status == "failed"


def test_correlated_levels_are_no_correlation() -> None:
    """Two walks that both drift upward: r above .8 on levels, none on returns."""
    a, b = (noise(seed) + 0.003 for seed in (1, 2))
    closes = {"ACME": prices(a), "BTC": prices(b)}
    assert pearson(np.log(closes["ACME"]), np.log(closes["BTC"])) > 0.8
    assert judged(closes, relation())["correlation"].status in ("failed", "mixed")


def test_a_movement_of_the_driver_turns_the_side() -> None:
    claim = relation(driver_event="weakness", relation="negative")  # SPX falls, BTC falls with it
    assert judged(together(), claim)["correlation"].status == "held"


def test_the_claimed_coefficient_stands_beside_the_measured() -> None:
    def status(coefficient: float) -> str:
        return judged(together(), relation(coefficient=coefficient))["coefficient"].status

    assert [status(c) for c in (0.8, 0.82, 0.3, -0.5)] == ["held", "held", "failed", "failed"]
    found = judged(together(), relation(coefficient=0.3))["coefficient"]
    assert found.detail["claimed"] == 0.3 and found.value == pytest.approx(0.8, abs=0.05)
    assert "coefficient" not in judged(together(), relation(coefficient=0.3, rewritten=1))


def test_a_claimed_window_is_measured_apart() -> None:
    x, y = noise(1), noise(2)
    part = slice(offset(date(2023, 1, 1)), offset(date(2024, 1, 1)))
    y[part] = x[part]
    verdicts = judged({"ACME": prices(x), "BTC": prices(y)}, relation(periods=["2023"]))
    window = verdicts["claimed_window"]
    assert window.status == "held" and window.value > 0.99
    assert (window.entry_date, window.exit_date) == (date(2023, 1, 1), date(2023, 12, 31))
    assert window.detail["p_best_window"] < 0.01
    assert verdicts["correlation"].value == pytest.approx(0.25, abs=0.1)


def test_since_runs_to_publication() -> None:
    claim = relation(periods=["2024"], quote="Stocks and bitcoin have moved together since 2024.")
    assert judged(together(), claim)["claimed_window"].exit_date == date(2025, 6, 2)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"rejected": 1}, "rejected by a person"),
        ({"modality": "question"}, "not a price claim"),
        ({"kind": "cause"}, "cause not graded"),
        ({"clock": None}, "undated"),
        ({"driver": "ETF inflows"}, "no priced asset"),
        ({"response": "SOL"}, "series not loaded"),
        ({"driver": "BTC", "driver_event": "double bottom"}, "event not defined"),
        ({"driver": "BTC"}, "event not defined"),
        ({"driver_event": "an eclipse of the sun"}, "event not defined"),
        ({"driver": "ETH"}, "history too short"),
    ],
)
def test_typed_reasons(fields: dict[str, object], reason: str) -> None:
    closes = together() | {"ETH": [math.nan] * (DAYS - 40) + prices(noise(5, 40))}
    (verdict,) = judged(closes, relation(**fields)).values()
    assert (verdict.status, verdict.reason) == ("ungradable", reason)
    assert len(verdict.input_hash) == 16


def test_a_stand_in_is_named() -> None:
    verdict = judged(together(), relation(response="CRYPTO"))["correlation"]
    assert verdict.status == "held" and verdict.detail["proxies"] == {"CRYPTO": "BTC"}


def test_a_patchy_series_gives_way_to_its_stand_in() -> None:
    patchy = [v if i % 7 == 0 or i > DAYS - 300 else math.nan for i, v in enumerate(prices(noise(9)))]
    verdict = judged(together() | {"CRYPTO": patchy}, relation(response="CRYPTO"))["correlation"]
    assert verdict.detail["proxies"] == {"CRYPTO": "BTC"}


def test_later_prices_change_nothing_that_was_known() -> None:
    """Prices after publication are replaced; prices after as-of are not there at all."""
    closes = together()
    later = offset(date(2025, 6, 3))
    planted = closes | {"BTC": closes["BTC"][:later] + [v * 3 for v in reversed(closes["BTC"][later:])]}
    known = [judged(c, relation())["correlation"].detail["at_publication"] for c in (closes, planted)]
    assert known[0] == known[1]
    cut = [judged(market(c, date(2025, 5, 31)), relation())["correlation"] for c in (closes, planted)]
    assert cut[0] == cut[1]


def test_a_verdict_lasts_a_month_and_no_price_goes_unnoticed() -> None:
    closes = together()
    early, late = date(2025, 9, 3), date(2025, 9, 29)
    first, second = (judged(market(closes, day), relation())["correlation"] for day in (early, late))
    assert first == second and first.exit_date == date(2025, 8, 31)
    assert judged(market(closes, date(2025, 9, 30)), relation())["correlation"].input_hash != first.input_hash
    revised = closes | {"ACME": [v * (1.001 if i == 700 else 1) for i, v in enumerate(closes["ACME"])]}
    assert judged(market(revised, date(2025, 9, 3)), relation())["correlation"].input_hash != first.input_hash


def test_order_of_bars_does_not_matter() -> None:
    closes = together()
    shuffled = np.random.default_rng(4).permutation(2 * DAYS).tolist()
    other = Market(matrix(closes, shuffled), ASSETS)
    assert judged(other, relation()) == judged(market(closes), relation())


def test_a_statistic_counts_for_readers_from_its_release() -> None:
    closes = together()
    late = market_of(closes, ACME=replace(ASSETS["ACME"], release_lag_days=45))
    known = judged(late, relation())["correlation"].detail["at_publication"]["n"]
    assert known == judged(closes, relation())["correlation"].detail["at_publication"]["n"] - 45
