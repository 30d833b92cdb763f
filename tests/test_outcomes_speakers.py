"""Track records, the board and its reference speakers."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from bench.honesty import CONDITIONS, discovery, in_band, rejection_rates
from outcomes.call_table import CallTable, concatenate
from outcomes.calls import grade_batches, grade_calls
from outcomes.market import Market
from outcomes.references import REFERENCES, reference_calls
from outcomes.shrinkage import wilson
from outcomes.speakers import SpeakerRecord, collect, speaker_records
from tests.outcomes_samples import call, market, table

DAYS = 2000
FIRST = -300  # of the days on which calls are made, counted from the entry day of `call`


@cache
def walk() -> Market:
    random = np.random.default_rng(21)
    steps = random.normal(0.0005, 0.03, (3, DAYS))
    steps[1] = 0.8 * steps[0] + 0.6 * steps[1]
    return market({s: 100 * np.cumprod(1 + row) for s, row in zip(("BTC", "ETH", "SPX"), steps, strict=True)})


def changes(asset: str, offsets: list[int], horizon: int = 30) -> list[float]:
    prices = walk().prices
    row, start = prices.symbols.index(asset), 600
    return [float(prices.close[row, start + o + horizon] / prices.close[row, start + o] - 1) for o in offsets]


def by(speaker: int, offsets: list[int], stances: list[str], asset: str = "BTC", **fields: Any) -> list[dict[str, Any]]:
    return [
        call(
            claim_id=f"s{speaker} {asset} {o} {i}", speaker_id=speaker, asset=asset, stance=s,
            clock=call()["clock"] + o * 86_400, **fields,
        )
        for i, (o, s) in enumerate(zip(offsets, stances, strict=True))
    ]  # fmt: skip


def graded(calls: CallTable, **options: Any) -> list[SpeakerRecord]:
    return speaker_records(calls, collect([grade_calls(calls, walk())], len(calls)), walk(), **options)


def record(records: list[SpeakerRecord], speaker: int, horizon: int = 30, asset: str = "") -> SpeakerRecord:
    found = [r for r in records if (r.speaker_id, r.horizon, r.asset) == (speaker, horizon, asset)]
    assert len(found) == 1
    return found[0]


APART = list(range(0, 1200, 40))  # thirty calls that do not overlap


def oracle(right: int) -> list[str]:
    """Stances of which the first `right` come true over 30 days."""
    moves = changes("BTC", APART)
    return ["bullish" if (m > 0) == (i < right) else "bearish" for i, m in enumerate(moves)]


def test_a_record_adds_up() -> None:
    found = record(graded(table(*by(1, APART, oracle(24)))), 1)
    assert (found.calls, found.n, found.hits, found.coverage) == (30, 30, 24, 1.0)
    assert found.hit_rate == pytest.approx(0.8) and found.n_effective == pytest.approx(30)
    assert found.skill == pytest.approx(0.8 - (found.base_rate or 0))
    assert (found.wilson_low, found.wilson_high) == pytest.approx(wilson(0.8, 30))
    moves = [m * (1 if s == "bullish" else -1) for m, s in zip(changes("BTC", APART), oracle(24), strict=True)]
    assert found.mean_return == pytest.approx(np.mean(moves))
    assert found.p_value is not None and found.p_value < 0.02
    assert found.status == "ranked" and found.rank == 1 and found.q_value == pytest.approx(found.p_value)
    assert {"pesaran_timmermann", "brier", "calibration", "rotations"} <= set(found.extra)


def test_every_horizon_and_asset_has_its_row() -> None:
    claims = by(1, APART, oracle(20)) + by(1, APART[:3], ["bullish"] * 3, asset="ETH")
    records = graded(table(*claims))
    assert sorted(r.horizon for r in records if r.asset == "") == [1, 7, 30, 90, 180, 365]
    assert {r.asset: r.n for r in records if r.horizon == 30} == {"": 33, "BTC": 30, "ETH": 3}
    longest = record(records, 1, 365)  # ten years of prices would be needed to rotate calls of one year
    assert (longest.status, longest.p_value) == ("unranked", None)


def test_repeats_and_copies_count_once() -> None:
    repeats = by(1, [o + 2 for o in APART], oracle(24))
    copies = [{**c, "claim_id": c["claim_id"] + " copy"} for c in by(1, APART, oracle(24))]
    found = record(graded(table(*by(1, APART, oracle(24)), *repeats, *copies)), 1)
    assert (found.calls, found.n, found.hits) == (30, 30, 24)


def test_one_sided_callers_are_untestable_and_unranked() -> None:
    found = record(graded(table(*by(1, APART, ["bullish"] * 30))), 1)
    assert (found.status, found.rank, found.p_value, found.q_value) == ("untestable", None, None, None)
    assert found.bullish_share == 1.0 and found.posterior_skill is not None


def test_a_voice_that_is_nobody_in_particular_is_not_compared() -> None:
    found = graded(table(*by(1, APART, oracle(24)), *by(2, APART, oracle(20))), groups=frozenset({1}))
    assert (record(found, 1).status, record(found, 1).rank, record(found, 1).q_value) == ("unranked", None, None)
    assert record(found, 2).rank == 1


def test_few_calls_are_not_ranked() -> None:
    found = record(graded(table(*by(1, APART[:6], oracle(6)[:6]))), 1)
    assert found.status in ("unranked", "untestable") and found.rank is None


def test_every_call_left_out_has_its_reason() -> None:
    claims = (
        by(1, APART[:4], oracle(4)[:4])
        + by(1, [5], ["bullish"], asset="NICHE")
        + by(1, [5], ["bullish"], conditional=1)
        + by(1, [1380], ["bullish"])
        + by(1, [5, 6], ["bullish"] * 2, asset="ETH", modality="question")
        + by(1, [7], ["bullish"], asset="ETH", rejected=1)
    )
    found = record(graded(table(*claims)), 1)
    assert found.ungraded == {"condition not checkable": 1, "no priced asset": 1, "not yet due": 1}
    assert (found.calls, found.n) == (7, 4) and found.coverage == pytest.approx(4 / 7)


def test_unverified_calls_are_shown_but_not_counted() -> None:
    unsure = by(1, APART, oracle(0), verified=0)
    found = record(graded(table(*by(1, [o + 20 for o in APART[:5]], ["bullish"] * 5), *unsure)), 1)
    assert (found.calls, found.n, found.unverified) == (35, 5, 30)


def test_speakers_nobody_could_name_have_no_record() -> None:
    assert graded(table(*by(1, [0], ["bullish"]), *[call(claim_id="x", speaker_id=None)])) != []
    assert {r.speaker_id for r in graded(table(call(claim_id="x", speaker_id=None)))} == set()


def test_the_board_is_ordered_by_the_lower_tail_of_skill() -> None:
    claims = [c for speaker, right in ((1, 26), (2, 18), (3, 9)) for c in by(speaker, APART, oracle(right))]
    records = sorted((r for r in graded(table(*claims)) if r.horizon == 30 and not r.asset), key=lambda r: r.rank or 0)
    assert [r.speaker_id for r in records] == [1, 2, 3]
    lows = [r.posterior_low or 0 for r in records]
    assert lows == sorted(lows, reverse=True)


def test_records_do_not_depend_on_the_order_of_calls_or_on_the_batch() -> None:
    claims = [c for speaker, right in ((1, 20), (2, 12)) for c in by(speaker, APART, oracle(right))]
    claims += by(1, [o + 9 for o in APART], oracle(5), asset="ETH")
    order = np.random.default_rng(3).permutation(len(claims))
    straight, shuffled = table(*claims), table(*(claims[i] for i in order))
    batched = speaker_records(shuffled, collect(grade_batches(shuffled, walk(), 7), len(claims)), walk())
    assert [rounded(r) for r in graded(straight)] == [rounded(r) for r in batched]


def rounded(found: SpeakerRecord) -> tuple[Any, ...]:
    values = (getattr(found, name) for name in SpeakerRecord.__dataclass_fields__)
    return tuple(f"{v:.6g}" if isinstance(v, float) else v for v in values)


def test_reference_speakers_stand_on_the_board() -> None:
    calls = table(*by(1, list(range(FIRST, 1200, 3)), ["bullish", "bearish"] * 250))
    ids = {name: 100 + i for i, name in enumerate(REFERENCES)}
    references = reference_calls(calls, walk(), ids)
    everyone = concatenate(calls, references)
    records = graded(everyone, references=frozenset(ids.values()))
    coin, bull, momentum = (record(records, ids[name]) for name in REFERENCES)
    assert {r.status for r in (coin, bull, momentum)} == {"reference"} and bull.bullish_share == 1.0
    assert coin.n > 150 and abs(coin.skill or 1) < 0.15 and bull.p_value is None
    assert record(records, 1).rank == 1  # references take no rank
    again = reference_calls(calls, walk(), ids)
    assert again.claim_id == references.claim_id and np.array_equal(again.stance, references.stance)


def test_momentum_follows_the_last_thirty_days() -> None:
    calls = table(*by(1, APART, ["bullish"] * 30))
    found = reference_calls(calls, walk(), {"momentum": 5})
    rising = [m > 0 for m in changes("BTC", [o - 31 for o in APART])]
    dated = sorted(zip(found.clock.tolist(), found.stance.tolist(), strict=True))
    assert [s > 0 for _, s in dated] == rising


def test_another_call_leaves_most_of_the_draw_alone() -> None:
    few = table(*by(1, APART, ["bullish"] * 30))
    more = table(*by(1, [*APART, 1301], ["bullish"] * 31))
    ids = {"coin-flipper": 5}
    assert set(reference_calls(few, walk(), ids).claim_id) < set(reference_calls(more, walk(), ids).claim_id)


SHORT = [c for c in CONDITIONS if (c.shocks, c.drift) == ("garch", 0.001) and c.pattern in ("daily", "scattered")]


@pytest.mark.parametrize("condition", SHORT, ids=lambda c: c.name)
def test_callers_without_skill_are_rarely_called_skilled(condition: Any) -> None:
    """The short form of bench/honesty.py, too few callers to tell 3 % from 7 % but not from the plain interval."""
    rates = rejection_rates(condition, 150)
    assert in_band(rates.shift, 150)
    assert rates.base > 0.5 or condition.pattern != "daily"


def test_false_discoveries_are_held_down_and_edges_found() -> None:
    found = discovery(4)
    assert found.false_share <= 0.15 < found.plain_false_share
    assert abs(found.found - found.predicted) < 0.15
