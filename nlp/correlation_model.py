"""The models of correlations: does a sentence claim one, which pair is it about, and which way do the two go."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from nlp.assets import AssetMention
from nlp.correlation_candidates import pairs_by_sentence
from nlp.correlation_features import pair_features, sentence_features, sort_of
from nlp.correlation_relation import relation_features
from nlp.correlation_things import Pair
from nlp.text import Prepared

SURE, MANY, SHARE = 0.25, 4, 0.15  # a document is dense in patterns where so many and such a share are so likely


@dataclass(frozen=True)
class LogOdds:
    """A linear model of one yes-or-no question: bias and weight by feature, all in log-odds."""

    bias: float
    weights: Mapping[str, float]

    def of(self, features: Iterable[str]) -> float:
        """The log-odds of yes, without the bias."""
        return sum(filter(None, map(self.weights.get, features)), 0.0)

    def of_sort(self, sort: str, shared: Iterable[str]) -> float:
        """The log-odds by `sort_features(sort, shared)`, without writing these names out."""
        weights = self._by_sort.get(sort, {})
        return sum(filter(None, map(weights.get, chain(("",), shared))), 0.0)

    @cached_property
    def _by_sort(self) -> dict[str, dict[str, float]]:
        """The weights of `sort_features`: by sort, and by what the sentence says ("" for the sort alone)."""
        found: dict[str, dict[str, float]] = {}
        for name, weight in self.weights.items():
            if name.startswith("sort:"):
                sort, _, told = name.removeprefix("sort:").partition("&")
                found.setdefault(sort, {})[told] = weight
        return found

    def probability(self, features: Iterable[str]) -> float:
        """The probability of yes."""
        return _probability(self.bias + self.of(features))


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its probabilities of being claimed as a pattern and as a cause of one move."""

    pair: Pair
    pattern: float
    cause: float


@dataclass(frozen=True, slots=True)
class Limits:
    """`sentence`: the least probability that a sentence claims a pattern, below which its pairs are not looked at.

    `first`: the least probability of a pair; `again`: of the same pair in another sentence; `beside`: of a second
    pair in a sentence; `cause`: of a cause. Shares of these limits: `listed` of `first`, where another of the same
    list was found; `dense` of all of patterns, where many sentences of the document tell one.
    """

    sentence: float
    first: float
    again: float
    beside: float
    cause: float
    listed: float = 1.0
    dense: float = 1.0

    def where_dense(self) -> Limits:
        """The limits in a document of many patterns."""
        share = self.dense
        return replace(self, first=share * self.first, again=share * self.again, beside=share * self.beside)


@dataclass(frozen=True, slots=True)
class CorrelationModel:
    """Plain numbers. `pattern` and `cause`: does a sentence claim one; `pair`: which of its candidates it is about
    (shares of a softmax over them, so without a bias); `claim`: is a candidate claimed as a pattern, by sentence and
    pair together; `relation`: which way the two go.
    """

    pattern: LogOdds
    cause: LogOdds
    pair: LogOdds
    claim: LogOdds
    relation: Mapping[str, LogOdds]
    limits: Limits

    def score(self, prepared: Prepared, mentions: Sequence[AssetMention]) -> Iterator[Scored]:
        """The candidates of the sentences that may claim something, in order."""
        named: dict[int, list[str]] = {}
        for mention in mentions:
            named.setdefault(mention.sentence, []).append(mention.symbol)
        for number, told in pairs_by_sentence(prepared, mentions):
            shared = sentence_features(prepared, number, sorted(set(named.get(number, ()))))
            pattern, cause = self.pattern.probability(shared), self.cause.probability(shared)
            if pattern >= self.limits.sentence or cause >= self.limits.cause:
                yield from self._shared_out(prepared, told(), shared, pattern, cause)

    def _shared_out(
        self, prepared: Prepared, group: Sequence[Pair], shared: Sequence[str], pattern: float, cause: float
    ) -> Iterator[Scored]:
        base = self.claim.bias + self.claim.of(shared)
        sorts = [sort_of(pair) for pair in group]
        begun = {sort: (self.pair.of_sort(sort, shared), base + self.claim.of_sort(sort, shared)) for sort in {*sorts}}
        odds = [self._odds(prepared, pair, *begun[sort]) for pair, sort in zip(group, sorts, strict=True)]
        top = max(share for share, _ in odds)
        parts = [math.exp(share - top) for share, _ in odds]
        whole = sum(parts)
        for pair, part, (_, claim) in zip(group, parts, odds, strict=True):
            found = math.sqrt(pattern * part / whole * _probability(claim))
            yield Scored(pair, found, cause * part / whole)

    def _odds(self, prepared: Prepared, pair: Pair, share: float, claim: float) -> tuple[float, float]:
        """The log-odds of a pair among the pairs of its sentence, and of its being claimed at all."""
        features = pair_features(prepared, pair)
        return share + self.pair.of(features), claim + self.claim.of(features)

    def relation_of(self, prepared: Prepared, pair: Pair) -> str:
        """positive, negative or none, whichever is likeliest."""
        features = relation_features(prepared, pair)
        odds = {name: model.bias + model.of(features) for name, model in self.relation.items()}
        return max(odds, key=lambda name: odds[name])


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def chosen(scored: Sequence[Scored], limits: Limits) -> Iterator[tuple[Scored, bool]]:
    """The pairs to report, most certain first, and whether each is a pattern (else a cause)."""
    limits = limits.where_dense() if _dense(scored) else limits
    met: set[frozenset[str]] = set()
    sentences: dict[int, list[Pair]] = {}
    taken: set[tuple[int, frozenset[str]]] = set()
    for candidate in sorted(scored, key=lambda s: -s.pattern):
        if candidate.pattern < limits.first * limits.listed:
            break
        pair, names = candidate.pair, frozenset((candidate.pair.driver.name, candidate.pair.response.name))
        beside = sentences.get(pair.sentence, ())
        least = _least(limits, names in met, bool(beside), any(_listed(pair, other) for other in beside))
        if (pair.sentence, names) not in taken and candidate.pattern >= least:
            met.add(names)
            sentences.setdefault(pair.sentence, []).append(pair)
            taken.add((pair.sentence, names))
            yield candidate, True
    for candidate in sorted(scored, key=lambda s: -s.cause):
        if candidate.cause < limits.cause:
            break
        if candidate.pair.sentence not in sentences:
            sentences[candidate.pair.sentence] = [candidate.pair]
            yield candidate, False


def _least(limits: Limits, again: bool, beside: bool, listed: bool) -> float:
    if listed:
        return limits.first * limits.listed
    return max(limits.first, limits.again if again else 0.0, limits.beside if beside else 0.0)


def _listed(pair: Pair, other: Pair) -> bool:
    """ "When bubbles burst, gold, silver and copper burst too": what is said of one of a list is said of all."""
    same_driver, same_response = pair.driver.name == other.driver.name, pair.response.name == other.response.name
    responses = same_driver and pair.response.row > 0 and pair.response.row == other.response.row
    drivers = same_response and pair.driver.row > 0 and pair.driver.row == other.driver.row
    return responses or drivers


def _dense(scored: Sequence[Scored]) -> bool:
    """Whether a document has many sentences that tell a pattern: the doubtful ones are then likelier to do so too."""
    best: dict[int, float] = {}
    for candidate in scored:
        number = candidate.pair.sentence
        best[number] = max(best.get(number, 0.0), candidate.pattern)
    sure = sum(chance >= SURE for chance in best.values())
    return sure >= MANY and sure >= SHARE * (max(best) + 1)
