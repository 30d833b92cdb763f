"""An explicit close ends the speaker's open call on that asset, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.arrays import MISSING
from outcomes.calls import grade_batches, grade_calls
from outcomes.closes import CloseTable, close_table, with_closings
from outcomes.explain import explain
from outcomes.repeats import with_endings
from tests.outcomes_samples import CLOCK, call, day, market, one, ramp, rows, seesaw, table

DAY = 86_400
PATH = [*ramp(100, 120, 10), *ramp(120, 80, 50)]


def close(**fields: Any) -> dict[str, Any]:
    """Speaker 1 closes a long in BTC ten days after `call`."""
    return {
        "claim_id": "x1", "speaker_id": 1, "asset": "BTC", "side": "long", "clock": CLOCK + 10 * DAY, "rejected": 0,
    } | fields  # fmt: skip


def closing(*closes: dict[str, Any]) -> CloseTable:
    return close_table({name: [c[name] for c in closes] for name in close()})


def graded(calls: list[dict[str, Any]], *closes: dict[str, Any]) -> list[dict[str, Any]]:
    found, claims = market({"BTC": seesaw(PATH), "ETH": seesaw(PATH)}), table(*calls)
    return [row for block in grade_calls(claims, found, closing(*closes)) for row in rows(block, claims, found)]


def test_a_close_ends_the_call_with_the_first_close_after_it_and_both_results_are_kept() -> None:
    verdicts = graded([call()], close())
    early = one(verdicts, "until_reversal")
    assert (early["status"], early["reason"]) == ("held", "closed by the speaker")
    assert early["exit_date"] == day(10).isoformat() and early["value"] == pytest.approx(0.2)
    assert json.loads(early["detail"])["closed_by"] == "x1"
    assert one(verdicts, "direction", 30)["value"] == pytest.approx(0.04)


def test_the_words_say_who_ended_it() -> None:
    early = one(graded([call()], close()), "until_reversal")
    words = explain(early, call(speaker="Vera Holt"))
    assert "said that the position was closed (statement x1)" in words
    turned = call(claim_id="c2", stance="bearish", clock=CLOCK + 10 * DAY)
    reversal = one(graded([call(), turned]), "until_reversal")
    assert reversal["reason"] is None and "took another view" in explain(reversal, call())


@pytest.mark.parametrize(
    "other",
    [
        {"side": "short"}, {"speaker_id": 2}, {"speaker_id": None}, {"asset": "ETH"}, {"rejected": 1}, {"clock": None},
        {"clock": CLOCK}, {"clock": CLOCK - DAY}, {"clock": CLOCK + 40 * DAY},
    ],
)  # fmt: skip
def test_what_ends_nothing(other: dict[str, Any]) -> None:
    assert graded([call()], close(**other)) == graded([call()])


def test_a_close_of_an_unknown_side_ends_either() -> None:
    for stance in ("bullish", "bearish"):
        found = one(graded([call(stance=stance)], close(side="unknown")), "until_reversal")
        assert found["reason"] == "closed by the speaker"


def test_a_neutral_call_is_no_position_to_close() -> None:
    assert not [v for v in graded([call(stance="neutral")], close(side="unknown")) if v["measure"] == "until_reversal"]


def test_the_earlier_of_a_reversal_and_a_close_counts() -> None:
    turned = call(claim_id="c2", stance="bearish", clock=CLOCK + 5 * DAY)
    before = one(graded([call(), turned], close()), "until_reversal", claim="c1")
    assert (before["exit_date"], before["reason"]) == (day(5).isoformat(), None)
    after = one(graded([call(), turned], close(clock=CLOCK + 3 * DAY)), "until_reversal", claim="c1")
    assert (after["exit_date"], after["reason"]) == (day(3).isoformat(), "closed by the speaker")


def test_a_call_made_again_after_a_close_is_open_until_the_next_one() -> None:
    again = call(claim_id="c2", clock=CLOCK + 15 * DAY)
    verdicts = graded([call(), again], close(), close(claim_id="x2", clock=CLOCK + 20 * DAY))
    exits = [one(verdicts, "until_reversal", claim=c)["exit_date"] for c in ("c1", "c2")]
    assert exits == [day(10).isoformat(), day(20).isoformat()]


def test_no_other_verdict_changes_by_a_close() -> None:
    others = [call(), call(claim_id="c2", speaker_id=2), call(claim_id="c3", asset="ETH")]
    before, after = graded(others), graded(others, close())
    assert [v for v in after if v not in before] == [one(after, "until_reversal", claim="c1")]
    assert all(v in after for v in before)


def test_another_statement_is_another_input() -> None:
    hashes = {one(graded([call()], close(claim_id=name)), "until_reversal")["input_hash"] for name in ("x1", "x2")}
    assert len(hashes) == 2


def test_portions_give_the_same_verdicts() -> None:
    found, claims = market({"BTC": seesaw(PATH)}), table(*(call(claim_id=f"c{i}", speaker_id=i) for i in range(5)))
    closes = closing(close(speaker_id=3), close(claim_id="x2", speaker_id=4, side="unknown"))
    small = [
        row for blocks in grade_batches(claims, found, 2, closes) for b in blocks for row in rows(b, claims, found)
    ]
    whole = [row for block in grade_calls(claims, found, closes) for row in rows(block, claims, found)]
    assert sorted(map(_key, small)) == sorted(map(_key, whole))


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("claim_id", "measure", "horizon", "status", "input_hash"))


MADE = st.tuples(st.integers(0, 2), st.sampled_from(["BTC", "ETH"]), st.sampled_from(["bullish", "bearish"]),
                 st.integers(0, 9))  # fmt: skip
CLOSED = st.tuples(st.integers(0, 2), st.sampled_from(["BTC", "ETH"]), st.sampled_from(["long", "short", "unknown"]),
                   st.integers(0, 9))  # fmt: skip
ENDS = {"bullish": ("long", "unknown"), "bearish": ("short", "unknown")}


@given(st.lists(MADE, max_size=8), st.lists(CLOSED, max_size=6))
def test_the_first_fitting_statement_after_the_call_ends_it(
    made: list[tuple[int, str, str, int]], closed: list[tuple[int, str, str, int]]
) -> None:
    claims = table(
        *(call(claim_id=f"c{i}", speaker_id=w, asset=a, stance=s, clock=t) for i, (w, a, s, t) in enumerate(made))
    )
    closes = closing(
        *(close(claim_id=f"x{i}", speaker_id=w, asset=a, side=s, clock=t) for i, (w, a, s, t) in enumerate(closed))
    )
    if not closed:
        return
    turned = with_endings(claims)
    ended = with_closings(turned, closes)
    for i, (who, asset, stance, since) in enumerate(made):
        later = [t for w, a, s, t in closed if (w, a) == (who, asset) and s in ENDS[stance] and t > since]
        reversal = int(turned.ended_at[i])
        first = min(later, default=None)
        if first is not None and (reversal == MISSING or first <= reversal):
            by = closed[int(ended.closings[ended.closed_by[i]][1:])]
            assert ended.ended_at[i] == first == by[3] and by[:2] == (who, asset)
        else:
            assert ended.ended_at[i] == reversal and ended.closed_by[i] == -1
