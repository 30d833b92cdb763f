"""Series that a text implies: the rows of series.toml keep their promises."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from nlp.assets import find_assets
from nlp.series import series, with_series
from nlp.text import prepare

ROWS = tomllib.loads(files("nlp").joinpath("series.toml").read_text(encoding="utf-8"))


def symbols(text: str) -> list[str]:
    prepared = prepare(text, "post")
    return [mention.symbol for mention in with_series(prepared, find_assets(prepared))]


def test_a_bank_is_found_in_its_example() -> None:
    assert series().banks.search(ROWS["banks"]["example"])


@pytest.mark.parametrize(
    ("name", "symbol"), [("policy", "FEDFUNDS"), ("acts", "FEDFUNDS"), ("yields", "US10Y"), ("volatility", "VIX")]
)
def test_a_series_is_found_in_the_example_of_its_row(name: str, symbol: str) -> None:
    assert symbol in symbols(ROWS[name]["example"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Fed will cut before the autumn.", ["FEDFUNDS"]),
        ("We expect the Bank of England to move in May.", ["UK_RATE"]),
        ("The ECB stays on hold.", ["ECB_RATE"]),
        ("The Fed sees one hike and two cuts.", ["FEDFUNDS", "FEDFUNDS"]),
        ("The film will cut before the autumn.", []),
    ],
)
def test_what_a_central_bank_does_is_about_its_rate(text: str, expected: list[str]) -> None:
    assert symbols(text) == expected
