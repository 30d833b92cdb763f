"""The models of correlations: does a sentence claim one, which pair is it about, and which way do the two go."""

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

    def to_json(self, least: float = 0.02) -> dict[str, Any]:
        """Bias, and the weights of at least `least`, nested by what stands before the first colon of their names."""
        kept: dict[str, dict[str, float]] = {}
        for name, weight in sorted(self.weights.items()):
            if abs(weight) >= least:
                group, colon, rest = name.partition(":")
                kept.setdefault(group + colon, {})[rest] = round(weight, 2)
        return {"bias": round(self.bias, 3), "weights": kept}


def log_odds(data: Mapping[str, Any]) -> LogOdds:
    """The linear model in the form `LogOdds.to_json` gives."""
    weights = {group + name: weight for group, names in data["weights"].items() for name, weight in names.items()}
    return LogOdds(data["bias"], weights)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its probabilities of being claimed as a pattern and as a cause of one move."""

    pair: Pair
    pattern: float
    cause: float


@dataclass(frozen=True, slots=True)
class Limits:
    """`first`: the least probability of a pair; `again`: of the same pair in another sentence; `beside`: of a second
    pair in a sentence; `cause`: of a cause.
    """

    first: float
    again: float
    beside: float
    cause: float


@dataclass(frozen=True, slots=True)
class CorrelationModel:
    """Plain numbers. `pattern` and `cause`: does a sentence claim one; `pair`: which of its candidates it is about
    (shares of a softmax over them, so without a bias); `relation`: which way the two go.
    """

    pattern: LogOdds
    cause: LogOdds
    pair: LogOdds
    relation: Mapping[str, LogOdds]
    limits: Limits

    def score(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Scored]:
        """The candidates of the sentences that may claim something, in order."""
        named: dict[int, list[str]] = {}
        for mention in mentions:
            named.setdefault(mention.sentence, []).append(mention.symbol)
        for number, group in groupby(pairs(prepared, mentions), key=lambda pair: pair.sentence):
            shared = sentence_features(prepared, number, sorted(set(named.get(number, ()))))
            pattern, cause = (_probability(m.bias + m.of(shared)) for m in (self.pattern, self.cause))
            if pattern >= self.limits.first or cause >= self.limits.cause:
                yield from self._shared_out(prepared, list(group), shared, pattern, cause)

    def _shared_out(
        self, prepared: Prepared, group: Sequence[Pair], shared: Sequence[str], pattern: float, cause: float
    ) -> Iterator[Scored]:
        odds = [self.pair.of(pair_features(prepared, pair, shared)) for pair in group]
        top = max(odds)
        parts = [math.exp(value - top) for value in odds]
        whole = sum(parts)
        for pair, part in zip(group, parts, strict=True):
            yield Scored(pair, pattern * part / whole, cause * part / whole)

    def relation_of(self, prepared: Prepared, pair: Pair) -> str:
        """positive, negative or none, whichever is likeliest."""
        features = relation_features(prepared, pair)
        odds = {name: model.bias + model.of(features) for name, model in self.relation.items()}
        return max(odds, key=lambda name: odds[name])

    def to_json(self) -> dict[str, Any]:
        relation = {name: model.to_json() for name, model in self.relation.items()}
        found = {name: getattr(self, name).to_json(least) for name, least in _LEAST_WEIGHT.items()}
        return {"limits": asdict(self.limits), **found, "relation": relation}


_LEAST_WEIGHT = {"pattern": 0.04, "cause": 0.04, "pair": 0.06}


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def model_from_json(data: Mapping[str, Any]) -> CorrelationModel:
    """The model in the form `to_json` gives."""
    relation = {name: log_odds(row) for name, row in data["relation"].items()}
    pattern, cause, pair = (log_odds(data[name]) for name in ("pattern", "cause", "pair"))
    return CorrelationModel(pattern, cause, pair, relation, Limits(**data["limits"]))


@cache
def shipped() -> CorrelationModel:
    """The model in nlp/weights/correlations.json."""
    text = files("nlp").joinpath("weights", "correlations.json").read_text(encoding="utf-8")
    return model_from_json(json.loads(text))


def chosen(scored: Sequence[Scored], limits: Limits) -> Iterator[tuple[Scored, bool]]:
    """The pairs to report, most certain first, and whether each is a pattern (else a cause)."""
    met: set[frozenset[str]] = set()
    sentences: set[int] = set()
    taken: set[tuple[int, frozenset[str]]] = set()
    for candidate in sorted(scored, key=lambda s: -s.pattern):
        if candidate.pattern < limits.first:
            break
        number = candidate.pair.sentence
        names = frozenset((candidate.pair.driver.name, candidate.pair.response.name))
        least = max(limits.again if names in met else 0.0, limits.beside if number in sentences else 0.0)
        if (number, names) not in taken and candidate.pattern >= least:
            met.add(names)
            sentences.add(number)
            taken.add((number, names))
            yield candidate, True
    for candidate in sorted(scored, key=lambda s: -s.cause):
        if candidate.cause < limits.cause:
            break
        if candidate.pair.sentence not in sentences:
            sentences.add(candidate.pair.sentence)
            yield candidate, False
