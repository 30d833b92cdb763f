"""Claimed correlations: the data rows keep their promises, arguments are read, and no text makes the reader raise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.assets import find_assets
from nlp.claims import Correlation
from nlp.correlation_arguments import coefficient, instances, lag_days, periods
from nlp.correlation_candidates import pairs
from nlp.correlation_features import _gap_words
from nlp.correlation_phrases import open_phrases
from nlp.correlation_rules import cues, drivers, loose_names, movement, usual_sign
from nlp.correlation_weights import from_arrays, save, shipped, to_arrays
from nlp.correlations import find_correlations
from nlp.extract import extract
from nlp.gold import own_corpus
from nlp.series import with_series
from nlp.text import prepare

WORDS = (
    "Bitcoin",
    "gold",
    "whenever",
    "the dollar",
    "falls",
    "usually",
    "rallies",
    "ETF inflows",
    "halving",
    "?",
    ".",
    "2%",
)


def read(text: str) -> tuple[Correlation, ...]:
    prepared = prepare(text)
    return find_correlations(prepared, with_series(prepared, find_assets(prepared)))


def patterns(text: str) -> list[tuple[str, str, str]]:
    return [(c.driver, c.response, c.relation) for c in read(text) if c.kind == "pattern"]


def test_words_between_two_things_are_read_in_one_order_in_every_process() -> None:
    words = ("tends", "to", "rise", "to", "record", "highs", "after")
    assert _gap_words(" ".join(words)) == tuple(f"gapw:{word}" for word in dict.fromkeys(words))


@pytest.mark.parametrize("cue", cues(), ids=lambda cue: cue.id)
def test_every_cue_is_found_in_its_example(cue) -> None:  # type: ignore[no-untyped-def]
    assert cue.pattern.search(cue.example)


@pytest.mark.parametrize("row", [*drivers(), *loose_names()], ids=lambda row: getattr(row, "label", None) or row.symbol)
def test_every_driver_and_name_is_found_in_its_example(row) -> None:  # type: ignore[no-untyped-def]
    assert row.pattern.search(row.example)


def test_ids_of_events_exist_in_the_events_file() -> None:
    path = Path(__file__).parents[1] / "outcomes" / "events.toml"
    if not path.exists():
        pytest.skip("outcomes/events.toml is not there")
    known = {row["id"] for row in tomllib.loads(path.read_text(encoding="utf-8"))["event"]}
    assert {driver.event_id for driver in drivers() if driver.event_id} <= known


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("A spike in realised losses usually precedes a low.", ["spike realised losses"]),
        ("When magazine covers were gloomy, the Dow gained.", ["magazine covers"]),
        ("It usually falls.", []),
        ("", []),
    ],
)
def test_subjects_that_no_lexicon_lists(text: str, phrases: list[str]) -> None:
    found = open_phrases(text)
    assert [name for _, _, name in found] == phrases
    assert all(0 <= start < end <= len(text) for start, end, _ in found)


def test_the_market_is_that_of_the_document() -> None:
    coins = prepare("Bitcoin this week\n\nExtreme optimism has often come before a fall of the market.")
    shares = prepare("The Dow this week\n\nExtreme optimism has often come before a fall of the market.")
    named = [{pair.response.name for pair in pairs(text, find_assets(text))} for text in (coins, shares)]
    assert "CRYPTO" in named[0] and "STOCKS" not in named[0]
    assert "STOCKS" in named[1]


def test_words_of_movement() -> None:
    assert (
        movement().up.search("Gold rallied")
        and movement().down.search("Gold fell")
        and movement().against.search("inversely")
    )
    assert usual_sign("DXY", "GOLD") == usual_sign("GOLD", "DXY") == -1
    assert usual_sign("BTC", "ETH") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gold and the dollar usually move in opposite directions.", ("GOLD", "DXY", "negative")),
        ("Historically, each halving has been followed by a rally of Bitcoin.", ("halving", "BTC", "positive")),
        ("Whenever the dollar index weakens, Bitcoin tends to do well.", ("DXY", "BTC", "negative")),
        ("The correlation between Bitcoin and the Nasdaq 100 has climbed to 0.8.", ("BTC", "NDX", "positive")),
        ("Every time the Russell 2000 made a record, Bitcoin followed.", ("RUT", "BTC", "positive")),
        ("Falling Bitcoin dominance often signals a rally in altcoins.", ("BTC.D", "ALTS", "positive")),
        (
            "Hilda Marr described a pattern in which the altcoin market cap (excluding Bitcoin and Ethereum) tends to"
            " rally after the Russell 2000 breaks out.",
            ("RUT", "ALTS", "positive"),
        ),
        ("Cardano usually gains once the S&P 500 (not counting Nvidia) makes a record.", ("SPX", "ADA", "positive")),
        ("Gold has usually climbed when real yields fell.", ("US10Y_REAL", "GOLD", "negative")),
    ],
)
def test_plain_patterns(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in patterns(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin and Ether were little changed on Monday.",
        "The S&P 500 closed at 7,218 and gold at $3,455.",
        "Otis Varga expects Solana to reach $360 by June.",
        "Whales bought 310 million XRP in two weeks.",
        "Support for Ether lies at $2,900.",
    ],
)
def test_reports_and_forecasts_are_no_patterns(text: str) -> None:
    assert patterns(text) == []


def test_a_question_keeps_its_modality() -> None:
    found = read("Does a record of the Russell 2000 usually lead to a rally of Bitcoin?")
    assert all(claim.modality == "question" for claim in found)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Bitcoin follows with a lag of about 80 days.", 80),
        ("The top came two to three months later.", (60, 90)),
        ("Altcoins usually catch up within six weeks.", 42),
        ("It gained over the next twelve months.", 360),
        ("Gold rose on Monday.", None),
        ("The first preceded the second by about eleven weeks.", 77),
        ("Ether topped inside two weeks of it.", 14),
        ("It lost 12% over the subsequent three months.", 90),
        ("Small caps ran with a 70-day lead over coins.", 70),
        ("The stock is worth $12 a month.", None),
    ],
)
def test_lags(text: str, days: object) -> None:
    assert lag_days(text) == days


def test_coefficient_instances_and_periods() -> None:
    assert coefficient("The correlation of Ether with gold stands at 0.81.") == 0.81
    assert coefficient("a correlation of minus 0.6 with the dollar") == -0.6
    assert instances("In the last three instances it rallied.") == 3
    assert instances("It has flashed four times before.") == 4
    assert instances("Bitcoin was higher a week later in 14 of 18 cases.") == 18
    assert instances("Twice before it tripled.") == 2
    assert instances("It worked in each of the last six tightening campaigns.") == 6
    assert instances("Gold rose for two sessions.") is None
    assert coefficient("a negative 0.35 correlation with bonds") == -0.35
    assert coefficient("The relationship held as gold rose by .75%") is None
    assert periods("in Q4 2020, the summer of 2016, from 2017-18 and at $2,017") == (
        "Q4 2020",
        "summer of 2016",
        "2017-18",
    )
    assert periods("as in late 2018, June 2020 and 2023") == ("late 2018", "June 2020", "2023")


def test_the_model_survives_its_archive(tmp_path: Path) -> None:
    model = shipped()
    save(model, tmp_path / "again.npz")
    weights = Path(__file__).parents[1] / "nlp" / "weights" / "correlations.npz"
    assert (tmp_path / "again.npz").read_bytes() == weights.read_bytes()
    assert from_arrays(to_arrays(model)) == model
    assert weights.stat().st_size < 220_000  # of the 1 MB for all weights together


def test_quotes_stand_in_the_text() -> None:
    text = "Small caps lead\n\nWhenever the Russell 2000 made a record, Bitcoin followed. Gold falls when yields rise."
    assert all(text[c.start : c.end] == c.quote for c in read(text))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    assert all(text[c.start : c.end] == c.quote for c in read(text))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    assert all(0.0 <= c.confidence <= 1.0 and text[c.start : c.end] == c.quote for c in read(text))


def test_the_number_of_an_index_is_no_period() -> None:
    from nlp.correlation_arguments import periods

    assert periods("The Russell 2000 broke out in late 2020 and in 2017.") == ("late 2020", "2017")


def test_the_event_is_that_of_the_driver() -> None:
    (claim,) = (c for c in read("Altcoins tend to surge after the Russell 2000 breaks out.") if c.kind == "pattern")
    assert (claim.driver, claim.driver_event, claim.response) == ("RUT", "breaks out", "ALTS")


def test_what_is_left_out_is_in_no_pair() -> None:
    text = "The crypto market outside of Bitcoin usually rises when stocks, excluding Tesla, gain."
    prepared = prepare(text)
    named = {name for pair in pairs(prepared, find_assets(prepared)) for name in (pair.driver.name, pair.response.name)}
    assert "STOCKS" in named and not named & {"BTC", "TSLA"}


def test_an_asset_moves_itself_only_by_an_event() -> None:
    found = [claim for gold in own_corpus("test") for claim in extract(gold.document).correlations]
    assert any(claim.driver == claim.response for claim in found)
    assert all(claim.driver_event for claim in found if claim.driver == claim.response)
