"""Long documents cut into pieces that an LLM reads one by one, without parting a speaker from their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp.attribution import Attribution
from nlp.text import Prepared

LENGTH = 8_000  # characters a piece should have at most: some 2,000 tokens, more than most articles
OVERLAP = 1_500  # characters a piece goes back to the speaker's name where a passage had to be parted


@dataclass(frozen=True, slots=True)
class Piece:
    """`document.text[start:end]`; characters before `own` were in the piece before as well."""

    start: int
    end: int
    own: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Sentences `first` to `last` (not included) with their characters in the prepared text."""

    first: int
    last: int
    start: int
    end: int


def pieces(prepared: Prepared, voices: Sequence[Attribution], length: int = LENGTH) -> tuple[Piece, ...]:
    """The document in pieces of about `length` characters, in order; every sentence is in one of them.

    A cut falls between paragraphs where it can, else between sentences; never inside a quotation, nor between words
    and the sentence that names their speaker. A passage that is longer than `length` by itself is parted between
    its sentences, and the next piece goes back to the one that names the speaker, by at most OVERLAP characters.
    """
    if not prepared.sentences:
        return ()
    first, last = prepared.sentences[0].start, prepared.sentences[-1].end
    if last - first <= length:
        return (_piece(prepared, first, last, first),)
    return tuple(_packed(prepared, voices, length))


def _piece(prepared: Prepared, start: int, end: int, own: int) -> Piece:
    first, last = prepared.to_original(start, end)
    return Piece(first, last, prepared.to_original(own, end)[0])


def _packed(prepared: Prepared, voices: Sequence[Attribution], length: int) -> Iterator[Piece]:
    """Passages put together while they fit; one that ends a paragraph is preferred as the end of a piece."""
    waiting: list[_Span] = []
    for span in passages(prepared, voices):
        while waiting and span.end - waiting[0].start > length:
            count = _best_end(prepared, waiting, length)
            yield _piece(prepared, waiting[0].start, waiting[count - 1].end, waiting[0].start)
            waiting = waiting[count:]
        if span.end - span.start > length:
            yield from _parted(prepared, voices, span, length)
        else:
            waiting.append(span)
    if waiting:
        yield _piece(prepared, waiting[0].start, waiting[-1].end, waiting[0].start)


def _best_end(prepared: Prepared, waiting: Sequence[_Span], length: int) -> int:
    """How many of the passages to take: up to the last that ends a paragraph, if that fills half a piece."""
    for count in range(len(waiting) - 1, 0, -1):
        here, following = waiting[count - 1], waiting[count]
        if here.end - waiting[0].start < length // 2:
            break
        if prepared.sentences[here.last - 1].paragraph != prepared.sentences[following.first].paragraph:
            return count
    return len(waiting)


# --- what belongs together --------------------------------------------------------------------------------------


def passages(prepared: Prepared, voices: Sequence[Attribution]) -> list[_Span]:
    """The runs of sentences that no cut may part."""
    tied = _tied(prepared, voices)
    edges = [0, *(n for n in range(1, len(prepared.sentences)) if not tied[n]), len(prepared.sentences)]
    rows = prepared.sentences
    return [_Span(a, b, rows[a].start, rows[b - 1].end) for a, b in pairwise(edges)]


_OPENS = re.compile(r"[\"“”„«‘']")


def _tied(prepared: Prepared, voices: Sequence[Attribution]) -> list[bool]:
    """For each sentence whether it must stay with the one before it."""
    rows, tied = prepared.sentences, [False] * len(prepared.sentences)
    for start, end in prepared.quotes:
        for number in range(prepared.sentence_at(start) + 1, prepared.sentence_at(max(start, end - 1)) + 1):
            tied[number] = True
    for voice in voices:
        number = prepared.sentence_at(voice.start)
        if _looks_back(voice):
            tied[number] = True
        if voice.rule == "quote_ahead" and number + 1 < len(rows):
            tied[number + 1] = True
    for number in range(1, len(rows)):
        before, here = rows[number - 1], rows[number]
        if before.role in ("heading", "title") or _goes_on(prepared, before.end, here.start):
            tied[number] = True
    return tied


def _looks_back(voice: Attribution) -> bool:
    """Whether who speaks is only known from before: a voice carried on, "he added", "the bank's report"."""
    reference = voice.rule.partition(":")[2]
    return voice.rule.startswith("carried") or reference not in ("", "group", "someone", "also")


def _goes_on(prepared: Prepared, end: int, start: int) -> bool:
    """Whether a quotation goes on over the break: the paragraph ends inside one and the next opens with a mark."""
    unclosed = any(q[1] == end and prepared.text[end - 1] not in '”"»' for q in prepared.quotes)
    return unclosed and bool(_OPENS.match(prepared.text, start))


# --- passages that are too long for one piece -------------------------------------------------------------------


def _parted(prepared: Prepared, voices: Sequence[Attribution], span: _Span, length: int) -> Iterator[Piece]:
    """A passage in pieces, each of which starts where the speaker of its first own sentence is named."""
    back = {prepared.sentence_at(v.start): v.distance for v in voices if _looks_back(v)}
    at = span.start
    while at < span.end:
        start = _named_from(prepared, back, at, span)
        end = _cut(prepared, start, at, span, length)
        yield _piece(prepared, start, end, at)
        at = _skip_space(prepared.text, end, span.end)


def _named_from(prepared: Prepared, back: dict[int, int], at: int, span: _Span) -> int:
    """The sentence that names who speaks at `at`, at most OVERLAP characters before."""
    if at == span.start:
        return at
    number = prepared.sentence_at(at)
    named = max(span.first, number - max(1, back.get(number, 1)))
    while named < number and at - prepared.sentences[named].start > OVERLAP:
        named += 1
    return min(at, prepared.sentences[named].start)


def _cut(prepared: Prepared, start: int, at: int, span: _Span, length: int) -> int:
    """The end of the last sentence that fits behind `at`; inside a sentence only where it does not fit alone."""
    if span.end - start <= length:
        return span.end
    limit = max(start + length, at + length // 2)
    ends = [s.end for s in prepared.sentences[span.first : span.last] if at < s.end <= limit]
    outside = [end for end in ends if not _quoted_over(prepared, end)]
    if ends:
        return (outside or ends)[-1]
    space = prepared.text.rfind(" ", at + 1, limit)
    return space if space > at else min(limit, span.end)


def _quoted_over(prepared: Prepared, offset: int) -> bool:
    return any(start < offset < end for start, end in prepared.quotes)


def _skip_space(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at
