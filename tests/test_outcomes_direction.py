"""Direction: signed change, base rate, neutral, level, vague horizons and every typed reason."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.outcomes_samples import CALLED, CLOCK, call, day, grade, market, one, ramp, seesaw

UP = ramp(100, 160, 60)  # a dollar a day after the entry at 100


def direction(horizon: int = 30, **fields: Any) -> dict[str, Any]:
    return one(grade(market({"BTC": seesaw(UP)}), call(**fields)), "direction", horizon)


def test_a_bullish_call_holds_when_the_price_rose() -> None:
    verdict = direction()
    assert verdict["status"] == "held" and verdict["value"] == pytest.approx(0.30)
    assert (verdict["entry_date"], verdict["entry_price"]) == (day(0).isoformat(), 100.0)
    assert (verdict["exit_date"], verdict["exit_price"]) == (day(30).isoformat(), 130.0)


def test_a_bearish_call_fails_when_the_price_rose() -> None:
    verdict = direction(stance="bearish")
    assert verdict["status"] == "failed" and verdict["value"] == pytest.approx(-0.30)


def test_the_base_rate_counts_earlier_windows_that_had_ended_by_entry() -> None:
    """601 closes of 100, 110, 100, ... ending at 100: 600 one-day windows, half of them up, none over 30 days."""
    assert direction(1)["base_rate"] == pytest.approx(0.5)
    assert json.loads(direction(1)["detail"])["windows"] == 600
    assert direction(30)["base_rate"] == 0.0
    assert json.loads(direction(30)["detail"])["windows"] == CALLED - 30 + 1
    assert direction(7, stance="bearish")["base_rate"] == pytest.approx(297 / 594)


def test_an_unchanged_price_is_no_rise() -> None:
    prices = market({"BTC": seesaw([100.0] * 40)})
    assert one(grade(prices, call()), "direction", 30)["status"] == "failed"
    assert one(grade(prices, call(stance="bearish")), "direction", 30)["status"] == "failed"


@pytest.mark.parametrize(("end", "status"), [(100.1, "held"), (200.0, "failed")])
def test_a_neutral_call_holds_within_its_share_of_the_volatility(end: float, status: str) -> None:
    """σ is about ln 1.1 = 0.095 a day, so 0.6745·σ·√30 is about 0.35."""
    verdict = one(grade(market({"BTC": seesaw(ramp(100, end, 30))}), call(stance="neutral")), "direction", 30)
    assert verdict["status"] == status and verdict["value"] == pytest.approx(end / 100 - 1)
    assert verdict["base_rate"] == 1.0  # of windows whose σ was known: the seesaw never went further than 10 %


def test_a_neutral_call_holds_inside_its_stated_range() -> None:
    verdict = one(
        grade(market({"BTC": seesaw(ramp(100, 200, 30))}), call(stance="neutral", target=180, target_high=210)),
        "direction", 30,
    )  # fmt: skip
    assert verdict["status"] == "held" and 0.5 < verdict["base_rate"] < 0.6


def test_a_level_is_graded_by_its_change() -> None:
    closes = seesaw(ramp(20, 26, 30), low=20.0, high=21.0)
    verdict = one(grade(market({"VIX": closes}), call(asset="VIX")), "direction", 30)
    assert verdict["status"] == "held" and verdict["value"] == pytest.approx(6.0)
    assert json.loads(verdict["detail"])["by_level"] == 1


def test_a_group_is_graded_on_its_proxy_and_says_so() -> None:
    verdict = direction(asset="CRYPTO")
    assert verdict["status"] == "held" and json.loads(verdict["detail"])["proxy"] == "BTC"


def test_a_stated_date_is_a_horizon_of_its_own() -> None:
    verdicts = grade(market({"BTC": seesaw(UP)}), call(horizon_end=day(45)))
    verdict = one(verdicts, "stated")
    assert (verdict["horizon"], verdict["exit_date"]) == (45, day(45).isoformat())
    assert verdict["value"] == pytest.approx(0.45) and verdict["status"] == "held"
    assert verdict["base_rate"] == pytest.approx(278 / 556)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (ramp(100, 160, 60), "held"),
        (ramp(100, 60, 60), "failed"),
        (ramp(100, 90, 20) + ramp(105, 120, 40), "mixed"),
    ],
)
def test_a_vague_horizon_is_graded_over_its_days(path: list[float], status: str) -> None:
    verdict = one(grade(market({"BTC": seesaw(path)}), call(horizon_kernel=(0, 1, 40, 41))), "stated")
    assert verdict["status"] == status and verdict["horizon"] == 41
    share = json.loads(verdict["detail"])["share"]
    assert share == pytest.approx({"held": 1.0, "failed": 0.0, "mixed": 0.5}[status], abs=0.02)


def test_the_base_rate_of_a_vague_horizon_is_that_of_its_days() -> None:
    """Of the days 1 to 28 of a seesaw only the odd ones, from the low, are up: a quarter of all windows."""
    verdict = one(grade(market({"BTC": seesaw(UP)}), call(horizon_kernel=(0, 1, 28, 29))), "stated")
    assert verdict["base_rate"] == pytest.approx(0.25, abs=0.01)


ABOVE = {"conditional": 1, "condition_side": "above"}
REASONS = [
    (call(clock=None), "undated"),
    (call(asset="NICHE"), "no priced asset"),
    (call(asset="UNHEARD-OF"), "no priced asset"),
    (call(asset="SOL"), "series not loaded"),
    (call(modality="question"), "not a price claim"),
    (call(modality="historical"), "not a price claim"),
    (call(rejected=1), "rejected by a person"),
    (call(conditional=1), "condition not checkable"),
    (call(**ABOVE, condition_asset="NICHE", condition_level=1), "condition not checkable"),
    (call(**ABOVE, condition_asset="BTC", condition_level=999), "condition not met"),
    (call(clock=CLOCK - 590 * 86_400), "history too short"),
    (call(clock=CLOCK - 700 * 86_400), "price missing"),  # the first close comes months later
]  # fmt: skip


@pytest.mark.parametrize(("claim", "reason"), REASONS, ids=[reason for _, reason in REASONS])
def test_every_ungraded_call_says_why(claim: dict[str, Any], reason: str) -> None:
    verdict = one(grade(market({"BTC": seesaw(UP)}), claim), "direction", 30)
    assert (verdict["status"], verdict["reason"], verdict["value"]) == ("ungradable", reason, None)


def test_a_question_in_a_heading_is_no_call_but_a_heading_is() -> None:
    assert direction(modality="heading")["status"] == "held"


def test_a_horizon_that_had_ended_is_no_period() -> None:
    verdict = one(grade(market({"BTC": seesaw(UP)}), call(horizon_end=day(-3))), "stated")
    assert (verdict["status"], verdict["reason"]) == ("ungradable", "no checkable period")


def test_a_horizon_beyond_the_newest_close_is_pending() -> None:
    prices = {"BTC": seesaw(UP)}
    assert one(grade(market(prices), call()), "direction", 90)["reason"] == "not yet due"
    assert one(grade(market(prices), call()), "direction", 90)["status"] == "pending"
    assert one(grade(market(prices, day(29)), call()), "direction", 30)["status"] == "pending"
    assert one(grade(market(prices, day(30)), call()), "direction", 30)["status"] == "held"


def test_a_call_after_the_newest_close_is_pending_for_a_week_and_then_missing() -> None:
    late = call(clock=CLOCK + 61 * 86_400)
    assert one(grade(market({"BTC": seesaw(UP)}), late), "direction", 1)["status"] == "pending"
    verdict = one(grade(market({"BTC": seesaw(UP)}, day(75)), late), "direction", 1)
    assert (verdict["status"], verdict["reason"]) == ("ungradable", "price missing")


def test_a_series_that_stopped_is_missing_not_pending() -> None:
    verdicts = grade(market({"BTC": seesaw(UP), "SPX": seesaw(ramp(100, 100, 200))}), call())
    assert one(verdicts, "direction", 90)["reason"] == "price missing"


def test_no_close_between_entry_and_horizon_is_missing() -> None:
    gap = float("nan")
    verdicts = grade(market({"BTC": seesaw([gap, gap, 103.0, *UP])}), call())
    assert one(verdicts, "direction", 1)["reason"] == "price missing"
    assert one(verdicts, "direction", 7)["status"] == "held"


def test_a_condition_moves_the_entry_behind_the_close_that_met_it() -> None:
    claim = call(conditional=1, condition_asset="BTC", condition_side="above", condition_level=110)
    verdict = one(grade(market({"BTC": seesaw(UP)}), claim), "direction", 30)
    assert verdict["entry_date"] == day(11).isoformat()  # 110 is reached by the close of day 10
    assert verdict["value"] == pytest.approx(141 / 111 - 1)


def test_a_condition_on_the_way_down_and_on_another_asset() -> None:
    claim = call(conditional=1, condition_asset="ETH", condition_side="below", condition_level=95)
    prices = market({"BTC": seesaw(UP), "ETH": seesaw(ramp(100, 40, 60))})
    assert one(grade(prices, claim), "direction", 30)["entry_date"] == day(6).isoformat()


def test_a_condition_is_watched_until_the_horizon() -> None:
    claim = call(conditional=1, condition_asset="BTC", condition_side="above", condition_level=140)
    prices = {"BTC": seesaw(UP)}
    assert one(grade(market(prices), claim), "direction", 7)["reason"] == "condition not met"  # day 40 is too late
    longer = grade(market(prices), {**claim, "horizon_end": day(50)})
    assert one(longer, "direction", 7)["entry_date"] == day(41).isoformat()
    assert one(grade(market(prices, day(20)), claim), "direction", 7)["status"] == "pending"


def test_a_reversal_ends_a_call_early_and_both_results_are_kept() -> None:
    path = [*ramp(100, 120, 10), *ramp(120, 80, 50)]
    turned = call(claim_id="c2", stance="bearish", clock=CLOCK + 10 * 86_400)
    verdicts = grade(market({"BTC": seesaw(path)}), call(), turned)
    early = one(verdicts, "until_reversal", claim="c1")
    assert (early["status"], early["exit_date"]) == ("held", day(10).isoformat())
    assert early["value"] == pytest.approx(0.2)
    assert one(verdicts, "direction", 30, "c1")["value"] == pytest.approx(0.04)
    assert not [v for v in verdicts if v["measure"] == "until_reversal" and v["claim_id"] == "c2"]


def test_someone_elses_reversal_ends_nothing() -> None:
    other = call(claim_id="c2", speaker_id=2, stance="bearish", clock=CLOCK + 10 * 86_400)
    assert not [v for v in grade(market({"BTC": seesaw(UP)}), call(), other) if v["measure"] == "until_reversal"]


def test_dates_are_those_of_the_price_table() -> None:
    assert date.fromisoformat(direction()["entry_date"]) == day(0)
