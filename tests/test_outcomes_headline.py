"""Beside the benchmark, on the way, before publication; and what no verdict may depend on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from outcomes.blocks import Block
from outcomes.calls import grade_batches, grade_calls
from outcomes.market import Market
from tests.outcomes_samples import ASSETS, CALLED, CLOCK, call, day, grade, market, matrix, one, ramp, seesaw, table

WALK = np.random.default_rng(3)


def test_excess_takes_beta_times_the_benchmark_off() -> None:
    """A coin that moves twice as far as its benchmark each day has a beta of 2."""
    steps = WALK.normal(0, 0.01, CALLED + 61)
    closes = {"SPX": 100 * np.cumprod(1 + steps), "BTC": 100 * np.cumprod(1 + 2 * steps)}
    verdict = one(grade(market(closes), call()), "excess")
    detail = json.loads(verdict["detail"])
    own, other = (closes[s][CALLED + 30] / closes[s][CALLED] - 1 for s in ("BTC", "SPX"))
    assert detail["beta"] == pytest.approx(2.0) and detail["benchmark_return"] == pytest.approx(other)
    assert verdict["value"] == pytest.approx(own - 2 * other)
    bearish = one(grade(market(closes), call(stance="bearish")), "excess")
    assert bearish["value"] == pytest.approx(-verdict["value"])


def test_without_a_benchmark_there_is_no_excess() -> None:
    verdicts = grade(market({"SPX": seesaw(ramp(100, 160, 60))}), call(asset="SPX"))
    assert not [v for v in verdicts if v["measure"] == "excess"]


def test_a_benchmark_with_too_short_a_history() -> None:
    closes = {"BTC": seesaw(ramp(100, 160, 60)), "SPX": [np.nan] * 500 + [100.0 + i for i in range(161)]}
    assert one(grade(market(closes), call()), "excess")["reason"] == "history too short"


def test_excursions_stand_beside_those_of_random_dates() -> None:
    """From a low of the seesaw the best is +10 % and the worst 0, from a high 0 and -1/11."""
    path = [*ramp(100, 130, 10), *ramp(130, 80, 10), *[90.0] * 40]
    verdicts = grade(market({"BTC": seesaw(path)}), call())
    best, worst = one(verdicts, "favourable"), one(verdicts, "adverse")
    assert (best["value"], worst["value"]) == (pytest.approx(0.30), pytest.approx(-0.20))
    assert best["base_rate"] == pytest.approx(0.05, abs=0.001)
    assert worst["base_rate"] == pytest.approx(-1 / 22, abs=0.001)
    assert (best["status"], worst["status"]) == ("held", "failed")


def test_excursions_of_a_bearish_call_are_mirrored() -> None:
    path = [*ramp(100, 130, 10), *ramp(130, 80, 10), *[90.0] * 40]
    verdicts = grade(market({"BTC": seesaw(path)}), call(stance="bearish"))
    assert one(verdicts, "favourable")["value"] == pytest.approx(0.20)
    assert one(verdicts, "adverse")["value"] == pytest.approx(-0.30)


def test_the_move_before_publication_is_told_apart() -> None:
    """Published at noon after a close of 110; seven days before it closed at 100."""
    verdict = one(grade(market({"BTC": seesaw(ramp(100, 160, 60))}), call()), "run_up")
    assert verdict["value"] == pytest.approx(0.10)
    assert (verdict["entry_date"], verdict["exit_date"]) == (day(-8).isoformat(), day(-1).isoformat())


def calls(count: int = 250) -> list[dict[str, Any]]:
    random = np.random.default_rng(11)
    assets, stances = ("BTC", "ETH", "CRYPTO", "VIX", "SOL"), ("bullish", "bearish", "neutral")
    return [
        call(
            claim_id=f"c{i}",
            speaker_id=int(random.integers(0, 9)),
            asset=assets[random.integers(0, 5)],
            stance=stances[random.integers(0, 3)],
            clock=CLOCK + int(random.integers(-300, 90) * 86_400),
            target=float(random.uniform(50, 200)) if i % 3 == 0 else None,
            horizon_end=day(int(random.integers(-200, 100))) if i % 4 == 0 else None,
            horizon_kernel=(7, 14, 56, 84) if i % 7 == 1 else None,
            conditional=i % 11 == 0,
            condition_asset="BTC" if i % 22 == 0 else None,
            condition_side="above" if i % 22 == 0 else None,
            condition_level=105.0 if i % 22 == 0 else None,
        )
        for i in range(count)
    ]


def walks(extra: int = 120) -> dict[str, Any]:
    random = np.random.default_rng(12)
    days = CALLED + extra
    return {s: 100 * np.cumprod(1 + random.normal(0, 0.02, days)) for s in ("BTC", "ETH", "SPX", "VIX")}


def verdict_map(blocks: tuple[Block, ...] | list[Block], names: tuple[str, ...]) -> dict[Any, Any]:
    columns = ("status", "reason", "value", "base_rate", "entry", "exit", "input_hash")
    return {
        (names[c], block.measure, int(block.horizon[i])): tuple(
            np.nan_to_num(getattr(block, column)[i], nan=-9.0).item() for column in columns
        )
        for block in blocks
        for i, c in enumerate(block.call.tolist())
    }


def test_verdicts_do_not_depend_on_the_order_of_calls_or_prices_or_on_the_batch() -> None:
    closes, claims = walks(), calls()
    straight = table(*claims)
    expected = verdict_map(grade_calls(straight, market(closes)), straight.claim_id)
    assert len({measure for _, measure, _ in expected}) == 9
    order = np.random.default_rng(1).permutation(len(claims))
    shuffled = table(*(claims[i] for i in order))
    bars = np.random.default_rng(2).permutation(4 * (CALLED + 120)).tolist()
    other = Market(matrix(closes, bars), ASSETS)
    assert verdict_map(grade_calls(shuffled, other), shuffled.claim_id) == expected
    for size in (11, 1000):
        blocks = [b for portion in grade_batches(straight, market(closes), size) for b in portion]
        assert verdict_map(blocks, straight.claim_id) == expected


def test_no_later_price_is_seen() -> None:
    """Prices after the entry day are replaced: everything known at entry must stay as it was."""
    closes = walks()
    planted = {s: np.concatenate([c[: CALLED + 1], c[CALLED + 1 :] * 1.7]) for s, c in closes.items()}
    claims = [call(claim_id=f"c{i}", asset=a, stance=s, target=t) for i, (a, s, t) in enumerate(KNOWN_AT_ENTRY)]
    graded = table(*claims)
    kept = {"base_rate", "beta", "own_history_odds", "windows"}
    for before, after in zip(*(grade_calls(graded, market(c)) for c in (closes, planted)), strict=True):
        assert np.array_equal(before.base_rate, after.base_rate, equal_nan=True), before.measure
        assert np.array_equal(before.entry, after.entry)
        for name in kept & set(before.detail):
            assert np.array_equal(before.detail[name], after.detail[name], equal_nan=True), name


KNOWN_AT_ENTRY = [
    (asset, stance, target)
    for asset in ("BTC", "ETH", "VIX")
    for stance in ("bullish", "bearish", "neutral")
    for target in (None, {"bullish": 5000.0, "bearish": 1.0, "neutral": None}[stance])
]


def test_a_changed_price_changes_the_hashes_it_touches_and_no_others() -> None:
    closes = walks()
    changed = {**closes, "BTC": np.array(closes["BTC"])}
    changed["BTC"][CALLED + 20] *= 1.001
    pair = table(call(), call(claim_id="c2", asset="ETH"))
    first, second = (verdict_map(grade_calls(pair, market(c)), pair.claim_id) for c in (closes, changed))
    reopened = {key for key in first if first[key][-1] != second[key][-1]}
    assert ("c1", "direction", 30) in reopened and ("c1", "direction", 90) in reopened
    assert ("c1", "direction", 7) not in reopened and ("c2", "direction", 30) not in reopened
    assert ("c2", "excess", 30) in reopened  # Bitcoin is its benchmark


def test_another_clock_or_asset_or_rule_is_another_input() -> None:
    prices = market(walks())
    hashes = {
        grade(prices, claim)[2]["input_hash"]
        for claim in (
            call(), call(clock=CLOCK - 86_400), call(asset="ETH"), call(stance="bearish"), call(rejected=1),
            call(claim_id="c9"), call(asset="CRYPTO"),
        )
    }  # fmt: skip
    assert len(hashes) == 7


def test_a_pending_verdict_keeps_its_hash_while_prices_come_in() -> None:
    closes = walks()
    hashes = [grade(market(closes, day(d)), call())[3]["input_hash"] for d in (50, 80, 90)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_verdicts_of_a_table_taken_apart_are_the_same() -> None:
    whole = table(*calls(40))
    part = replace(whole, ended_at=whole.ended_at.copy()).take(np.arange(40))
    assert verdict_map(grade_calls(part, market(walks())), part.claim_id) == verdict_map(
        grade_calls(whole, market(walks())), whole.claim_id
    )
