"""Targets: touched, met at the end, null odds, and targets that cannot be graded."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from outcomes.targets import MONITORING, end_odds, touch_odds
from tests.outcomes_samples import CLOCK, call, day, grade, market, one, ramp, seesaw

THERE_AND_BACK = [*ramp(100, 130, 20), *ramp(130, 90, 40)]


def both(path: list[float], horizon: int = 30, symbol: str = "BTC", **fields: Any) -> list[dict[str, Any]]:
    verdicts = grade(market({symbol: seesaw(path)}), call(asset=symbol, **fields))
    return [one(verdicts, measure, horizon) for measure in ("target_touched", "target_at_end")]


def test_touched_on_the_way_is_not_met_at_the_end() -> None:
    touched, ended = both(THERE_AND_BACK, target=125)
    assert (touched["status"], touched["exit_date"]) == ("held", day(17).isoformat())
    assert ended["status"] == "failed" and ended["exit_price"] == pytest.approx(120)
    assert touched["value"] == pytest.approx(30 / 25) and ended["value"] == pytest.approx(20 / 25)


def test_a_bearish_target_lies_below() -> None:
    touched, ended = both(ramp(100, 70, 60), stance="bearish", target=85)
    assert touched["status"] == "held" and ended["status"] == "held"
    assert ended["exit_price"] == pytest.approx(85)


def test_of_a_range_the_near_edge_counts() -> None:
    assert both(THERE_AND_BACK, target=125, target_high=150)[0]["status"] == "held"
    assert both(ramp(100, 70, 60), stance="bearish", target=60, target_high=85)[1]["status"] == "held"


def test_percent_targets_count_from_the_entry() -> None:
    touched, _ = both(THERE_AND_BACK, target=25, target_percent=1)
    assert json.loads(touched["detail"])["target"] == pytest.approx(125) and touched["status"] == "held"
    touched, _ = both(ramp(100, 70, 60), stance="bearish", target=-15, target_percent=1)
    assert touched["status"] == "held"


def test_the_calls_own_horizon_counts_else_three_of_the_grid() -> None:
    verdicts = grade(market({"BTC": seesaw(THERE_AND_BACK)}), call(target=125, horizon_end=day(40)))
    assert [v["horizon"] for v in verdicts if v["measure"] == "target_touched"] == [40]
    verdicts = grade(market({"BTC": seesaw(THERE_AND_BACK)}), call(target=125))
    assert [v["horizon"] for v in verdicts if v["measure"] == "target_touched"] == [30, 90, 365]


def test_a_target_touched_before_its_horizon_ends_has_held_already() -> None:
    touched, ended = both(THERE_AND_BACK, horizon=90, target=125)
    assert (touched["status"], ended["status"]) == ("held", "pending")
    assert both(THERE_AND_BACK, horizon=90, target=180)[0]["status"] == "pending"


def test_own_history_odds_count_earlier_windows() -> None:
    """A seesaw of 100 and 110 reaches +10 % from every low, within 30 days, and ends there never after 30."""
    touched, ended = both(THERE_AND_BACK, target=110)
    assert json.loads(touched["detail"])["own_history_odds"] == pytest.approx(0.5, abs=0.01)
    assert json.loads(ended["detail"])["own_history_odds"] == 0.0


@pytest.mark.parametrize("fields", [{"target": 95}, {"target": 2100}, {"target": 4}, {"target": -5}])
def test_targets_already_met_or_absurdly_far_are_implausible(fields: dict[str, Any]) -> None:
    stance = "bearish" if fields["target"] == 4 else "bullish"
    for verdict in both(THERE_AND_BACK, stance=stance, **fields):
        assert (verdict["status"], verdict["reason"]) == ("ungradable", "implausible target")


def test_a_target_from_a_rewritten_copy_is_not_trusted() -> None:
    verdicts = grade(market({"BTC": seesaw(THERE_AND_BACK)}), call(target=125, rewritten=1))
    assert one(verdicts, "target_touched", 30)["reason"] == "from a rewritten copy"
    assert one(verdicts, "direction", 30)["status"] == "held"


def test_a_target_for_a_group_is_not_one_for_its_proxy() -> None:
    """Half a trillion dollars for all coins says nothing of the price of one; ten per cent does."""
    for fields, reason in (({"target": 125}, "no priced asset"), ({"target": 10, "target_percent": 1}, None)):
        verdicts = grade(market({"BTC": seesaw(THERE_AND_BACK)}), call(asset="CRYPTO", **fields))
        assert one(verdicts, "target_touched", 30)["reason"] == reason
    ranged = call(asset="CRYPTO", stance="neutral", target=190, target_high=210)
    doubled = market({"BTC": seesaw(ramp(100, 200, 30))})
    assert one(grade(doubled, ranged), "direction", 30)["status"] == "failed"
    level = call(asset="BTC", conditional=1, condition_asset="CRYPTO", condition_side="above", condition_level=110)
    assert one(grade(doubled, level), "direction", 30)["reason"] == "condition not checkable"


def test_a_known_later_split_rescales_the_target() -> None:
    """Nvidia split 10 for 1 in June 2024; 1,250 printed in August 2023 is 125 in today's prices."""
    touched, _ = both([*THERE_AND_BACK, *[95.0] * 300], symbol="NVDA", target=1250)
    assert json.loads(touched["detail"])["target"] == pytest.approx(125) and touched["status"] == "held"


