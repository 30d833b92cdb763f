"""The second pass over the corpus: exact quotations, every disagreement decided, and the tables of its README."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from bench.agreement import (
    ERRORS,
    FOLDER,
    Labels,
    agreement_table,
    decision_table,
    decisions,
    disagreements,
    kappa,
    main_asset,
    passes,
    rows,
    stance,
)
from nlp.gold import own_corpus


def texts() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("sentences_*.jsonl")):
        if not path.stem.endswith("_gold"):
            found |= rows(path)
    return found


def quoted(labels: dict[str, Any]) -> list[str]:
    parts = [row["quote"] for row in (*labels["calls"], *labels["correlations"])]
    parts += [row["text"] for row in labels["figures"]]
    return parts + [row["horizon"] for row in labels["calls"] if row["horizon"]]


@pytest.mark.parametrize("name", ["first_pass.jsonl", "second_pass.jsonl"])
def test_a_pass_quotes_at_least_300_documents_exactly(name: str) -> None:
    read, documents = rows(FOLDER / name), texts()
    assert len(read) >= 300
    for key, labels in read.items():
        assert set(labels) == {"id", "calls", "correlations", "figures"}
        for part in quoted(labels):
            assert part and part in documents[key]["text"], (key, part)


def test_the_documents_are_those_of_the_seed() -> None:
    """300 shared out among the voices in proportion (largest remainders), then drawn file by file with seed 4."""
    first, second, settled = passes()
    assert list(first) == list(second) and set(settled) == set(second)
    files = [path for path in sorted(FOLDER.glob("sentences_*.jsonl")) if not path.stem.endswith("_gold")]
    drawn, chance = [], random.Random(4)
    for path, count in zip(files, shares([len(rows(path)) for path in files], len(second)), strict=True):
        ids = list(rows(path))
        drawn += sorted(chance.sample(ids, count), key=ids.index)
    assert drawn == list(second)


def shares(sizes: list[int], seats: int) -> list[int]:
    exact = [seats * size / sum(sizes) for size in sizes]
    rest = sorted(range(len(sizes)), key=lambda i: int(exact[i]) - exact[i])[: seats - sum(map(int, exact))]
    return [int(value) + (i in rest) for i, value in enumerate(exact)]


def test_every_disagreement_is_decided_and_nothing_else() -> None:
    first, second, _ = passes()
    differ = {(key, kind) for key in second for kind in disagreements(first[key], second[key])}
    decided = decisions()
    assert {(row["id"], row["kind"]) for row in decided} == differ
    assert all(row["error"] in ERRORS and row["about"] for row in decided)


def test_the_readme_shows_what_the_script_prints() -> None:
    pytest.importorskip("sklearn")
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert agreement_table() in readme and decision_table() in readme


def test_kappa_is_one_for_the_same_reading_and_less_for_another() -> None:
    pytest.importorskip("sklearn")
    first, second, _ = passes()
    assert kappa(first, first, stance) == 1.0
    assert 0.0 < kappa(first, second, stance) < 1.0


def test_the_main_asset_is_that_of_the_first_call() -> None:
    empty: dict[str, Any] = {"calls": []}
    both = {"calls": [{"asset": "BTC", "stance": "bullish"}, {"asset": "BTC", "stance": "bearish"}]}
    assert main_asset(empty, both) == "BTC" and main_asset(empty, empty) == ""
    assert (stance(empty, "BTC"), stance(both, "BTC")) == ("none", "both")


def test_a_pass_without_texts_is_no_training_document() -> None:
    keys: Labels = rows(FOLDER / "second_pass.jsonl")
    documents = [gold.document for split in ("train", "test") for gold in own_corpus(split)]
    assert all(document.text for document in documents)
    assert max(Counter(document.id for document in documents if document.id in keys).values()) == 1
