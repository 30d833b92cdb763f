"""The sentences of nlp/corpus: quotations stand in the texts, symbols are known, shares are what they should be."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from markets.assets import registry

FOLDER = Path(str(files("nlp").joinpath("corpus")))
LEAST = {  # share of the documents
    "hedged, negated or conditional": 0.25,
    "opposite": 0.20,
    "spun": 0.10,
    "posts": 0.20,
    "nothing": 1 / 3,
    "macro": 1 / 3,
}
ROLES = ("price", "target", "level", "change", "flow", "holding", "volume", "rate", "share", "count")
MORE_ROLES = ("indicator", "duration", "other")
UNIT = re.compile(r"USD|EUR|%|x|bps|points|coins:[A-Z0-9]+|shares|count|days|weeks|months|years|other")
SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9_.]+")

Row = dict[str, Any]


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def corpus() -> tuple[tuple[Row, Row], ...]:
    """(document, labels) of every annotated sentence, in the order of the files."""
    pairs: list[tuple[Row, Row]] = []
    for labels in sorted(FOLDER.glob("sentences_*_gold.jsonl")):
        texts = _rows(labels.with_name(labels.name.replace("_gold", "")))
        marks = _rows(labels)
        assert [t["id"] for t in texts] == [m["id"] for m in marks], labels.name
        pairs += zip(texts, marks, strict=True)
    return tuple(pairs)


def test_it_is_large_enough() -> None:
    assert len(corpus()) >= 1500


def test_no_document_stands_twice() -> None:
    texts = [re.sub(r"\W+", " ", text["text"].casefold()) for text, _ in corpus()]
    assert len(set(texts)) == len(texts)
    assert len({text["id"] for text, _ in corpus()}) == len(texts)


def test_quotations_and_numbers_stand_in_the_text() -> None:
    for text, labels in corpus():
        parts = [row["quote"] for row in (*labels["calls"], *labels["correlations"])]
        parts += [row["text"] for row in labels["figures"]]
        parts += [row["horizon"] for row in labels["calls"] if row["horizon"]]
        for part in parts:
            assert part and part in text["text"], (text["id"], part)
        assert all(len(row["quote"]) <= 300 for row in (*labels["calls"], *labels["correlations"])), text["id"]


def test_speakers_are_printed() -> None:
    for text, labels in corpus():
        for row in (*labels["calls"], *labels["correlations"]):
            speaker = row["speaker"]
            printed = speaker in ("", "unnamed", "@" + text.get("handle", "")) or speaker in text["text"]
            assert printed, (text["id"], speaker)


def test_symbols_are_known() -> None:
    for text, labels in corpus():
        symbols = {row["asset"] for row in (*labels["calls"], *labels["figures"]) if row["asset"]}
        symbols |= {
            side
            for row in labels["correlations"]
            for side in (row["driver"], row["response"])
            if SYMBOL.fullmatch(side)
        }
        assert symbols <= set(registry()), (text["id"], symbols - set(registry()))


def test_fields_hold_what_the_guide_allows() -> None:
    for text, labels in corpus():
        for call in labels["calls"]:
            assert call["stance"] in ("bullish", "bearish", "neutral"), text["id"]
        for row in labels["correlations"]:
            assert row["relation"] in ("positive", "negative", "none"), text["id"]
            assert row["kind"] in ("pattern", "cause"), text["id"]
        for figure in labels["figures"]:
            assert figure["role"] in (*ROLES, *MORE_ROLES) and UNIT.fullmatch(figure["unit"]), (text["id"], figure)
            assert figure["hedge"] in (None, "approx", "over", "under"), (text["id"], figure)


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
