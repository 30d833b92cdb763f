"""Relations that a sentence states in so many words are read by rule."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from nlp.correlation_candidates import pairs
from nlp.directions import stated_relation
from nlp.text import prepare
from nlp.train_correlations import mentions

ROWS = [json.loads(line) for line in files("nlp").joinpath("directions.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_every_sentence_goes_the_way_it_says(row: dict[str, str | None]) -> None:
    prepared = prepare(str(row["text"]))
    found = [
        p
        for p in pairs(prepared, mentions(prepared))
        if {p.driver.name, p.response.name} == {row["driver"], row["response"]}
    ]
    straight = [
        p
        for p in found
        if p.driver.name == row["driver"] and p.driver.start is not None and p.response.start is not None
    ]
    assert straight, [(p.driver.name, p.response.name) for p in pairs(prepared, mentions(prepared))]
    assert {stated_relation(prepared, pair) for pair in straight} == {row["relation"]}


def test_there_are_enough_sentences_of_each_relation() -> None:
    relations = [row["relation"] for row in ROWS]
    assert len(ROWS) >= 40
    assert min(map(relations.count, ("positive", "negative", None))) >= 8
