"""Long documents in pieces: nothing is lost, and no cut parts a speaker from their words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.models.llm_pieces import OVERLAP, Piece, passages, pieces
from nlp.reading import read
from scrapers.documents import Document

LINES = (
    "Mara Quill of Tern Capital expects Bitcoin to reach $90,000 by June.",
    "“Supply is thin. Demand is not. I would not be short here,” Odo Fennimore said.",
    "“We see ether doubling,” the strategist wrote. “It will not be a straight line.”",
    "He added that a drop below $2,000 would change his mind.",
    "According to the bank, gold has room to rise.",
    "The index closed 2% higher.",
    "What comes next",
    "“The first half was weak",
    "“The second half will be strong,” said Pell Arundel.",
    "Volume was $1.2 billion on Tuesday, 12% more than a week before",
)


def cut(text: str, length: int) -> tuple[Piece, ...]:
    reading = read(Document("d", "article", text))
    return pieces(reading.prepared, reading.voices, length)


def article(lines: list[str], breaks: list[str]) -> str:
    return "".join(line + gap for line, gap in zip(lines, breaks, strict=True)).strip()


texts = st.integers(1, 40).flatmap(
    lambda n: st.builds(
        article,
        st.lists(st.sampled_from(LINES), min_size=n, max_size=n),
        st.lists(st.sampled_from([" ", "\n", "\n\n"]), min_size=n, max_size=n),
    )
)


@given(texts, st.integers(150, 3000))
@settings(max_examples=60, deadline=None)
def test_every_sentence_is_in_a_piece_and_pieces_go_on(text: str, length: int) -> None:
    found = cut(text, length)
    for sentence in read(Document("d", "article", text)).prepared.sentences:
        assert any(p.start <= sentence.start and sentence.end <= p.end for p in found) or (
            sentence.end - sentence.start > length // 2
        )
    assert [p.own for p in found] == sorted({p.own for p in found})
    for before, after in pairwise(found):
        assert before.end <= after.own and not text[before.end : after.own].strip()
        assert after.own - after.start <= OVERLAP
    assert all(p.end - p.start <= max(length, OVERLAP + length // 2) + 1 for p in found)


@given(texts, st.integers(400, 3000))
@settings(max_examples=60, deadline=None)
def test_no_cut_parts_what_belongs_together(text: str, length: int) -> None:
    reading = read(Document("d", "article", text))
    found = pieces(reading.prepared, reading.voices, length)
    for span in passages(reading.prepared, reading.voices):
        if span.end - span.start <= length:
            assert any(p.start <= span.start and span.end <= p.end for p in found)


@given(st.text(max_size=600), st.integers(20, 200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_cut(text: str, length: int) -> None:
    for piece in cut(text, length):
        assert 0 <= piece.start <= piece.own < piece.end <= len(text)


def test_a_short_document_is_one_piece() -> None:
    text = LINES[0]
    assert cut(text, 8000) == (Piece(0, len(text), 0),)
    assert cut("", 8000) == ()


@pytest.mark.parametrize(
    "text",
    [
        "“Supply is thin. Demand is not. I would not be short here. Not now,” Odo Fennimore said.",
        "Odo Fennimore sees gold at $3,000. He added that silver could double.",
    ],
)
def test_words_stay_with_their_speaker(text: str) -> None:
    filler = "The index closed 2% higher. " * 8
    for piece in cut(f"{filler}\n\n{text}\n\n{filler}", 260):
        part = f"{filler}\n\n{text}\n\n{filler}"[piece.start : piece.end]
        assert text in part or not any(word in part for word in ("short here", "silver"))


def test_pieces_end_with_a_paragraph_where_they_can() -> None:
    paragraph = "The index closed 2% higher. " * 5
    text = "\n\n".join([paragraph.strip()] * 6)
    found = cut(text, 320)
    assert len(found) == 3
    assert all(text[p.end : p.end + 1] in ("", "\n") for p in found)


def test_a_long_passage_goes_back_to_who_speaks() -> None:
    text = "“" + "We would rather own gold than bonds at these prices. " * 60 + "That is all,” Odo Fennimore said."
    found = cut(text, 900)
    assert len(found) > 2
    assert all(after.start < after.own for after in found[1:])
