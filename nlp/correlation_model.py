"""The models of correlations: is a pair claimed, as a pattern or as a cause, and which way do the two go."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from nlp.assets import AssetMention
from nlp.correlation_candidates import Pair, pairs
from nlp.correlation_features import pair_features, sentence_features
from nlp.correlation_relation import relation_features
from nlp.figures.linear import Linear, from_json
from nlp.text import Prepared

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its probabilities of being claimed as a pattern and as a cause of one move."""

    pair: Pair
    pattern: float
    cause: float


@dataclass(frozen=True, slots=True)
class CorrelationModel:
    """Plain numbers: `found` has the classes pattern and cause (independent log-odds), `relation` the three ways.

    `first`: the least probability of a pair; `again`: of the same pair in another sentence; `listed`: of a second
    response to one driver in a sentence; `beside`: of any other second pair there. `cause`: of a cause.
    """

    found: Linear
    relation: Linear
    first: float
    again: float
    listed: float
    beside: float
    cause: float

    def score(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Scored]:
        """Every candidate of a document, in order."""
        for number, group in groupby(pairs(prepared, mentions), key=lambda pair: pair.sentence):
            base = self.found.scores(sentence_features(prepared, number))
            for pair in group:
                own = self.found.scores(pair_features(prepared, pair))
                pattern, cause = (b + o - bias for b, o, bias in zip(base, own, self.found.bias, strict=True))
                yield Scored(pair, _probability(pattern), _probability(cause))

    def relation_of(self, prepared: Prepared, pair: Pair) -> str:
        odds = self.relation.probabilities(relation_features(prepared, pair))
        return max(odds, key=lambda name: odds[name])

    def to_json(self) -> dict[str, Any]:
        limits = {name: getattr(self, name) for name in ("first", "again", "listed", "beside", "cause")}
        return {**limits, "found": self.found.to_json(), "relation": self.relation.to_json()}


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def model_from_json(data: Mapping[str, Any]) -> CorrelationModel:
    """The model in the form `to_json` gives."""
    limits = {name: float(data[name]) for name in ("first", "again", "listed", "beside", "cause")}
    return CorrelationModel(from_json(data["found"]), from_json(data["relation"]), **limits)


@cache
def shipped() -> CorrelationModel:
    """The model in nlp/weights/correlations.json."""
    text = files("nlp").joinpath("weights", "correlations.json").read_text(encoding="utf-8")
    return model_from_json(json.loads(text))


def chosen(scored: Sequence[Scored], model: CorrelationModel) -> Iterator[tuple[Scored, bool]]:
    """The pairs to report, most certain first, and whether each is a pattern (else a cause)."""
    met: set[frozenset[str]] = set()
    sentences: dict[int, set[str]] = {}  # the drivers reported in each
    taken: set[tuple[int, frozenset[str]]] = set()
    for candidate in sorted(scored, key=lambda s: -s.pattern):
        if candidate.pattern < model.first:
            break
        number = candidate.pair.sentence
        names = frozenset((candidate.pair.driver.name, candidate.pair.response.name))
        drivers = sentences.get(number, set())
        listed = candidate.pair.response.start is not None and candidate.pair.driver.name in drivers
        beside = 0.0 if not drivers else model.listed if listed else model.beside
        least = max(model.again if names in met else 0.0, beside)
        if (number, names) not in taken and candidate.pattern >= least:
            met.add(names)
            sentences.setdefault(number, set()).add(candidate.pair.driver.name)
            taken.add((number, names))
            yield candidate, True
    for candidate in sorted(scored, key=lambda s: -s.cause):
        number = candidate.pair.sentence
        if candidate.cause >= model.cause and number not in sentences:
            sentences[number] = set()
            yield candidate, False
