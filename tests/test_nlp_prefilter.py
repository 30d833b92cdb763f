"""The gate before a set of patterns never keeps a match out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.correlation_rules import cue_spans, cues, drivers, loose_names, possible_drivers, possible_names
from nlp.prefilter import Caseless, Gate, needed_literals

WORDS = ["rate", "Rate", "cut", "raſe", "rise", "İn", "\u212aing", "ising", "tanks", "x", " ", "-"]


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"(?:rate|interest)\scuts?", {"rate", "interest"}),
        (r"\b(?:QE\d?|taper(?:ing)?)\b", {"qe", "taper"}),
        (r"(?:rising )?\w+", set()),
        (r"(?:ab)+c?", {"ab"}),
    ],
)
def test_literals_every_match_contains(pattern: str, literals: set[str]) -> None:
    assert needed_literals(re.compile(pattern, re.IGNORECASE)) == literals


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_gate_lets_every_match_through(text: str) -> None:
    patterns = [re.compile(p, re.IGNORECASE) for p in ("rate", "ras?e cut|ising", "in", "king", "tank.", r"\w-x")]
    matching = {number for number, pattern in enumerate(patterns) if pattern.search(text)}
    assert matching <= set(Gate(patterns).open(text))


@pytest.mark.parametrize("row", cues(), ids=lambda row: row.id)
def test_gate_opens_for_cues(row: object) -> None:
    assert any(cue is row for _, _, cue in cue_spans(row.example))  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", drivers(), ids=lambda row: row.label)
def test_gate_opens_for_drivers(row: object) -> None:
    assert row in list(possible_drivers(row.example))  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", loose_names(), ids=lambda row: row.symbol)
def test_gate_opens_for_loose_names(row: object) -> None:
    assert row in list(possible_names(row.example))  # type: ignore[attr-defined]


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_caseless_finds_what_the_pattern_finds(text: str) -> None:
    for printed in (r"(?P<Word>rise|ra[S-T]e)(?!X)", r"\bI\w+|\S-", r"(?<![A-R])\D{2}(?P<b>k)?"):
        pattern = re.compile(printed, re.IGNORECASE)
        spans = [match.span() for match in pattern.finditer(text)]
        twin = Caseless(pattern)
        assert [match.span() for match in twin.finditer(text)] == spans == list(twin.spans(text))
        assert twin.count(text) == len(spans)
