"""A text cut at the borders of its claims, so that a page can mark each piece by what it carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Marked:
    """A claim's stretch of a text, in characters: `text[start:end]`."""

    start: int
    end: int
    kind: str  # call | correlation | figure | close
    claim_id: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch over which the same claims lie; none on plain text. The shortest claim comes first."""

    text: str
    claims: tuple[Marked, ...] = field(default=())


def paragraphs(text: str, spans: Sequence[Marked]) -> Iterator[list[Piece]]:
    """The text as paragraphs (parted at line ends) of pieces; spans may nest, overlap and cross line ends."""
    start = 0
    for line in text.splitlines(keepends=True):
        pieces = list(_pieces(text, start, start + len(line.rstrip("\r\n")), spans))
        start += len(line)
        if any(piece.text.strip() for piece in pieces):
            yield pieces


def excerpt(text: str, span: Marked, around: int = 320) -> list[Piece]:
    """The claim's stretch between at most `around` characters before and after, cut at spaces."""
    first, last = max(span.start - around, 0), min(span.end + around, len(text))
    if first:
        first = min(text.find(" ", first, span.start) + 1 or first, span.start)
    if last < len(text):
        last = max(text.rfind(" ", span.end, last), span.end)
    before = ("… " if first else "") + text[first : span.start]
    after = text[span.end : last] + (" …" if last < len(text) else "")
    return [Piece(before), Piece(text[span.start : span.end], (span,)), Piece(after)]


def _pieces(text: str, start: int, end: int, spans: Sequence[Marked]) -> Iterator[Piece]:
    here = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end} | {min(max(edge, start), end) for span in here for edge in (span.start, span.end)}
    cuts = sorted(edges)
    for left, right in pairwise(cuts):
        over = [span for span in here if span.start < right and span.end > left]
        yield Piece(text[left:right], tuple(sorted(over, key=lambda span: (span.end - span.start, span.claim_id))))
