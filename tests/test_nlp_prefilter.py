"""The gate before a set of patterns never keeps a match out."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.correlation_rules import cue_spans, cues, driver_spans, drivers, loose_names, possible_names
from nlp.first_letters import narrowed
from nlp.hashed_words import hashed, word_buckets
from nlp.prefilter import Caseless, Gate, needed_literals
from nlp.views import View

WORDS = ["rate", "Rate", "cut", "raſe", "rise", "İn", "\u212aing", "ising", "tanks", "x", " ", "-"]


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"(?:rate|interest)\s+cuts?", {"rate", "interest"}),
        (r"(?:rate|interest)[\s-]cuts?", {"rate cut", "rate-cut", "interest cut", "interest-cut"}),
        (r"q[1-3]|de(?:bt|fault)s?", {"q1", "q2", "q3", "debt", "default"}),
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
    assert row in [driver for _, _, driver in driver_spans(row.example)]  # type: ignore[attr-defined]


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


STARTS = [
    r"(?<![\w-])soon|(?P<some>days)|abc",
    r"(?<![\w-])(?:(?:over |in )?(?:the )?next (?:few )?days|soon|\d{1,2}[ -]weeks?)",
    r"(?:[+−]?(?:US\$|\$)?\d+|a{0,2}b+c)",
    r"\b(?:x|yy?|[^z]q)\b",
    r"(?:a|b(?=c))\s?(?:d|e*)f",
]
LETTERS = "abcdefqxyz $+−-7 next soon in the days"


@pytest.mark.parametrize("printed", STARTS)
@given(text=st.lists(st.sampled_from([*LETTERS, "next ", "the ", "over ", "US$", "days"])).map("".join))
def test_a_narrowed_pattern_has_the_same_matches(printed: str, text: str) -> None:
    pattern = re.compile(printed)
    assert [m.span() for m in narrowed(pattern).finditer(text)] == [m.span() for m in pattern.finditer(text)]


def test_a_pattern_that_could_start_with_anything_stays_itself() -> None:
    for printed in (r"\b(?:x|[^z]q)\b", r"(?:ab)?", r".a"):
        assert narrowed(re.compile(printed)).pattern == printed
    assert narrowed(re.compile(r"(?<![\w-])(?:next|soon)")).pattern == r"(?<![\w-])(?=n[e]|s[o])(?:next|soon)"


@given(
    st.lists(st.sampled_from(["rise", "raise", "<usd>", "<t>", "<o>", "x", "zinc", "’", "é"]), max_size=12),
    st.booleans(),
)
def test_hashed_words_are_the_buckets_of_their_names(tokens: list[str], post: bool) -> None:
    own = View(tuple(tokens), tuple(i for i, t in enumerate(tokens) if t == "<t>"), (0.0,), 0.0)
    expected = {hashed(f"c={t}") for t in tokens} | {hashed(f"s={t}") for t in tokens}
    expected |= {hashed(f"b={a} {b}") for a, b in pairwise(tokens)}
    expected |= {
        hashed(f"t={a} {b} {c}") for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False) if "<" in a + b + c
    }
    if post:
        expected |= {hashed(f"post|b={a} {b}") for a, b in pairwise(tokens)} | {hashed(f"post|c={t}") for t in tokens}
    assert expected <= word_buckets(own, own, post)
