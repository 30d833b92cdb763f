"""Figures: roles, assets, hedges, quotes with exact spans."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.assets import find_assets
from nlp.claims import Figure
from nlp.figures import find_figures
from nlp.figures.context import surroundings
from nlp.figures.grammar import find_quantities
from nlp.figures.lexicon import RoleRule, role_rules
from nlp.figures.linear import shipped
from nlp.figures.rules import beside, matching
from nlp.periods import find_periods
from nlp.text import prepare


def figures(text: str, published: date | None = None, kind: str = "article") -> list[Figure]:
    prepared = prepare(text, kind)  # type: ignore[arg-type]
    return list(find_figures(prepared, find_assets(prepared), "d", published))


@pytest.mark.parametrize("rule", role_rules(), ids=lambda rule: rule.id)
def test_every_role_rule_matches_its_example(rule: RoleRule) -> None:
    marked = re.search(r"\[\[(.+?)\]\]", rule.example)
    assert marked
    prepared = prepare(rule.example.replace("[[", "").replace("]]", ""), "post")
    found = find_quantities(prepared.text, find_periods(prepared.text), find_assets(prepared))
    quantity, around = next(
        (q, a) for q, a in zip(found, surroundings(prepared, found), strict=True) if q.start == marked.start()
    )
    assert rule.id in [r.id for r in matching(quantity, *beside(prepared, around))]


@pytest.mark.parametrize(
    ("text", "printed", "role"),
    [
        ("Bitcoin is trading at $61,000 on Friday.", "$61,000", "price"),
        ("Bitcoin could climb to $90,000 by December, Mara Vale said.", "$90,000", "target"),
        ("If Bitcoin loses the $58,000 support, bulls are in trouble.", "$58,000", "level"),
        ("Bitcoin rose 4% on Friday.", "4%", "change"),
        ("Bitcoin funds saw $75 million in net inflows.", "$75 million", "flow"),
        ("Ethereum now has a market cap of $300 billion.", "$300 billion", "holding"),
        ("Solana did $19 billion in 24-hour trading volume.", "$19 billion", "volume"),
        ("Markets price a 70% chance of a rate cut.", "70%", "share"),
        ("The RSI of Bitcoin stands at 71.", "71", "indicator"),
    ],
)
def test_roles_of_plain_cases(text: str, printed: str, role: str) -> None:
    assert {f.text: f.role for f in figures(text)}[printed] == role


def test_each_figure_goes_to_its_own_asset() -> None:
    found = {f.text: f.asset for f in figures("XRP rose 5%, Solana gained 4%, and Cardano climbed 6.25% on Friday.")}
    assert found == {"5%": "XRP", "4%": "SOL", "6.25%": "ADA"}


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("Bitcoin trades at about $61,000.", "approx"),
        ("Bitcoin gained more than 4% today.", "over"),
        ("Bitcoin lost less than 4% today.", "under"),
        ("Bitcoin lost 4% today.", None),
    ],
)
def test_hedges(text: str, hedge: str | None) -> None:
    assert [f.hedge for f in figures(text)] == [hedge]


def test_a_figure_carries_the_period_beside_it() -> None:
    figure = figures("Bitcoin gained 40% in Q3 2025.", date(2025, 11, 2))[0]
    assert (figure.period, figure.period_start, figure.period_end) == ("Q3 2025", date(2025, 7, 1), date(2025, 9, 30))


def test_figures_of_a_paraphrased_text_point_into_it() -> None:
    text = (
        "The urge for food for danger belongings is again. Oats fell, Brok famous that web outflows grew, "
        "and pink flags appeared. Bitcoin rose 12% and traders noticed web outflows of $4 million."
    )
    found = figures(text)
    assert {f.text for f in found} == {"12%", "$4 million"}
    assert all(f.rewritten for f in found)
    check(text, found)


def check(text: str, found: list[Figure]) -> None:
    for figure in found:
        assert text[figure.start : figure.end] == figure.quote
        assert text[figure.text_start : figure.text_start + len(figure.text)] == figure.text
        assert figure.start <= figure.text_start
        assert figure.text_start + len(figure.text) <= figure.end
        assert len(figure.quote) <= 300 or len(figure.text) > 260


ARTICLE = (
    "Tin climbs as smelters close\n\nTin rose 3% to $31,400 on Monday, its highest since May 2022, and could reach "
    "$40,000 by year-end, said Mara Vale of Oost & Kamp. “Supply is down by a third,” she wrote. Bitcoin (BTC) fell "
    "2.5% — its ETFs lost $120 million in outflows — as the U.S. dollar gained. — Tilda Brok (@tildabrok) March 3, "
    "2024 The Russell 2000 ended at 2,345.60, up 12 points, or 0.5 percent. Support lies between $85,000 and $90,000."
)


def test_every_prefix_of_an_article_gives_exact_spans() -> None:
    for length in range(0, len(ARTICLE), 7):
        check(ARTICLE[:length], figures(ARTICLE[:length]))


def test_a_very_long_sentence_gives_a_quote_of_at_most_300_characters() -> None:
    text = (
        "Tin "
        + "and copper and barley, " * 60
        + "rose 3% to $40 "
        + "while wool and oats and rye sank, " * 60
        + "he said."
    )
    found = figures(text)
    assert [f.text for f in found] == ["3%", "$40"]
    check(text, found)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["article", "post"]))
def test_any_text_gives_exact_spans(text: str, kind: str) -> None:
    check(text, figures(text, date(2025, 1, 1), kind))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_exact_spans(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    check(text, figures(text))


def test_the_shipped_models_are_plain_numbers() -> None:
    assert set(shipped()) == {"keep", "role", "asset"}
    assert len(shipped()["role"].classes) == 13


def test_the_layers_read_at_speed(capsys: pytest.CaptureFixture[str]) -> None:
    figures(ARTICLE)
    begun, words = time.process_time(), 0
    while words < 4_000:
        figures(ARTICLE)
        words += len(ARTICLE.split())
    speed = words / (time.process_time() - begun)
    with capsys.disabled():
        print(f"\nlayers 0-2: {speed:,.0f} words per CPU-second")
    assert speed > 5_000  # a tenth of what one free core does
