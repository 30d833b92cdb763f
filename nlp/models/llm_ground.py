"""What the text itself says: the facts of our own layers against which every claim of an LLM is held.

All offsets count characters of the text as published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markets.assets import registry
from nlp.assets import symbol_of
from nlp.attribution import Attribution
from nlp.candidates import main_asset
from nlp.correlation_candidates import lexicon_drivers
from nlp.correlations import voice_at
from nlp.figures.grammar import Quantity
from nlp.reading import Reading, read
from scrapers.documents import Document

Span = tuple[int, int]
SURE_VOICE = 0.9  # of an attribution that rests on a cue of its own: the speaker's name beside the words


@dataclass(frozen=True, slots=True)
class Ground:
    """The layers of one document with their places in the published text."""

    reading: Reading
    sentences: tuple[Span, ...]
    names: tuple[tuple[int, int, str, str], ...]  # start, end, symbol, as printed
    quantities: tuple[tuple[int, int, Quantity], ...]

    @property
    def document(self) -> Document:
        return self.reading.document

    @property
    def text(self) -> str:
        return self.reading.document.text

    @property
    def main(self) -> str | None:
        """The asset the document is about."""
        return main_asset(self.reading.prepared, self.reading.assets)

    def around(self, start: int, end: int, before: int = 0, after: int = 0) -> Span:
        """The span widened to whole sentences and so many before and after; a post is taken as a whole."""
        if self.document.kind == "post":
            return 0, len(self.text)
        touched = [n for n, s in enumerate(self.sentences) if s[0] < end and start < s[1]]
        if not touched:
            return start, end
        first, last = max(0, touched[0] - before), min(len(self.sentences) - 1, touched[-1] + after)
        return min(start, self.sentences[first][0]), max(end, self.sentences[last][1])

    def furniture(self, start: int, end: int) -> bool:
        """Whether the span stands in text of the page rather than the article."""
        rows = zip(self.sentences, self.reading.prepared.sentences, strict=True)
        return any(row.role in ("boilerplate", "caption") for (a, b), row in rows if a < end and start < b)

    def symbols(self, start: int, end: int) -> frozenset[str]:
        """The assets named in a span."""
        return frozenset(symbol for a, b, symbol, _ in self.names if start <= a and b <= end)

    def series(self, start: int, end: int) -> frozenset[str]:
        """The assets named in a span, and the series whose change its words tell: FEDFUNDS for "rate expectations"."""
        implied = lexicon_drivers(self.reading.prepared.text, *self.prepared_span(start, end))
        return self.symbols(start, end) | {thing.name for thing in implied if thing.driver and thing.driver.asset}

    def is_asset(self, symbol: str) -> bool:
        """Whether the registry or the text has an asset of that symbol."""
        return symbol in registry() or symbol in self.symbols(0, len(self.text))

    def numbers(self, start: int, end: int) -> Iterator[Quantity]:
        """The numbers the grammar finds in a span."""
        return (q for a, b, q in self.quantities if start <= a and b <= end)

    def symbol(self, name: str) -> str:
        """The canonical symbol of an asset as a model may write it: "BTC", "$btc", or "Bitcoin" as the text has it."""
        printed = name.strip().casefold()
        found = next((symbol for _, _, symbol, text in self.names if text.casefold() == printed), None)
        return found or symbol_of(name.strip().lstrip("$").upper())

    def prepared_span(self, start: int, end: int) -> Span:
        """The span in the offsets of the prepared text; for a machine-paraphrased text that of its sentences."""
        prepared = self.reading.prepared
        if not prepared.rewritten:
            return start, end
        numbers = [n for n, (a, b) in enumerate(self.sentences) if a < end and start < b]
        rows = prepared.sentences
        return (rows[numbers[0]].start, rows[numbers[-1]].end) if numbers else (0, 0)

    def voice(self, start: int, end: int) -> Attribution | None:
        """Whose words the attribution layer takes the span for."""
        return voice_at(self.reading.voices, *self.prepared_span(start, end))

    def quoted(self, start: int, end: int) -> bool:
        """Whether most of the span stands in quotation marks."""
        first, last = self.prepared_span(start, end)
        inside = sum(max(0, min(last, b) - max(first, a)) for a, b in self.reading.prepared.quotes)
        return inside * 2 > last - first


def ground(document: Document) -> Ground:
    """Read the layers of a document."""
    reading = read(document)
    at = reading.prepared.to_original
    return Ground(
        reading,
        tuple(at(s.start, s.end) for s in reading.prepared.sentences),
        tuple((*at(m.start, m.end), m.symbol, m.text) for m in reading.assets),
        tuple((*at(q.start, q.end), q) for q in reading.quantities),
    )


def printed_in(words: str, text: str) -> bool:
    """Whether the words stand in the text as whole words, in any case."""
    return bool(words.strip()) and bool(
        re.search(rf"(?<!\w){re.escape(words.strip().casefold())}(?!\w)", text.casefold())
    )


def echoed_in(words: str, text: str) -> bool:
    """Whether half of the words stand in the text by their first four letters: "rate cut" in "cutting rates"."""
    found = re.findall(r"\w+", words.casefold())
    low = text.casefold()
    echoes = [word for word in found if re.search(rf"(?<!\w){re.escape(word[:4])}", low)]
    return bool(found) and 2 * len(echoes) >= len(found)
