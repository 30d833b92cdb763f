"""Machine-paraphrased text and its de-spun shadow."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.despin import Shadow, despin, lexicon, spin_rate

SPUN = (
    "The urge for food for danger belongings is again. Oats fell, Brok famous that web outflows grew, "
    "and pink flags appeared earlier than the vote. Tin rose 12%."
)
PLAIN = "The appetite for risk is back. Oats fell, and Brok noted that outflows grew before the vote. Tin rose 12%."


def test_a_spun_text_is_found_and_a_plain_one_is_not() -> None:
    assert despin(SPUN).rewritten
    assert not despin(PLAIN).rewritten
    assert despin(PLAIN).text == PLAIN


def test_the_shadow_reads_as_the_original_would() -> None:
    assert "appetite for risk assets" in despin(SPUN).text
    assert "red flags" in despin(SPUN).text


def test_offsets_of_the_shadow_lead_back_to_the_text_as_published() -> None:
    shadow = despin(SPUN)
    at = shadow.text.index("12%")
    start, end = shadow.to_original(at, at + 3)
    assert SPUN[start:end] == "12%"
    at = shadow.text.index("risk assets")
    start, end = shadow.to_original(at, at + len("risk assets"))
    assert SPUN[start:end] == "danger belongings"


def rows() -> list[dict[str, object]]:
    lines = files("nlp").joinpath("spin.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row["spun"]))
def test_every_substitution_is_found_in_its_example(row: dict[str, str]) -> None:
    assert lexicon().every.search(row["example"]), row
    assert row["spun"].casefold() != row["plain"].casefold()


def test_no_substitution_is_listed_twice() -> None:
    spun = [row["spun"] for row in rows()]
    assert len(spun) == len(set(spun))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["urge for food", "pink flags", "web outflows", "tin", "rose", "famous that"]), max_size=30
    )
)
def test_every_span_of_a_shadow_maps_into_the_original(words: list[str]) -> None:
    text = " ".join(words)
    shadow = despin(text)
    for start in range(0, len(shadow.text), 3):
        for end in range(start, len(shadow.text) + 1, 5):
            first, last = shadow.to_original(start, end)
            assert 0 <= first <= last <= len(text)


def test_an_unchanged_shadow_maps_every_span_to_itself() -> None:
    assert Shadow.unchanged("abc").to_original(1, 2) == (1, 2)
    assert spin_rate("") == (0.0, 0)
