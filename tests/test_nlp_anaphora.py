"""What a sentence points back at: "the index", "such breakouts", a list, another case of the last pattern."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

import pytest

from nlp.anaphora import anaphora, points_at_a_pattern, sisters
from nlp.correlation_candidates import pairs
from nlp.correlation_model import MANY, Limits, Scored, chosen
from nlp.correlation_things import Pair, Thing
from nlp.text import prepare
from nlp.train_correlations import RELATIONS, mentions

DATA = tomllib.loads(files("nlp").joinpath("anaphora.toml").read_text(encoding="utf-8"))
LIMITS = Limits(sentence=0.05, first=0.2, again=0.3, beside=0.5, cause=0.3, listed=0.5, dense=0.5)


def candidates(text: str) -> list[Pair]:
    prepared = prepare(text)
    return list(pairs(prepared, mentions(prepared)))


@pytest.mark.parametrize("row", DATA["back"], ids=lambda row: row["id"])
def test_every_row_points_at_what_it_says(row: dict[str, str]) -> None:
    things = [thing for pair in candidates(row["example"]) for thing in (pair.driver, pair.response) if thing.pointed]
    assert {thing.name for thing in things} == {row["means"]}


@pytest.mark.parametrize("row", DATA["again"], ids=lambda row: row["id"])
def test_every_word_of_repetition_is_found_in_its_example(row: dict[str, str]) -> None:
    assert points_at_a_pattern(row["example"])


@pytest.mark.parametrize("row", DATA["sister"], ids=lambda row: row["name"])
def test_a_second_name_means_what_the_document_names(row: dict[str, str]) -> None:
    assert sisters([row["name"], row["where"]]) == {row["name"]: row["where"]}
    assert sisters([row["name"]]) == {}
    names = {pair.driver.name for pair in candidates(row["example"])}
    assert row["where"] in names
    assert row["name"] not in names


def test_a_sentence_without_such_words_points_at_nothing() -> None:
    assert not points_at_a_pattern("Gold rose by a tenth.")
    assert not any(row.pattern.search("Index funds bought shares of a company.") for row in anaphora().back)


def test_the_nearest_name_of_the_sentence_is_meant() -> None:
    text = "The euro is weak. The Nikkei tracks the yen, and a drop of the currency usually lifts it."
    assert not any(pair.driver.pointed for pair in candidates(text))


def test_a_further_case_is_told_of_the_things_of_the_pattern() -> None:
    text = "Copper has often led Litecoin by months. The trader has many readers. In 2016 the coin rose twelvefold."
    told = {(pair.driver.name, pair.response.name) for pair in candidates(text) if pair.sentence == 2}
    assert ("COPPER", "LTC") in told


def test_members_of_a_list_share_its_end() -> None:
    found = {p.response.name: p.response.row for p in candidates("When bubbles burst, gold, silver and copper sink.")}
    assert found["GOLD"] == found["SILVER"] == found["COPPER"] > 0


def test_the_documents_of_many_patterns_quote_themselves() -> None:
    readme = files("nlp").joinpath("corpus", "README.md").read_text(encoding="utf-8")
    lines = files("nlp").joinpath("corpus", "correlation_documents.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    claims = [(row, claim) for row in rows for claim in row["correlations"]]
    assert all(claim["quote"] in row["text"] for row, claim in claims)
    assert all(claim["relation"] in RELATIONS and claim["kind"] == "pattern" for _, claim in claims)
    assert f"holds {len(rows)} short articles with {len(claims)} correlations" in readme
    assert all(prepare(row["text"]).rewritten == ("spun" in row["tags"]) for row in rows)


def scored(*chances: float, sentence: int | None = None, row: int = 0) -> list[Scored]:
    names = ["GOLD", "SILVER", "COPPER", "TIN", "ZINC", "LEAD", "OATS"]
    return [
        Scored(Pair(i if sentence is None else sentence, Thing("DXY", 0, 3), Thing(name, 9, 12, row=row), False), p, 0)
        for i, (p, name) in enumerate(zip(chances, names, strict=False))
    ]


def test_what_is_said_of_one_of_a_list_is_said_of_all() -> None:
    assert len(list(chosen(scored(0.4, 0.15, sentence=1, row=40), LIMITS))) == 2
    assert len(list(chosen(scored(0.4, 0.15, sentence=1), LIMITS))) == 1


def test_the_limits_are_lower_where_many_sentences_tell_a_pattern() -> None:
    assert len(list(chosen(scored(0.4, 0.15), LIMITS))) == 1
    assert len(list(chosen(scored(*[0.4] * MANY, 0.15), LIMITS))) == MANY + 1
