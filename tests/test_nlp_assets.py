"""Layer 1: names of assets in running text."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import exclusions
from nlp.assets import find_assets
from nlp.text import prepare


def symbols(text: str, names: bool = False) -> list[str]:
    return [m.symbol for m in find_assets(prepare(text, "post"), names=names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitcoin fell while Ether rose.", ["BTC", "ETH"]),
        ("Bitcoin’s price and BTC's supply", ["BTC", "BTC"]),
        ("The Russell 2000 outran the S&P 500.", ["RUT", "SPX"]),
        ("long $BTC and $ZZXQ here", ["BTC", "ZZXQ"]),
        ("#Bitcoin is up", ["BTC"]),
    ],
)
def test_names_tickers_and_cashtags_give_canonical_symbols(text: str, expected: list[str]) -> None:
    assert symbols(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bitcoin Cash rallied past its price of May.", ["BCH"]),
        ("The Euro Stoxx 50 could fall.", ["EUROSTOXX50"]),
        ("The Australian dollar and the Canadian dollar may rise.", ["AUDUSD", "USDCAD"]),
        ("Euro vs US Dollar: where next?", ["EURUSD"]),
    ],
)
def test_the_longest_name_wins(text: str, expected: list[str]) -> None:
    assert symbols(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sold the oil this morning", ["WTI"]),
        ("I like oil, he does not", ["WTI"]),
        ("a bottle of oil on the table", []),
        ("Buy Avalanche, sell Cardano.", ["AVAX", "ADA"]),
        ("An avalanche closed the road.", []),
        ("short usdjpy from here", ["USDJPY"]),
        ("Hold Circle.", ["CRCL"]),
        ("Circle the date.", []),
    ],
)
def test_a_name_that_is_a_word_too_counts_where_it_is_bought_or_priced(text: str, expected: list[str]) -> None:
    assert symbols(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She likes the tech, energy and materials sectors.", ["TECH", "ENERGY", "MATERIALS"]),
        ("Funds bought European and emerging market (EM) stocks.", ["EUROZONE_STOCKS", "EM_STOCKS"]),
        ("The spring should help banking and energy shares.", ["FINANCIALS", "ENERGY"]),
        ("He bought energy drinks and running shares.", []),
    ],
)
def test_a_list_with_one_head_names_every_member(text: str, expected: list[str]) -> None:
    assert symbols(text) == expected


def test_an_apostrophe_may_be_curly() -> None:
    assert symbols("Bitcoin's dominance slips.") == symbols("Bitcoin’s dominance slips.") == ["BTC.D"]


@pytest.mark.parametrize("text", ["Bitcoin Weekly reported it.", "He wrote to Bitcoin Briefing."])
def test_an_asset_inside_a_publications_name_is_left_out_unless_asked_for(text: str) -> None:
    assert symbols(text) == []
    kept = find_assets(prepare(text, "post"), names=True)
    assert [(m.symbol, m.in_name) for m in kept] == [("BTC", True)]


@pytest.mark.parametrize(
    ("text", "asset"),
    [
        ("USD/JPY Weekly Forecast", "USDJPY"),
        ("Silver Daily Outlook", "SILVER"),
        ("Bitcoin Bull Run Resumes", "BTC"),
        ("Bitcoin Post-Halving Rally", "BTC"),
    ],
)
def test_a_headline_about_an_asset_is_no_publications_name(text: str, asset: str) -> None:
    assert symbols(text) == [asset]


def test_a_word_inside_another_is_no_asset() -> None:
    assert symbols("CryptoQuant and Bitcoiners agreed.") == []


def test_a_compound_marks_the_mention_as_modifier() -> None:
    mention = find_assets(prepare("It offers bitcoin-backed loans.", "post"))[0]
    assert mention.modifier


def test_the_name_of_a_sister_index_is_flagged() -> None:
    text = "The Russell 2000 Value index rose. The Russell 2000 leads, and the Russell 2000 is cheap."
    mention = find_assets(prepare(text, "post"))[0]
    assert (mention.symbol, mention.mismatch) == ("RUT", True)


def test_a_company_introduced_with_its_ticker_is_known_from_then_on() -> None:
    assert symbols("Barnfield Energy (BRNF) rose. Later Barnfield Energy fell.") == ["BRNF"] * 3
    assert symbols("The Relative Strength Index (RSI) rose, said the Harvest Trade Council (HTC).") == []


def test_one_altcoin_points_back_while_altcoins_are_a_group() -> None:
    assert symbols("The altcoin fell to $3 as the price slid.") == []
    assert symbols("Altcoins fell, and the altcoin market shrank.") == ["ALTS", "ALTS"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_mentions_lie_in_the_text_and_never_overlap(text: str) -> None:
    prepared = prepare(text, "post")
    last = 0
    for mention in find_assets(prepared, names=True):
        assert last <= mention.start < mention.end
        assert prepared.text[mention.start : mention.end] == mention.text
        last = mention.end


def exclusion_rows() -> list[dict[str, list[str]]]:
    data = tomllib.loads(Path(exclusions.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return [row for kind in ("anywhere", "unless_added", "bracket") for row in data[kind]]


@pytest.mark.parametrize(("text", "out"), [tuple(says) for row in exclusion_rows() for says in row["says"]])
def test_names_a_statement_leaves_out(text: str, out: str) -> None:
    found = find_assets(prepare(text), names=True)
    assert list(dict.fromkeys(m.symbol for m in found if m.excluded)) == out.split()
    assert not set(out.split()) & {m.symbol for m in find_assets(prepare(text))}


@pytest.mark.parametrize("text", [text for row in exclusion_rows() for text in row["keeps"]])
def test_names_that_only_seem_left_out(text: str) -> None:
    assert not any(m.excluded for m in find_assets(prepare(text), names=True))
