"""Whose quotation: cues inside it, a speaker named after it, a signature under it."""

from __future__ import annotations

import re

from nlp.attribution_cues import Cue
from nlp.attribution_names import kind_of
from nlp.text import Prepared

LONG = 25  # characters from which quotation marks hold words said, not a term

_SIGNATURE = re.compile(
    r"[\s.]*[–—―-]{1,2}\s*(?:[Bb]y\s+)?(?P<name>@\w+|[A-Z][\w.’'-]+(?:\s(?:[A-Z][\w.’'-]+|van|de|von|der)){1,3})(?=[\s,.(]|$)"
)


def quotations(prepared: Prepared, start: int, end: int) -> list[tuple[int, int]]:
    """The quotations that reach into `text[start:end]`."""
    return [q for q in prepared.quotes if q[0] < end and start < q[1] and q[1] - q[0] > LONG]


def outside_quotations(prepared: Prepared, cues: list[Cue], start: int, end: int) -> list[Cue]:
    """The cues that do not stand in somebody else's words: "“We see the bank hinting at cuts,” said Theo Marsh".

    A sentence that is quoted as a whole keeps its cues, as long as the quotation is no longer: what surrounds it may
    name nobody.
    """
    quotes = quotations(prepared, start, end) if cues else []
    if not quotes:
        return cues
    outside = [c for c in cues if not any(a <= c.start and c.end < b for a, b in quotes)]
    if outside or any(a < start or end < b for a, b in quotes):
        return outside
    return cues


def signature(prepared: Prepared, after: int) -> Cue | None:
    """The name under a quotation that ends at `after`: "... and it will.” – Theo Marsh"."""
    match = _SIGNATURE.match(prepared.text, after)
    if match is None:
        return None
    name = match["name"]
    return Cue(match.start("name"), match.end("name"), "signature", False, "name", name, kind_of(name))


def runs_into(prepared: Prepared, start: int, end: int) -> tuple[int, int] | None:
    """The quotation that goes on after `text[start:end]`, or ends with it and is signed."""
    return next((q for q in prepared.quotes if q[0] < end and end <= q[1] and start < q[1]), None)


def introduced(prepared: Prepared, start: int) -> bool:
    """Whether the words before `start` end with a colon."""
    return prepared.text[max(0, start - 4) : start].rstrip().endswith(":")


def starts_quoted(prepared: Prepared, start: int) -> bool:
    """Whether a sentence that begins at `start` opens with a quotation, however short."""
    return any(start <= a <= start + 2 for a, _ in prepared.quotes)
