"""Text in, claims out: every layer over one document."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.calls import find_calls
from nlp.claims import Claims
from nlp.reading import read
from nlp.version import EXTRACTOR_VERSION
from scrapers.documents import Document


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: claims under `min_confidence` are left out."""

    min_confidence: float = 0.0


def extract(document: Document, options: Options = Options()) -> Claims:
    """Everything the document claims. Pure: the same document and options give the same claims; never raises."""
    reading = read(document)
    calls = tuple(c for c in find_calls(reading) if c.confidence >= options.min_confidence)
    return Claims(
        document.id, calls=calls, rewritten=reading.prepared.rewritten, extractor_version=EXTRACTOR_VERSION
    )
