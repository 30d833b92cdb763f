"""The whole articles and posts of nlp/corpus: as many, as varied and as fully annotated as they should be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from markets.assets import registry
from nlp.gold import own_corpus
from tests.corpus_rows import FOLDER, MORE_ROLES, ROLES, Row, misfits, pairs, symbols, unnamed_speakers, unprinted

VOICES = ("bank", "newsletter", "nonnative", "satire", "slang", "tabloid", "thread", "transcript", "wire")
MODAL = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|maybe|probably|likely|unlikely|seems?|tends? to|not|never|nobody|nothing"
    r"|nor|neither|without|hardly|cannot|if|unless|provided|supplied that)\b|n[’']t\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+(?=[“\"A-Z0-9•–→@$])|\n+")


def corpus() -> tuple[tuple[Row, Row], ...]:
    return pairs("documents")


def sentences(text: str) -> list[str]:
    """Sentences of more than three words: rough, and independent of the reader that is measured on them."""
    return [part for part in SENTENCE_END.split(text) if len(part.split()) > 3]


def test_there_are_enough_documents_of_each_kind() -> None:
    kinds = Counter(text["kind"] for text, _ in corpus())
    assert sum(kinds.values()) >= 150
    assert kinds["article"] >= 75 and kinds["post"] >= 75
    assert {text["voice"] for text, _ in corpus()} == set(VOICES)
    assert sum("spun" in text["tags"] for text, _ in corpus()) >= 8


def test_half_of_the_articles_are_about_crypto_and_half_about_the_economy() -> None:
    topics = Counter(text["topic"] for text, _ in corpus() if text["kind"] == "article")
    assert min(topics.values()) >= 0.45 * topics.total()


def test_no_document_stands_twice() -> None:
    texts = [re.sub(r"\W+", " ", text["text"].casefold()) for text, _ in corpus()]
    assert len(set(texts)) == len(texts)
    assert len({text["id"] for text, _ in corpus()}) == len(texts)


def test_articles_have_a_title_and_a_date_and_posts_a_handle_and_a_date() -> None:
    for text, _ in corpus():
        published = datetime.fromisoformat(text["published"]).replace(tzinfo=UTC)
        assert datetime(2013, 1, 1, tzinfo=UTC) < published < datetime(2026, 8, 1, tzinfo=UTC), text["id"]
        if text["kind"] == "post":
            assert text["handle"] and text["field"] == "post", text["id"]
        else:
            assert text["text"].startswith(text["title"] + "\n\n") and text["publisher"], text["id"]
            assert text["field"] == text["topic"] and 110 <= len(text["text"].split()) <= 360, text["id"]


def test_every_field_is_there_and_what_the_guide_allows() -> None:
    for text, labels in corpus():
        assert not misfits(labels), (text["id"], misfits(labels))


def test_quotations_and_numbers_stand_in_the_text() -> None:
    for text, labels in corpus():
        assert not unprinted(text, labels), (text["id"], unprinted(text, labels))


def test_speakers_are_printed_and_most_have_a_name() -> None:
    speakers = Counter[bool]()
    for text, labels in corpus():
        assert not unnamed_speakers(text, labels), (text["id"], unnamed_speakers(text, labels))
        speakers.update(call["speaker"] not in ("", "unnamed") for call in labels["calls"])
    assert speakers[True] >= 0.7 * speakers.total()


def test_symbols_are_known_or_short_names() -> None:
    used = Counter(symbol for _, labels in corpus() for symbol in symbols(labels))
    unknown = {symbol for symbol in used if symbol not in registry()}
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", symbol) for symbol in unknown), unknown
    assert sum(used[symbol] for symbol in unknown) <= 0.05 * used.total(), unknown


def test_a_call_stands_once() -> None:
    for text, labels in corpus():
        keys = [
            (c["speaker"], c["asset"], c["stance"], c["horizon"], str(c["target"]), c["conditional"])
            for c in labels["calls"]
        ]
        assert len(set(keys)) == len(keys), text["id"]


def test_tags_agree_with_the_labels() -> None:
    for text, labels in corpus():
        calls = labels["calls"]
        assert ("nothing" in text["tags"]) == (not calls and not labels["correlations"]), text["id"]
        assert ("conditional" in text["tags"]) == any(call["conditional"] for call in calls), text["id"]
        assert ("opposite" in text["tags"]) == bool(opposed(labels)), text["id"]


def opposed(labels: Row) -> set[str]:
    """Quotations that are bullish on one asset and bearish on another."""
    sides = {(call["quote"], call["stance"]) for call in labels["calls"]}
    return {quote for quote, stance in sides if stance == "bullish" and (quote, "bearish") in sides}


def test_a_fifth_of_the_sentences_with_calls_take_opposite_sides() -> None:
    quotes = sum(len({call["quote"] for call in labels["calls"]}) for _, labels in corpus())
    assert sum(len(opposed(labels)) for _, labels in corpus()) >= 0.2 * quotes


def test_a_quarter_of_the_sentences_are_hedged_negated_or_conditional() -> None:
    found = [sentence for text, _ in corpus() for sentence in sentences(text["text"])]
    assert sum(bool(MODAL.search(sentence)) for sentence in found) >= 0.25 * len(found)


def test_half_of_the_sentences_and_a_tenth_of_the_documents_claim_nothing() -> None:
    quiet = total = 0
    for text, labels in corpus():
        quotes = [row["quote"] for row in (*labels["calls"], *labels["correlations"])]
        for sentence in sentences(text["text"]):
            total += 1
            quiet += not any(sentence in quote or quote in sentence for quote in quotes)
    assert quiet >= 0.5 * total
    assert sum("nothing" in text["tags"] for text, _ in corpus()) >= 0.1 * len(corpus())


@pytest.mark.parametrize("role", (*ROLES, *MORE_ROLES))
def test_figures_of_every_role_are_there(role: str) -> None:
    assert sum(figure["role"] == role for _, labels in corpus() for figure in labels["figures"]) >= 8


def test_every_fifth_document_of_a_voice_is_for_testing() -> None:
    for voice in VOICES:
        splits = [text["split"] for text, _ in corpus() if text["voice"] == voice]
        assert [split == "test" for split in splits] == [number % 5 == 4 for number in range(len(splits))], voice


def test_the_reader_is_measured_on_them() -> None:
    measured = {gold.document.id for gold in own_corpus("test")}
    assert {text["id"] for text, _ in corpus() if text["split"] == "test"} <= measured


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Whole articles and posts")[2]
    for voice in VOICES:
        found = [(text, labels) for text, labels in corpus() if text["voice"] == voice]
        counts = [len(found), sum(text["split"] == "test" for text, _ in found)]
        counts += [sum(len(labels[kind]) for _, labels in found) for kind in ("calls", "correlations", "figures")]
        line = next(line for line in readme.splitlines() if line.startswith(f"| {voice} |"))
        assert [int(cell) for cell in re.findall(r"\d+", line)] == counts, line
