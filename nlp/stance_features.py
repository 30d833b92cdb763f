"""What the linear model sees of a candidate: hashed words around the masked target, and dense signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markets.assets import registry
from nlp.assets import AssetMention
from nlp.candidates import Candidate
from nlp.hashed_words import BUCKETS as BUCKETS
from nlp.hashed_words import buckets_of, word_buckets
from nlp.stance_signs import DENSE as DENSE
from nlp.stance_signs import dense_signs
from nlp.text import Prepared
from nlp.views import CLASSES, POLAR, View, aimed, view, word_classes

_TREND, _CONDITION = DENSE.index("trend"), CLASSES.index("condition")
_CONTEXT = buckets_of("")


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """A candidate as the model sees it: hashed binary features in order, and dense values in the order of DENSE."""

    buckets: NDArray[np.int32]
    dense: tuple[float, ...]
    net: float
    trend: float
    conditional: bool


class Featurizer:
    """Computes the features of a document's candidates, reading each clause once per target."""

    def __init__(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> None:
        self.prepared = prepared
        self.spans = sorted((m.start, m.end, m.symbol) for m in mentions)
        self.cache: dict[tuple[int, int, str], View] = {}
        self.words: dict[tuple[tuple[str, ...], tuple[str, ...]], set[int]] = {}

    def view(self, start: int, end: int, target: str) -> View:
        key = (start, end, target)
        if key not in self.cache:
            self.cache[key] = aimed(self.unaimed(start, end), target)
        return self.cache[key]

    def unaimed(self, start: int, end: int) -> View:
        key = (start, end, "")
        if key not in self.cache:
            self.cache[key] = view(self.prepared, start, end, self.spans)
        return self.cache[key]

    def features(self, candidate: Candidate) -> Features:
        clause, prepared = candidate.clause, self.prepared
        sentence = prepared.sentences[clause.sentence]
        own = self.view(clause.start, clause.end, candidate.asset)
        whole = own if clause.count == 1 else self.view(sentence.start, sentence.end, candidate.asset)
        buckets = _in_order(self._word_buckets(own, whole), map(_CONTEXT.__getitem__, self._context(candidate, own)))
        dense = dense_signs(candidate, prepared, own, whole, self._before(clause.sentence))
        return Features(buckets, dense, own.net, dense[_TREND], own.counts[_CONDITION] > 0)

    def _word_buckets(self, own: View, whole: View) -> set[int]:
        """The hashed words; the same for every asset that clause and sentence do not name."""
        key = (own.tokens, whole.tokens)
        if key not in self.words:
            self.words[key] = word_buckets(own, whole, self.prepared.kind == "post")
        return self.words[key]

    def _before(self, number: int) -> float:
        """The net of the sentence before, whatever the target."""
        sentence = self.prepared.sentences[number - 1]
        return self.unaimed(sentence.start, sentence.end).net if number and sentence.role == "body" else 0.0

    def _context(self, candidate: Candidate, own: View) -> list[str]:
        known = registry().get(candidate.asset)
        kind = known.kind if known else "equity"
        voice = candidate.voices[-1] if candidate.voices else None
        role = self.prepared.sentences[candidate.clause.sentence].role
        rule = voice.rule if voice else "none"
        names = [
            f"a={candidate.asset}",
            f"k={kind}",
            f"o={candidate.origin}",
            f"r={rule}",
            f"role={role}",
            f"{role}|{kind}",
            f"o={candidate.origin}|{rule}",
        ]
        if kind in ("rate", "macro", "currency"):
            names += [f"k={kind}|{t}" for t in own.tokens if word_classes(t)]
        return names + [f"o={candidate.origin}|{t}" for t in own.tokens if POLAR[t]]


def _in_order(words: set[int], context: Iterable[int]) -> NDArray[np.int32]:
    found = words.union(context)
    ordered = np.fromiter(found, np.int32, len(found))
    ordered.sort()
    return ordered
