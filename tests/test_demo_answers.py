"""The demo has a known right answer. Read without error, its calls must be graded to it."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from demo.material import articles, key, posts
from demo.plan import analysts
from demo.prices import history
from markets.assets import registry
from outcomes.call_table import CallTable, call_table
from outcomes.calls import grade_batches
from outcomes.market import Market
from outcomes.prices import PriceMatrix
from outcomes.speakers import SpeakerRecord, collect, speaker_records

EDGE = ("quenby", "vortmann", "okafor")
NONE = ("hermit", "zielonka", "brandvold", "otter", "farrow", "tanabe", "dellacroix")


def market() -> Market:
    bars = [(symbol, bar) for symbol, series in history().items() for bar in series]
    symbols = sorted(history())
    code = {symbol: n for n, symbol in enumerate(symbols)}
    epoch = date(1970, 1, 1)
    matrix = PriceMatrix.from_bars(
        symbols,
        [code[symbol] for symbol, _ in bars],
        [(bar.day - epoch).days for _, bar in bars],
        [bar.close for _, bar in bars],
        [bar.high for _, bar in bars],
        [bar.low for _, bar in bars],
        assets=registry(),
    )
    return Market(matrix, registry())


def planned_calls() -> CallTable:
    """The calls of key.json as a perfect reader would find them."""
    published = {document.id: document.published for document in (*articles(), *posts())}
    numbers = {analyst: n for n, analyst in enumerate(analysts())}
    rows = key()["calls"]
    return call_table(
        {
            "claim_id": [f"{n:016x}" for n in range(len(rows))],
            "speaker_id": [numbers[row["analyst"]] for row in rows],
            "asset": [row["asset"] for row in rows],
            "stance": [row["stance"] for row in rows],
            "clock": [int(published[row["document"]].timestamp()) for row in rows],
            "verified": [True] * len(rows),
        }
    )


@cache
def records() -> dict[str, SpeakerRecord]:
    """Track records at 30 days, all assets together, by analyst."""
    prices, calls = market(), planned_calls()
    outcomes = collect(grade_batches(calls, prices), len(calls))
    found = speaker_records(calls, outcomes, prices)
    names = dict(enumerate(analysts()))
    return {names[r.speaker_id]: r for r in found if r.horizon == 30 and not r.asset}


def test_grading_counts_what_the_plan_counts() -> None:
    for analyst, record in records().items():
        truth = key()["analysts"][analyst]
        assert record.n >= 0.9 * truth["calls"]  # a repeat within a week counts once
        assert record.hit_rate == pytest.approx(truth["right"] / truth["calls"], abs=0.05), analyst


def test_at_least_six_analysts_reach_fifteen_effective_calls() -> None:
    assert sum((record.n_effective or 0) >= 15 for record in records().values()) >= 6


def test_the_three_with_an_edge_lead_the_board() -> None:
    ranked = sorted((r.rank, analyst) for analyst, r in records().items() if r.rank is not None)
    assert {analyst for _, analyst in ranked[:3]} == set(EDGE)
    assert all((records()[analyst].skill or 0) > 0.15 for analyst in EDGE)


def test_the_wrong_one_is_last_by_far() -> None:
    skills = {analyst: record.skill or 0 for analyst, record in records().items()}
    assert min(skills, key=lambda analyst: skills[analyst]) == "wexcombe"
    assert skills["wexcombe"] < -0.35


def test_the_bull_cannot_be_tested() -> None:
    assert records()["palladino"].status == "untestable"


def test_the_others_show_no_skill() -> None:
    for analyst in NONE:
        assert abs(records()[analyst].skill or 0) < 0.15, analyst
        assert (records()[analyst].q_value or 0) > 0.05, analyst
