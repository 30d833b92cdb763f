"""A document with every layer read so far: what calls are read from."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.assets import AssetMention, find_assets
from nlp.attribution import Attribution, attribute
from nlp.candidates import Candidate, candidates
from nlp.claims import Figure
from nlp.figures.find import find_figures
from nlp.figures.grammar import Quantity, find_quantities
from nlp.horizons import HorizonSpan, find_horizons
from nlp.periods import find_periods
from nlp.series import with_series
from nlp.stance_features import Features, Featurizer
from nlp.text import Prepared, prepare
from scrapers.documents import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """Layers 0 to 3 of one document, and the candidates for calls with their features."""

    document: Document
    prepared: Prepared
    assets: tuple[AssetMention, ...]
    voices: tuple[Attribution, ...]
    quantities: tuple[Quantity, ...]
    horizons: tuple[HorizonSpan, ...]
    figures: tuple[Figure, ...]
    candidates: tuple[Candidate, ...]
    features: tuple[Features, ...]


def read(document: Document) -> Reading:
    """Read the layers that calls need. Never raises on any text."""
    prepared = prepare(document.text, document.kind)
    assets = with_series(prepared, find_assets(prepared))
    voices = attribute(prepared, document)
    published = document.published.date() if document.published else None
    quantities = tuple(find_quantities(prepared.text, find_periods(prepared.text, published), assets))
    horizons = find_horizons(prepared, published)
    figures = find_figures(prepared, assets, document.id, published, quantities)
    found = tuple(candidates(prepared, assets, voices))
    featurizer = Featurizer(prepared, assets)
    return Reading(
        document,
        prepared,
        assets,
        voices,
        quantities,
        horizons,
        figures,
        found,
        tuple(featurizer.features(c) for c in found),
    )
