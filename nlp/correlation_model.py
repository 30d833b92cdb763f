"""The models of correlations: is a pair claimed, as a pattern or as a cause, and which way do the two go."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from nlp.assets import AssetMention
from nlp.correlation_candidates import Pair, pairs
from nlp.correlation_features import pair_features, sentence_features
from nlp.correlation_relation import relation_features
from nlp.text import Prepared


@dataclass(frozen=True, slots=True)
class LogOdds:
    """A linear model of one yes-or-no question: bias and weight by feature, all in log-odds."""

    bias: float
    weights: Mapping[str, float]

    def of(self, features: Iterable[str]) -> float:
        """The log-odds of yes, without the bias."""
        weights = self.weights
        return sum([weights[feature] for feature in features if feature in weights], 0.0)

    def to_json(self) -> dict[str, Any]:
        kept = {name: round(weight, 2) for name, weight in sorted(self.weights.items()) if abs(weight) >= 0.02}
        return {"bias": round(self.bias, 3), "weights": kept}


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its probabilities of being claimed as a pattern and as a cause of one move."""

    pair: Pair
    pattern: float
    cause: float


@dataclass(frozen=True, slots=True)
class Limits:
    """`first`: the least probability of a pair; `again`: of the same pair in another sentence; `listed`: of a second
    response to one driver in a sentence; `beside`: of any other second pair there; `cause`: of a cause.
    """

    first: float
    again: float
    listed: float
    beside: float
    cause: float


@dataclass(frozen=True, slots=True)
class CorrelationModel:
    """Plain numbers: is a candidate claimed as a pattern, as a cause, and which way do the two go."""

    pattern: LogOdds
    cause: LogOdds
    relation: Mapping[str, LogOdds]
    limits: Limits

    def score(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Scored]:
        """Every candidate of a document, in order."""
        named: dict[int, list[str]] = {}
        for mention in mentions:
            named.setdefault(mention.sentence, []).append(mention.symbol)
        for number, group in groupby(pairs(prepared, mentions), key=lambda pair: pair.sentence):
            shared = sentence_features(prepared, number, sorted(set(named.get(number, ()))))
            pattern, cause = (m.bias + m.of(shared) for m in (self.pattern, self.cause))
            for pair in group:
                own = pair_features(prepared, pair)
                odds = pattern + self.pattern.of(own), cause + self.cause.of(own)
                yield Scored(pair, _probability(odds[0]), _probability(odds[1]))

    def relation_of(self, prepared: Prepared, pair: Pair) -> str:
        """positive, negative or none, whichever is likeliest."""
        features = relation_features(prepared, pair)
        odds = {name: model.bias + model.of(features) for name, model in self.relation.items()}
        return max(odds, key=lambda name: odds[name])

    def to_json(self) -> dict[str, Any]:
        relation = {name: model.to_json() for name, model in self.relation.items()}
        found = {"pattern": self.pattern.to_json(), "cause": self.cause.to_json()}
        return {"limits": asdict(self.limits), **found, "relation": relation}


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def model_from_json(data: Mapping[str, Any]) -> CorrelationModel:
    """The model in the form `to_json` gives."""
    relation = {name: LogOdds(**row) for name, row in data["relation"].items()}
    return CorrelationModel(LogOdds(**data["pattern"]), LogOdds(**data["cause"]), relation, Limits(**data["limits"]))


@cache
def shipped() -> CorrelationModel:
    """The model in nlp/weights/correlations.json."""
    text = files("nlp").joinpath("weights", "correlations.json").read_text(encoding="utf-8")
    return model_from_json(json.loads(text))


def chosen(scored: Sequence[Scored], limits: Limits) -> Iterator[tuple[Scored, bool]]:
    """The pairs to report, most certain first, and whether each is a pattern (else a cause)."""
    met: set[frozenset[str]] = set()
    sentences: dict[int, set[str]] = {}  # the drivers reported in each
    taken: set[tuple[int, frozenset[str]]] = set()
    for candidate in sorted(scored, key=lambda s: -s.pattern):
        if candidate.pattern < limits.first:
            break
        number = candidate.pair.sentence
        names = frozenset((candidate.pair.driver.name, candidate.pair.response.name))
        drivers = sentences.get(number, set())
        listed = candidate.pair.response.start is not None and candidate.pair.driver.name in drivers
        beside = 0.0 if not drivers else limits.listed if listed else limits.beside
        least = max(limits.again if names in met else 0.0, beside)
        if (number, names) not in taken and candidate.pattern >= least:
            met.add(names)
            sentences.setdefault(number, set()).add(candidate.pair.driver.name)
            taken.add((number, names))
            yield candidate, True
    for candidate in sorted(scored, key=lambda s: -s.cause):
        number = candidate.pair.sentence
        if candidate.cause >= limits.cause and number not in sentences:
            sentences[number] = set()
            yield candidate, False
