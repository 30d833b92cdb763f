"""What every claim of an LLM must show: a quote that is in the text, an asset named there, a speaker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.calibrate import verified_threshold
from nlp.calls import QUOTE_LENGTH
from nlp.models.llm_ground import Ground, Span
from nlp.models.llm_pieces import Piece
from nlp.models.llm_speaker import RefusedError, spoken

UNMEASURED = 0.5  # nobody has measured how often this user's model is right
LEAST_WORDS = 2  # of a quote
NEARBY = 2  # sentences before, in which the asset of a quote that names none may stand
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the document's facts, the piece that was asked about, and the model's name."""

    ground: Ground
    piece: Piece
    model: str


def quote_span(quote: str, source: Source) -> Span:
    """Where the quote stands in the piece, to the letter; at most QUOTE_LENGTH characters of it."""
    words = quote.strip()
    if len(words.split()) < LEAST_WORDS:
        raise RefusedError("the quote is too short to carry a claim")
    at = next((start for start, _ in places(words, source)), -1)
    if at < 0:
        raise RefusedError("the quote is not in the text")
    span = stripped(source.ground.text, at, at + min(len(words), QUOTE_LENGTH))
    if source.ground.furniture(*span):
        raise RefusedError("the quote stands in text of the page")
    return span


def stripped(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def asset_of(ground: Ground, name: str, start: int, end: int) -> str:
    """The symbol, which the quote must name, or its sentence where the quote names none.

    Where neither names any ("He sees it at $9 by May"), it is one named just before, or what the text is about.
    """
    symbol, near = ground.symbol(name), ground.symbols(*ground.around(start, end, before=NEARBY))
    about = frozenset({ground.main} if ground.main else ())
    for named in (ground.symbols(start, end), ground.symbols(*ground.around(start, end)), near | about):
        if symbol in named or _is_pair(symbol, named):
            return symbol
        if named:
            raise RefusedError(f"the asset is {name!r} where the text names {', '.join(sorted(named)[:5])}")
    raise RefusedError(f"no asset {name!r} is named in the text")


def _is_pair(symbol: str, named: frozenset[str]) -> bool:
    return any(symbol == a + b for a in named for b in named if a != b)


def common(row: Row, source: Source, start: int, end: int, kind: str) -> dict[str, Any]:
    """The fields that every claim carries."""
    ground = source.ground
    return {
        "document_id": ground.document.id,
        "start": start,
        "end": end,
        "quote": ground.text[start:end],
        **spoken(row["speaker"], row.get("organisation"), ground, start, end),
        "rewritten": ground.reading.prepared.rewritten,
        "confidence": confidence(kind),
        "layer": "llm",
        "rule": source.model,
    }


def confidence(kind: str) -> float:
    """What a claim is given that rests on a model alone: always under the threshold of verified claims."""
    return min(UNMEASURED, verified_threshold(kind) - 0.01)


def places(words: str, source: Source) -> Iterator[Span]:
    piece, text = source.piece, source.ground.text
    at = text.find(words, piece.start, piece.end) if words else -1
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + len(words), piece.end)
