"""Text in, claims out: every layer over one document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from nlp import calibrate, ranking, stance
from nlp.attribution import Attribution
from nlp.calls import CallModel, find_calls
from nlp.claims import Claims, Figure
from nlp.correlations import find_correlations
from nlp.reading import Reading, read
from nlp.version import EXTRACTOR_VERSION
from scrapers.documents import Document


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: calls and correlations under `min_confidence` are left out."""

    min_confidence: float = 0.0


@cache
def shipped_model() -> CallModel:
    """The trained parts in nlp/weights, read once a process."""
    return CallModel(stance.shipped(), ranking.shipped(), calibrate.shipped())


def extract(document: Document, options: Options = Options()) -> Claims:
    """Everything the document claims. Pure: the same document and options give the same claims; never raises."""
    reading = read(document)
    calls = (c for c in find_calls(reading, shipped_model()) if c.confidence >= options.min_confidence)
    correlations = find_correlations(reading.prepared, reading.assets, reading.quantities, reading.voices, document.id)
    return Claims(
        document.id,
        calls=tuple(calls),
        correlations=tuple(
            replace(c, extractor_version=EXTRACTOR_VERSION)
            for c in correlations
            if c.confidence >= options.min_confidence
        ),
        figures=tuple(_spoken(reading)),
        rewritten=reading.prepared.rewritten,
        extractor_version=EXTRACTOR_VERSION,
    )


def _spoken(reading: Reading) -> list[Figure]:
    """The figures with the voice that gives each."""
    return [_with_voice(figure, reading) for figure in reading.figures]


def _with_voice(figure: Figure, reading: Reading) -> Figure:
    voice = voice_over(reading, figure.text_start)
    if voice is None:
        return replace(figure, extractor_version=EXTRACTOR_VERSION, rewritten=reading.prepared.rewritten)
    return replace(
        figure, speaker=voice.speaker, organisation=voice.organisation, handle=voice.handle, voice=voice.voice,
        extractor_version=EXTRACTOR_VERSION, rewritten=reading.prepared.rewritten,
    )  # fmt: skip


def voice_over(reading: Reading, original: int) -> Attribution | None:
    """The voice over an offset of the published text."""
    prepared = reading.prepared
    for voice in reversed(reading.voices):
        start, end = prepared.to_original(voice.start, voice.end)
        if start <= original < end:
            return voice
    return None