def test_a_split_that_had_not_happened_by_the_newest_price_rescales_nothing() -> None:
    touched, _ = both(THERE_AND_BACK, symbol="NVDA", target=125)
    assert json.loads(touched["detail"])["target"] == pytest.approx(125)


def test_a_share_with_unknown_splits_is_not_graded_where_one_would_matter() -> None:
    assert both(THERE_AND_BACK, symbol="BRICK", target=125)[0]["status"] == "held"
    for fields in ({"target": 250}, {"target": 104, "stance": "bearish"}):
        assert both(THERE_AND_BACK, symbol="BRICK", **fields)[0]["reason"] == "split unknown"


def test_too_short_a_history_leaves_no_odds() -> None:
    early = call(target=125, clock=CLOCK - 500 * 86_400)
    verdict = one(grade(market({"BTC": seesaw(THERE_AND_BACK)}), early), "target_touched", 30)
    assert verdict["reason"] == "history too short"


def odds(ratio: float, sigma: float, days: int) -> tuple[float, float]:
    distance, spread, drift = np.log([ratio]), np.array([sigma]), np.array([-(sigma**2) / 2])
    length = np.array([days])
    touched = touch_odds(distance, spread, length, drift, MONITORING * spread)
    return float(touched[0]), float(end_odds(distance, spread, length, drift)[0])


def test_closed_form_odds_match_the_published_figure_and_a_simulation() -> None:
    """+10 % within 90 days at 3 % a day is touched by a daily close with odds .652 (docs/method.md)."""
    touched, ended = odds(1.10, 0.03, 90)
    assert touched == pytest.approx(0.652, abs=0.002)
    walks = np.cumsum(np.random.default_rng(5).normal(-0.00045, 0.03, (20_000, 90)), axis=1)
    assert touched == pytest.approx((walks.max(axis=1) >= np.log(1.1)).mean(), abs=0.012)
    assert ended == pytest.approx((walks[:, -1] >= np.log(1.1)).mean(), abs=0.012)


@pytest.mark.parametrize(("level", "drift"), [(0.8, -0.0002), (1.3, -0.0002), (0.8, -0.00125)])
def test_odds_with_a_drift_match_a_simulation_on_both_sides(level: float, drift: float) -> None:
    sigma = 0.05 if drift < -0.001 else 0.02
    steps = np.random.default_rng(6).normal(drift, sigma, (20_000, 60))
    walks, bar = np.cumsum(steps, axis=1), np.log(level)
    reached = (walks.max(axis=1) >= bar) if bar > 0 else (walks.min(axis=1) <= bar)
    length, spread = np.array([60]), np.array([sigma])
    found = touch_odds(np.array([bar]), spread, length, np.array([drift]), MONITORING * spread)
    assert float(found[0]) == pytest.approx(reached.mean(), abs=0.015)
