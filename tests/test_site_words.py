"""The small pure parts of the site: printed values, links it dares to make, texts cut at their claims."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.highlights import Marked, excerpt, paragraphs
from outcomes.site_words import ago, amount, change, day, duration, listing, plain_words, points, target, web_link


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//no.scheme/",
        "ftp://a/",
        "http://",
        "",
        None,
    ],
)
def test_only_addresses_of_the_web_become_links(url):
    assert web_link(url) == ""


def test_an_address_of_the_web_stays_as_it_is():
    assert web_link(" https://tape.example/a?b=c ") == "https://tape.example/a?b=c"


@given(st.text())
def test_links_never_run_anything(text):
    assert web_link(text) == "" or web_link(text).casefold().startswith(("http://", "https://"))


def test_values_are_printed_as_readers_expect():
    assert (change(0.268), change(-0.05), change(12.0)) == ("+26.8 %", "−5.0 %", "+1,200 %")
    assert (points(0.104), points(None)) == ("+10", "–")
    assert (amount(68123.4), amount(4.5), amount(0.01234), amount(7.0)) == ("68,123", "4.50", "0.01234", "7")
    assert day("2024-03-14T08:00:00Z") == "14 Mar 2024"
    assert (duration(90), duration(86_400), duration(0)) == ("2 minutes", "1 day", "0 seconds")
    assert ago("2024-03-14T08:00:00Z", datetime(2024, 3, 16, 8, tzinfo=UTC)) == "2 days ago"
    assert listing('["Ada", "Bram"]') == "Ada, Bram" and listing("{broken") == "{broken"
    assert target({"target": 20.0, "target_high": None, "target_percent": 1}) == "20 %"


@given(st.text(), st.integers(2, 50))
def test_cut_words_are_one_line(text, length):
    assert "\n" not in plain_words(text, length) and len(plain_words(text, length)) <= length + 2


@st.composite
def marked_texts(draw):
    text = draw(st.text(alphabet="ab \n.", max_size=60))
    edges = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(edges, edges), max_size=5))
    return text, [Marked(min(a, b), max(a, b), "call", str(i)) for i, (a, b) in enumerate(pairs)]


@given(marked_texts())
def test_pieces_lose_nothing_and_lie_under_their_claims(sample):
    text, spans = sample
    shown = list(paragraphs(text, spans))
    lines = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in pieces) for pieces in shown] == lines
    for pieces in shown:
        for piece in pieces:
            for claim in piece.claims:
                assert piece.text in text[claim.start : claim.end]


@given(marked_texts())
def test_an_excerpt_holds_the_whole_sentence(sample):
    text, spans = sample
    for span in spans:
        assert excerpt(text, span, around=8)[1].text == text[span.start : span.end]
