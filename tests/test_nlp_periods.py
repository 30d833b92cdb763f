"""Dates and periods."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.periods import find_periods, resolve_period

SAID = date(2025, 7, 10)  # a Thursday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Dec. 12", date(2025, 12, 12), date(2025, 12, 12)),
        ("12 December 2024", date(2024, 12, 12), date(2024, 12, 12)),
        ("July 14-19", date(2025, 7, 14), date(2025, 7, 19)),
        ("2024-03-05", date(2024, 3, 5), date(2024, 3, 5)),
        ("Q3 2025", date(2025, 7, 1), date(2025, 9, 30)),
        ("2019 Q4", date(2019, 10, 1), date(2019, 12, 31)),
        ("1Q25", date(2025, 1, 1), date(2025, 3, 31)),
        ("H2 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("first quarter of 2014", date(2014, 1, 1), date(2014, 3, 31)),
        ("late 2020", date(2020, 9, 1), date(2020, 12, 31)),
        ("June 2026", date(2026, 6, 1), date(2026, 6, 30)),
        ("2017 and 2021", date(2017, 1, 1), date(2021, 12, 31)),
        ("2007-08", date(2007, 1, 1), date(2008, 12, 31)),
        ("the 1990s", date(1990, 1, 1), date(1999, 12, 31)),
        ("the past 24 hours", date(2025, 7, 9), SAID),
        ("three weeks ago", date(2025, 6, 19), date(2025, 6, 19)),
        ("last year", date(2024, 1, 1), date(2024, 12, 31)),
        ("next week", date(2025, 7, 14), date(2025, 7, 20)),
        ("last Friday", date(2025, 7, 4), date(2025, 7, 4)),
        ("next quarter", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_printed_period_resolves_to_its_days(text: str, first: date, last: date) -> None:
    assert resolve_period(text, SAID) == (first, last)


def test_a_relative_period_stays_open_without_a_day_of_publication() -> None:
    assert resolve_period("next week", None) is None
    assert resolve_period("Q3 2025", None) is not None


@pytest.mark.parametrize("text", ["The index is at 2000 points", "It paid $2019", "some 1,950 tons", "2040%"])
def test_a_number_that_is_no_year_is_no_period(text: str) -> None:
    assert list(find_periods(text, SAID)) == []


def rows() -> list[dict[str, str]]:
    return list(tomllib.loads(files("nlp").joinpath("periods.toml").read_text(encoding="utf-8"))["period"])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["kind"])
def test_every_kind_of_period_is_found_in_its_example(row: dict[str, str]) -> None:
    found = list(find_periods(row["example"], SAID))
    assert [(p.kind, p.text) for p in found] == [(row["kind"], row["example"])]
    assert found[0].first


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789/-. QHlastnexyrMJunefofd", max_size=60), st.dates())
def test_no_text_and_no_day_raises(text: str, day: date) -> None:
    for period in find_periods(text, day):
        assert text[period.start : period.end] == period.text
        if period.first and period.last and period.kind not in ("month_day", "day_month"):
            assert period.first <= period.last or period.kind in ("years", "ago", "window")
