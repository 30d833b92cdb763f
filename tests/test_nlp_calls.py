"""Calls: stance, target, horizon, condition, speaker, and quotes that are exact."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from nlp.calls import without_repeats
from nlp.claims import Call, Horizon, Target
from nlp.conditions import find_condition
from nlp.extract import extract
from nlp.modality import modality_of
from nlp.reading import read
from nlp.targets import find_target
from nlp.text import Sentence
from scrapers.documents import Document


def calls(text: str, kind: str = "article", handle: str | None = None) -> list[Call]:
    document = Document(
        id="d",
        kind=kind,  # type: ignore[arg-type]
        text=text,
        handle=handle,
        published=datetime(2025, 7, 1, tzinfo=UTC),
        published_precision="day",
    )
    return list(extract(document).calls)


ARTICLE = (
    "Bitcoin Could Reach $140,000, Says Mara Ellison\n\n"
    "Analyst Mara Ellison predicts that Bitcoin will climb to $140,000 by the end of the year. "
    "However, if Bitcoin fails to hold $100,000, she expects the price to fall to $88,000. "
    "Bitcoin traded at $108,000 on Monday, up 2% from Sunday."
)


def test_what_a_voice_only_says_again_is_one_call() -> None:
    one = next(c for c in calls(ARTICLE) if c.stance == "bullish" and c.speaker == "Mara Ellison")
    again = replace(one, start=one.start + 1, confidence=0.1)
    other = [
        replace(again, target=Target(1.0)),
        replace(again, horizon=Horizon("in May")),
        replace(again, condition="if it holds"),
        replace(again, stance="bearish"),
        replace(again, speaker="Nils Orr"),
    ]
    assert without_repeats([again, one]) == (one,)
    plain = replace(one, target=None, horizon=None, confidence=0.99)
    assert without_repeats([plain, one]) == (replace(one, confidence=0.99),)
    assert without_repeats([one, *other]) == (one, *other)
    nobody = replace(one, speaker="unnamed")
    assert without_repeats([nobody, nobody]) == (nobody, nobody)
    assert without_repeats([]) == ()


def test_a_forecast_with_target_horizon_and_speaker() -> None:
    found = [c for c in calls(ARTICLE) if c.stance == "bullish" and c.target]
    assert any(
        c.asset == "BTC" and c.speaker == "Mara Ellison" and c.target == Target(140000.0) and c.horizon
        and c.horizon.end == date(2025, 12, 31)
        for c in found
    )  # fmt: skip


def test_the_other_branch_is_a_conditional_bearish_call_with_its_level() -> None:
    bearish = [c for c in calls(ARTICLE) if c.stance == "bearish"]
    assert bearish and bearish[0].conditional
    assert (bearish[0].condition_asset, bearish[0].condition_side, bearish[0].condition_level) == (
        "BTC",
        "below",
        100000.0,
    )


def test_a_past_move_is_no_call() -> None:
    assert not [c for c in calls(ARTICLE) if "traded at" in c.quote]


def test_quotes_are_exact() -> None:
    for call in calls(ARTICLE):
        assert ARTICLE[call.start : call.end] == call.quote


def test_two_voices_of_one_sentence_make_two_calls() -> None:
    text = "Targets\n\nMorgan Vale and Elm Hill predict that Bitcoin will rally to $150,000 by the end of 2025."
    assert {c.speaker for c in calls(text) if c.asset == "BTC"} >= {"Morgan Vale", "Elm Hill"}


def test_a_post_is_its_authors_call() -> None:
    found = calls("Still long $BTC here. Looking for $140,000 by year-end, this will rally big.", "post", "moonlit_fox")
    assert found and all(c.speaker == "@moonlit_fox" and c.stance == "bullish" for c in found)


ROWS = tomllib.loads(Path(str(files("nlp").joinpath("conditions.toml"))).read_text(encoding="utf-8"))["opener"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["example"][:40])
def test_every_condition_row_finds_its_example(row: dict[str, str]) -> None:
    assert find_condition(row["example"], 0, len(row["example"]), "COPPER") is not None


def test_a_plain_statement_has_no_condition() -> None:
    assert find_condition("Copper will climb to $12,000.", 0, 29, "COPPER") is None


MODALITY = tomllib.loads(Path(str(files("nlp").joinpath("modality.toml"))).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "row"), [(n, r) for n, rows in MODALITY.items() for r in rows])
def test_every_modality_row_reads_its_example(name: str, row: dict[str, str]) -> None:
    text = row["example"]
    tone = modality_of(text, 0, len(text), Sentence(0, len(text), 0, "body"))
    read_as = {"hedged": tone.hedged, "negated": tone.negated, "historical": tone.modality == "historical"}
    assert read_as[name]


def test_a_question_and_a_heading_are_marked() -> None:
    text = "Will copper double?"
    assert modality_of(text, 0, len(text), Sentence(0, len(text), 0, "body")).modality == "question"
    assert modality_of("Copper to double", 0, 16, Sentence(0, 16, 0, "heading")).modality == "heading"


@pytest.mark.parametrize(
    ("text", "stance", "target"),
    [
        ("Ether could rally to $4,000 next month.", "bullish", Target(4000.0)),
        ("Ether may trade between $3,000 and $3,500 this year.", "neutral", Target(3000.0, 3500.0)),
        ("Ether could gain 40% from here by December.", "bullish", Target(40.0, None, True)),
        ("Ether traded at $2,500 on Friday.", "bullish", None),
    ],
)
def test_targets(text: str, stance: str, target: Target | None) -> None:
    reading = read(Document(id="d", kind="article", text=f"Ether news\n\n{text}"))
    candidate = next(c for c in reading.candidates if c.asset == "ETH" and c.clause.start > 9)
    assert find_target(reading, candidate, stance, None) == target  # type: ignore[arg-type]


TARGETS = tomllib.loads(Path(str(files("nlp").joinpath("targets.toml"))).read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", [row for rows in TARGETS.values() for row in rows], ids=lambda row: row["example"][:40])
def test_every_row_of_targets_finds_the_target_of_its_example(row: dict[str, Any]) -> None:
    reading = read(Document(id="d", kind="article", text=f"In brief\n\n{row['example']} More follows on page two."))
    candidate = next(c for c in reading.candidates if c.asset == row["asset"] and c.clause.start > 8)
    assert find_target(reading, candidate, row["stance"], None) == Target(row["target"])


def test_the_next_sentence_can_name_the_target() -> None:
    text = "In brief\n\nEther looks strong and should go higher. The next target would be the $4,200 level."
    reading = read(Document(id="d", kind="article", text=text))
    candidate = next(c for c in reading.candidates if c.asset == "ETH" and c.clause.start > 8)
    assert find_target(reading, candidate, "bullish", None) == Target(4200.0)


def test_house_prices_fall_by_a_percentage_and_a_rate_stays_at_a_level() -> None:
    text = (
        "In brief\n\nMara Ellison said US house prices could tumble by 15%. The Fed will hold its rate steady at 4.5%."
    )
    reading = read(Document(id="d", kind="article", text=text))
    house = next(c for c in reading.candidates if c.asset == "US_HOUSING" and c.origin == "explicit")
    rate = next(c for c in reading.candidates if c.asset == "FEDFUNDS" and c.origin == "explicit")
    assert find_target(reading, house, "bearish", None) == Target(-15.0, None, True)
    assert find_target(reading, rate, "neutral", None) == Target(4.5)
