"""Event definitions: every row is read, found by its words, and happens on the days worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from markets.assets import registry
from outcomes.events import KINDS, Event, events, match_event, occurrences, quoted_event
from outcomes.moving import averages, highest_before, lowest_before, relative_strength, spread_of_returns


def found(event: Event, close: list[float], days: list[int] | None = None) -> list[int]:
    positions = np.arange(len(close)) if days is None else np.array(days)
    return occurrences(event, positions, np.array(close, dtype=float)).tolist()


@pytest.mark.parametrize("event", events().values(), ids=lambda e: e.id)
def test_every_row_is_whole_and_its_example_means_it(event: Event) -> None:
    assert event.kind in (*KINDS, "dates", "movement")
    driver = event.driver[0] if event.driver else "RUT"
    matched = match_event(driver, event.example)
    assert matched is not None and matched.id == event.id, matched
    assert (event.kind == "dates") == bool(event.dates) and (event.kind == "movement") == bool(event.sign)
    assert list(event.dates) == sorted(event.dates)


@pytest.mark.parametrize(
    ("driver", "words", "id_", "expected"),
    [
        ("RUT", "new all-time high", None, "new_high"),
        ("RUT", "fresh record highs", None, "new_high"),
        ("RUT", "prior resistance turned into support", None, "resistance_support"),
        ("FEDFUNDS", "cut", None, "rate_cut"),
        ("FEDFUNDS", "the first rate cut of the cycle", None, "first_cut"),
        ("BTC", "golden cross", None, "golden_cross"),
        ("halving", None, "halving", "halving"),
        ("halving", None, None, "halving"),
        ("LTC", "halving", None, "halving_ltc"),
        ("RUT", "strength", None, "rise"),
        ("BTC", "falling wedge", "unknown", "fall"),
        ("BTC", "descending broadening wedge", None, None),
        ("GOLD", None, None, None),
        ("GOLD", None, "new_high", "new_high"),
    ],
)
def test_words_find_their_definition(driver: str, words: str | None, id_: str | None, expected: str | None) -> None:
    matched = match_event(driver, words, id_)
    assert (matched.id if matched else None) == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Bitcoin has risen in the weeks after every first Russell 2000 record in half a year.", "new_high"),
        ("After each of the last five records of the Russell 2000, Bitcoin was higher.", "new_high"),
        ("When the Russell 2000 breaks out, altcoins tend to follow.", "long_high_break"),
        ("When the Russell 2000 rises, Bitcoin sets records.", None),
        ("When Bitcoin sets a record, small caps like the Russell 2000 follow.", None),
        ("The Russell 2000 and Bitcoin move together.", None),
    ],
)
def test_a_condition_in_the_sentence_is_an_event(quote: str, expected: str | None) -> None:
    found = quoted_event(registry()["RUT"], quote)
    assert (found.id if found else None) == expected
    assert quoted_event(None, quote) is None


def test_new_high_needs_quiet_days_and_history() -> None:
    event = replace(events()["new_high"], gap=3)
    close = [10, 9, 9, 9, 11, 12, 11, 11, 11, 13, 13, 14]
    # day 4 beats day 0 after 4 quiet days; day 5 only one day later; day 9 four days after day 5; day 11 two later
    assert found(event, close) == [4, 9]
    assert found(event, [5, 6, 7, 8]) == []  # a series that starts by rising has shown no quiet time


def test_breaks_of_the_year() -> None:
    up, down = (replace(events()[name], lookback=3, gap=2) for name in ("long_high_break", "new_low"))
    close = [5, 4, 4, 4, 6, 6, 5, 3, 3]
    assert found(up, close) == [4]
    assert found(down, close) == [7]


def test_resistance_turned_support() -> None:
    event = replace(events()["resistance_support"], lookback=4, gap=2, days=10)
    # 100 is the old high; broken on day 4, tested on day 6 (102 is within 3 %), left upward on day 7
    assert found(event, [100, 95, 95, 95, 110, 108, 102, 104, 115]) == [7]
    assert found(event, [100, 95, 95, 95, 110, 108, 96, 104, 115]) == []  # fell through
    assert found(event, [100, 95, 95, 95, 110, 108, 107, 109, 115]) == []  # never tested


def test_crosses_of_averages() -> None:
    golden, death = (replace(events()[name], short=2, long=4, gap=1) for name in ("golden_cross", "death_cross"))
    close = [10, 9, 8, 7, 6, 9, 12, 12, 8, 4]
    # 2-day minus 4-day average from day 3: -1, -1, 0, 2, 2.5, -0.25, -3: above on day 6, below on day 8
    assert found(golden, close) == [6]
    assert found(death, close) == [8]
    over = replace(events()["above_average"], long=3, gap=3)
    assert found(over, [9, 9, 9, 10, 8, 7, 6, 6, 9]) == [8]


def test_drawdown_surge_and_streaks() -> None:
    crash = replace(events()["drawdown"], lookback=3, gap=3)
    assert found(crash, [100, 100, 100, 100, 81, 80, 79, 100, 100]) == [5]
    surge = replace(events()["surge"], days=2, gap=3)
    assert found(surge, [100, 100, 110, 120, 125, 125]) == [3]
    up = replace(events()["streak_up"], days=3, gap=2)
    assert found(up, [1, 2, 3, 4, 5, 4, 5, 6, 7]) == [3, 8]
    down = replace(events()["streak_down"], days=2, gap=2)
    assert found(down, [5, 4, 3, 3, 3, 3, 2, 1]) == [2, 7]


def test_levels_volatility_and_strength() -> None:
    fear = replace(events()["vix_spike"], gap=3)
    assert found(fear, [20, 31, 29, 32, 20, 20, 35]) == [1, 6]
    calm = [100 * 1.001 ** (i % 2) for i in range(60)]
    spike = replace(events()["volatility_spike"], days=5, lookback=20, gap=10)
    assert found(spike, [*calm, 120, 100, 120]) == [60]
    squeeze = replace(events()["volatility_squeeze"], days=3, lookback=20, gap=10)
    wild = [100 * 1.1 ** (i % 2) for i in range(30)]
    assert found(squeeze, [*wild, 100, 100.1, 100.2, 100.3])[-1] >= 30
    bought = replace(events()["rsi_overbought"], days=3, gap=2)
    assert found(bought, [10, 9, 8, 9, 10, 11, 12]) == [5]


def test_trailing_measures_by_hand() -> None:
    days, close = np.array([0, 1, 2, 5]), np.array([3.0, 5, 4, 6])
    assert averages(close, 2)[1:].tolist() == [4, 4.5, 5]
    assert highest_before(days, close, 2)[2:].tolist()[0] == 5
    assert math.isnan(highest_before(days, close, 2)[1])  # history is one day long
    assert math.isnan(highest_before(days, close, 2)[3])  # no close in the two days before
    assert lowest_before(days, close, 2)[2] == 3
    # gains 1, 0, 2 and losses 0, 1, 0 over three moves: 100 - 100 / (1 + 1 / (1/3)) = 75
    assert relative_strength(np.array([3.0, 4, 3, 5]), 3)[3] == pytest.approx(75)
    # then a fall of 1: gain 1 + (0 - 1) / 3 = 2/3, loss 1/3 + (1 - 1/3) / 3 = 5/9
    assert relative_strength(np.array([3.0, 4, 3, 5, 4]), 3)[4] == pytest.approx(100 - 100 / (1 + (2 / 3) / (5 / 9)))
    assert spread_of_returns(np.array([1.0, math.e, 1.0]), 2)[2] == pytest.approx(1)


def test_a_finder_never_looks_ahead() -> None:
    """What happened up to a day is the same whatever comes after it."""
    random = np.random.default_rng(3)
    close = 100 * np.cumprod(1 + random.normal(0, 0.03, 900))
    changed = np.concatenate([close[:600], close[600:] * np.linspace(1, 4, 300)])
    days = np.arange(900)
    for event in events().values():
        if event.kind in KINDS:
            before = [[i for i in occurrences(event, days, c) if i < 600] for c in (close, changed)]
            assert before[0] == before[1], event.id
