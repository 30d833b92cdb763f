"""Text in, claims out: every layer over one document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from nlp import calibrate, ranking, stance
from nlp.attribution import Attribution
from nlp.calls import CallModel, find_calls
from nlp.claims import Call, Claims, Close, Correlation, Figure
from nlp.closes import find_closes, without_closed
from nlp.correlations import find_correlations
from nlp.opinions import Choice, Opinion, loaded
from nlp.reading import Reading, read
from nlp.version import EXTRACTOR_VERSION
from nlp.voices import said_by
from scrapers.documents import Document

C = TypeVar("C", Call, Correlation, Close)


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. Frozen and picklable: what goes to worker processes.

    Calls and correlations under `min_confidence` are left out. `opinions` names the models that have a say in
    stances, each asked after the one before it.
    """

    min_confidence: float = 0.0
    opinions: tuple[Choice, ...] = ()

    @property
    def version(self) -> str:
        """The version of a reader with these options: documents read by another one are due again."""
        return "+".join((EXTRACTOR_VERSION, *(choice.version for choice in self.opinions)))


@cache
def shipped_model() -> CallModel:
    """The trained parts in nlp/weights, read once a process."""
    return CallModel(stance.shipped(), ranking.shipped(), calibrate.shipped())


def call_model(options: Options) -> CallModel:
    """The models of calls that learned with the options' opinions; the shipped ones where none brings its own."""
    return next((o.calls for o in reversed(_opinions(options)) if o.calls), None) or shipped_model()


def _opinions(options: Options) -> list[Opinion]:
    return [loaded(choice) for choice in options.opinions]


def extract(document: Document, options: Options = Options()) -> Claims:
    """Everything the document claims. Pure: the same document and options give the same claims.

    Never raises on any text. Raises ValueError where a model of `options.opinions` cannot be loaded.
    """
    return claims_in(read(document), options)


def claims_in(reading: Reading, options: Options = Options()) -> Claims:
    """`extract` for a document whose layers were read already."""
    closes = find_closes(reading)
    found = without_closed(find_calls(reading, call_model(options), _opinions(options)), closes)
    correlations = find_correlations(
        reading.prepared, reading.assets, reading.quantities, reading.voices, reading.document.id
    )
    return Claims(
        reading.document.id,
        calls=_kept(found, options),
        correlations=_kept(correlations, options),
        figures=tuple(_spoken(reading, options.version)),
        rewritten=reading.prepared.rewritten,
        extractor_version=options.version,
        closes=_kept(closes, options),
    )


def _kept(found: Iterable[C], options: Options) -> tuple[C, ...]:
    """The claims that are sure enough, each with the version of the reader that made it."""
    version = options.version
    sure = (claim for claim in found if claim.confidence >= options.min_confidence)
    return tuple(c if c.extractor_version == version else replace(c, extractor_version=version) for c in sure)


def _spoken(reading: Reading, version: str) -> list[Figure]:
    """The figures with the voice that gives each."""
    return [_with_voice(figure, reading, version) for figure in reading.figures]


def _with_voice(figure: Figure, reading: Reading, version: str) -> Figure:
    voice = said_by(voice_over(reading, figure.text_start))
    voice["verbatim"] |= figure.verbatim  # in quotation marks, whoever said it
    return replace(figure, **voice, extractor_version=version, rewritten=reading.prepared.rewritten)


def voice_over(reading: Reading, original: int) -> Attribution | None:
    """The voice over an offset of the published text."""
    prepared = reading.prepared
    for voice in reversed(reading.voices):
        start, end = prepared.to_original(voice.start, voice.end)
        if start <= original < end:
            return voice
    return None
