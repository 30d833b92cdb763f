"""Every feature that the models of figures look at."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.figures.context import Around, clause_features, cue_features, shape_features, word_features
from nlp.figures.governor import governor_features, unit_class
from nlp.figures.grammar import Quantity
from nlp.figures.rules import beside, rule_features
from nlp.text import Prepared


def figure_features(prepared: Prepared, quantity: Quantity, around: Around) -> set[str]:
    """Words, cues, governor, rules; each cue also together with the class of the unit."""
    before, after = beside(prepared, around)
    unit = unit_class(quantity)
    cues = {*cue_features(around), *clause_features(around, before)}
    return {
        *word_features(around),
        *shape_features(quantity, around),
        *governor_features(quantity, around),
        *rule_features(quantity, before, after),
        *cues,
        *(f"{unit}~{cue}" for cue in cues),
        *_sure(quantity),
    }


def _sure(quantity: Quantity) -> Iterator[str]:
    if quantity.kind in ("money", "percent", "coins", "points", "shares"):
        yield "sure"
