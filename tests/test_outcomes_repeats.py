"""Repeats and copies fold into one call; a changed mind ends one."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outcomes.arrays import MISSING
from outcomes.call_table import concatenate
from outcomes.repeats import heads, with_endings
from tests.outcomes_samples import CLOCK, call, table

DAY = 86_400


def folded(*changes: dict[str, Any]) -> list[int]:
    """Head of each of several calls that differ from the first by these fields."""
    return heads(table(*(call(claim_id=f"c{i}", **fields) for i, fields in enumerate(changes)))).tolist()


def at(days: float) -> int:
    return CLOCK + int(days * DAY)


def test_a_repeat_within_seven_days_is_the_same_call() -> None:
    assert folded({}, {"clock": at(3)}, {"clock": at(7)}, {"clock": at(7.1)}, {"clock": at(14)}) == [0, 0, 0, 3, 3]


def test_the_week_counts_from_its_first_call_not_from_the_last_repeat() -> None:
    assert folded(*({"clock": at(5 * i)} for i in range(5))) == [0, 0, 2, 2, 4]


def test_another_speaker_asset_stance_target_or_condition_is_another_call() -> None:
    others: list[dict[str, Any]] = [
        {"speaker_id": 2}, {"asset": "ETH"}, {"stance": "bearish"}, {"target": 90_000}, {"target_high": 1},
        {"conditional": 1}, {"conditional": 1, "condition_asset": "BTC", "condition_side": "above"},
    ]  # fmt: skip
    assert folded({}, *others) == list(range(8))


def test_copies_in_one_cluster_are_one_call_whatever_their_numbers() -> None:
    """A syndicated copy printed "$98,000" where the original said "$89,000"."""
    same = {"cluster_id": "k"}
    assert folded({**same, "target": 89_000}, {**same, "target": 98_000}, {"target": 98_000, "clock": at(1)}) == [
        0,
        0,
        0,
    ]


def test_a_chain_of_copies_and_repeats_has_one_head() -> None:
    """The copy of a repeat belongs to the call that was repeated."""
    chain = [
        {"cluster_id": "a"},
        {"cluster_id": "b", "clock": at(4)},
        {"cluster_id": "b", "clock": at(4), "target": 5},
        {"target": 5, "clock": at(9)},
    ]
    assert folded(*chain) == [0, 0, 0, 0]


def test_voices_without_a_name_are_folded_by_cluster_only() -> None:
    nobody = {"speaker_id": None}
    assert folded({**nobody, "cluster_id": "a"}, {**nobody, "cluster_id": "b"}, {**nobody, "cluster_id": "a"}) == [
        0,
        1,
        0,
    ]


def test_nothing_to_fold() -> None:
    assert heads(table()).tolist() == []
    assert folded({"clock": None}) == [0]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30), st.integers(0, 3)), max_size=12), st.randoms())
def test_folding_does_not_depend_on_the_order(claims: list[tuple[int, int, int]], random: Any) -> None:
    rows = [
        call(claim_id=f"c{i}", speaker_id=s, clock=at(d + i / 1000), cluster_id=None if k == 3 else f"{s} {d} {k}")
        for i, (s, d, k) in enumerate(claims)
    ]
    mixed = random.sample(rows, len(rows))
    by_id = [
        {
            row["claim_id"]: given_rows[h]["claim_id"]
            for row, h in zip(given_rows, heads(table(*given_rows)), strict=True)
        }
        for given_rows in (rows, mixed)
    ]
    assert by_id[0] == by_id[1]
    assert all(by_id[0][head] == head for head in by_id[0].values())


def endings(*changes: dict[str, Any]) -> list[int | None]:
    """For each call how many days after the first it was ended."""
    ended = with_endings(table(*(call(claim_id=f"c{i}", **fields) for i, fields in enumerate(changes)))).ended_at
    return [None if e == MISSING else (e - CLOCK) // DAY for e in ended.tolist()]


def test_a_bull_who_turns_bear_or_neutral_has_ended_every_call_since() -> None:
    turns = [{}, {"clock": at(5)}, {"clock": at(9), "stance": "bearish"}, {"clock": at(12), "stance": "neutral"}]
    assert endings(*turns) == [9, 9, 12, None]


def test_other_speakers_assets_and_conditional_views_end_nothing() -> None:
    bear = {"stance": "bearish", "clock": at(4)}
    others: list[dict[str, Any]] = [{"speaker_id": 2}, {"asset": "ETH"}, {"conditional": 1}, {"rejected": 1}]
    assert endings({}, *({**bear, **other} for other in others))[0] is None


def test_two_tables_can_be_joined() -> None:
    first = table(call(asset="ETH", horizon_kernel=(0, 1, 2, 3)))
    second = table(call(claim_id="c2", horizon_kernel=(7, 14, 56, 84), condition_asset="ETH"), call(claim_id="c3"))
    both = concatenate(first, second)
    assert [both.symbols[a] for a in both.asset] == ["ETH", "BTC", "BTC"]
    assert [k if k < 0 else both.kernels[k] for k in both.kernel] == [(0, 1, 2, 3), (7, 14, 56, 84), -1]
    assert both.symbols[both.condition_asset[1]] == "ETH" and both.condition_asset[2] == -1
    assert len(np.unique(both.cluster)) == 3
