"""Horizons of calls."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.horizons import find_horizons, resolve
from nlp.text import prepare

SAID = date(2025, 7, 10)


def printed(text: str) -> list[str]:
    return [h.text for h in find_horizons(prepare(text, "post"), SAID)]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("by year-end", SAID, date(2025, 12, 31)),
        ("in Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("by June 2026", SAID, date(2026, 6, 30)),
        ("within 12–18 months", date(2026, 7, 10), date(2027, 1, 9)),
        ("in 2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("by the end of the decade", SAID, date(2029, 12, 31)),
        ("by the end of August", SAID, date(2025, 8, 31)),
        ("by the end of next year", SAID, date(2026, 12, 31)),
        ("next week", date(2025, 7, 14), date(2025, 7, 20)),
        ("in two weeks", SAID, date(2025, 7, 24)),
        ("later this year", SAID, date(2025, 12, 31)),
        ("by Christmas", SAID, date(2025, 12, 25)),
        ("by the end of Q1", SAID, date(2026, 3, 31)),
        ("tomorrow", date(2025, 7, 11), date(2025, 7, 11)),
    ],
)
def test_a_dated_horizon_resolves_to_its_days(text: str, start: date, end: date) -> None:
    assert printed(f"Tin will rise {text}.") == [text]
    horizon = resolve(text, SAID)
    assert (horizon.start, horizon.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("over the coming weeks", (7, 14, 56, 84)),
        ("this cycle", (0, 90, 540, 730)),
        ("before the next halving", (0, 365, 1095, 1460)),
    ],
)
def test_a_vague_horizon_is_a_kernel(text: str, kernel: tuple[int, int, int, int]) -> None:
    assert printed(f"Tin will rise {text}.") == [text]
    assert resolve(text, SAID).kernel == kernel


@pytest.mark.parametrize(
    "text",
    [
        "Tin rose over the past 24 hours.",
        "Tin hit its highest in four months.",
        "Tin lost the 50-day average.",
        "Tin fell three weeks ago.",
        "Tin fell in 2019.",
    ],
)
def test_a_measurement_of_the_past_is_no_horizon(text: str) -> None:
    assert printed(text) == []


def rows(kind: str) -> list[dict[str, str]]:
    data = tomllib.loads(files("nlp").joinpath("horizons.toml").read_text(encoding="utf-8"))
    return list(data[kind])


@pytest.mark.parametrize("row", [*rows("vague"), *rows("date"), *rows("phrase")], ids=lambda row: row["example"])
def test_every_rule_finds_a_horizon_in_its_example(row: dict[str, str]) -> None:
    found = printed(row["example"])
    assert found, row
    horizon = resolve(found[0], SAID)
    assert horizon.kernel or horizon.end, found


@pytest.mark.parametrize("row", rows("vague"), ids=lambda row: row["example"])
def test_every_kernel_rises_and_falls(row: dict[str, list[int]]) -> None:
    first, second, third, fourth = row["kernel"]
    assert 0 <= first <= second <= third <= fourth


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.dates())
def test_any_text_resolves_without_an_error(text: str, day: date) -> None:
    prepared = prepare(f"by {text} 2026 in", "post")
    for horizon in find_horizons(prepared, day):
        assert prepared.text[horizon.start : horizon.end] == horizon.text
        resolve(horizon.text, day)
    resolve(text, day)


def test_the_number_of_an_index_is_no_horizon() -> None:
    for name in ("the iShares Russell 2000 ETF", "the RUSSELL 2000", "the Russell-2000", "the CSI 2000"):
        assert find_horizons(prepare(f"Coins may rally after {name} breaks out.")) == ()
