"""The sentences of nlp/corpus: quotations stand in the texts, symbols are known, shares are what they should be."""

from __future__ import annotations

import re

import pytest

from markets.assets import registry
from tests.corpus_rows import FOLDER, Row, misfits, pairs, symbols, unnamed_speakers, unprinted

LEAST = {  # share of the documents
    "hedged, negated or conditional": 0.25,
    "opposite": 0.20,
    "spun": 0.10,
    "posts": 0.20,
    "nothing": 1 / 3,
    "macro": 1 / 3,
}


def corpus() -> tuple[tuple[Row, Row], ...]:
    """(document, labels) of every annotated sentence, in the order of the files."""
    return pairs("sentences")


def test_it_is_large_enough() -> None:
    assert len(corpus()) >= 1500


def test_no_document_stands_twice() -> None:
    texts = [re.sub(r"\W+", " ", text["text"].casefold()) for text, _ in corpus()]
    assert len(set(texts)) == len(texts)
    assert len({text["id"] for text, _ in corpus()}) == len(texts)


def test_quotations_and_numbers_stand_in_the_text() -> None:
    for text, labels in corpus():
        assert not unprinted(text, labels), (text["id"], unprinted(text, labels))


def test_speakers_are_printed() -> None:
    for text, labels in corpus():
        assert not unnamed_speakers(text, labels), (text["id"], unnamed_speakers(text, labels))


def test_symbols_are_known() -> None:
    for text, labels in corpus():
        assert symbols(labels) <= set(registry()), (text["id"], symbols(labels) - set(registry()))


def test_fields_hold_what_the_guide_allows() -> None:
    for text, labels in corpus():
        assert not misfits(labels), (text["id"], misfits(labels))


def test_tags_agree_with_the_labels() -> None:
    for text, labels in corpus():
        nothing = not labels["calls"] and not labels["correlations"]
        assert ("nothing" in text["tags"]) == nothing, text["id"]
        assert "conditional" in text["tags"] or not any(c["conditional"] for c in labels["calls"]), text["id"]


@pytest.mark.parametrize("name", LEAST)
def test_shares(name: str) -> None:
    counted = sum(_has(text, name) for text, _ in corpus())
    assert counted >= LEAST[name] * len(corpus()), f"{name}: {counted} of {len(corpus())}"


def _has(text: Row, name: str) -> bool:
    if name == "posts":
        return text["kind"] == "post" and bool(text["handle"])
    if name == "macro":
        return bool(text["topic"] == "macro")
    return bool(set(text["tags"]) & set(re.split(r", | or ", name)))


def test_every_fifth_document_of_a_voice_is_for_testing() -> None:
    voices: dict[str, list[str]] = {}
    for text, _ in corpus():
        voices.setdefault(text["voice"], []).append(text["split"])
    assert len(voices) >= 9
    for splits in voices.values():
        assert [s == "test" for s in splits] == [number % 5 == 4 for number in range(len(splits))]


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for voice in {text["voice"] for text, _ in corpus()}:
        rows = [(text, labels) for text, labels in corpus() if text["voice"] == voice]
        counts = [len(rows), sum(text["split"] == "test" for text, _ in rows)]
        counts += [sum(len(labels[kind]) for _, labels in rows) for kind in ("calls", "correlations", "figures")]
        line = next(line for line in readme.splitlines() if line.startswith(f"| {voice} |"))
        assert [int(cell) for cell in re.findall(r"\d+", line)] == counts, line
