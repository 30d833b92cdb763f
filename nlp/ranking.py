"""From scored candidates to calls: how many calls on one asset and stance a document makes, and in which sentences.

Every candidate with a stance is an item; items of one asset and stance are ranked by the linear model's
probability, and a small forest says how likely it is that the document makes at least that many such calls.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markets.assets import registry
from nlp.claims import Stance
from nlp.reading import Reading
from nlp.stance import STANCES
from nlp.stance_features import DENSE
from nlp.trees import Forest, from_bytes
from nlp.voices import Voicing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOOR = 0.04  # candidates under this probability are no items
NAMES = (
    "logit",
    "rank",
    "first",
    "second",
    "later",
    "logit_top",
    "expected",
    "log_expected",
    "surplus",
    "group",
    "opposite",
    "opposite_here",
    "rival_here",
    "same_voice",
    "outlet",
    "unnamed",
    "post",
    "explicit",
    "main_origin",
    "main",
    "neutral",
    "bearish",
    "asset_sum",
    "asset_share",
    "total",
    "length",
    "assets",
    "logit_later",
    "beside_better",
    "beside_worse",
    "place",
    "share",
    "in_title",
    "trend",
    "net",
    "conditional",
    "clauses",
    "question",
    "heading",
    "voice_sure",
    "other_stances",
    "coin",
    "rate",
    "currency",
    "equity",
    "future",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One candidate read with one stance, the `rank`-th of its asset and stance in the document (from 0)."""

    candidate: int
    stance: Stance
    probability: float
    rank: int
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    probability: float
    sentence: int
    candidate: int


def items(reading: Reading, table: NDArray[np.float64], voicing: Voicing) -> list[Item]:
    """The items of a document; `table` holds the linear model's probabilities, shape (candidates, 3)."""
    best: dict[tuple[int, str, int], _Found] = {}
    for number, (candidate, row) in enumerate(zip(reading.candidates, table, strict=True)):
        stance = int(row.argmax())
        key = (candidate.clause.sentence, candidate.asset, stance)
        if row[stance] >= FLOOR and (key not in best or row[stance] > best[key].probability):
            best[key] = _Found(float(row[stance]), candidate.clause.sentence, number)
    groups: dict[tuple[str, int], list[_Found]] = defaultdict(list)
    for (_, asset, stance), found in best.items():
        groups[asset, stance].append(found)
    return list(_ranked(reading, best, groups, voicing))


def _ranked(
    reading: Reading,
    best: dict[tuple[int, str, int], _Found],
    groups: dict[tuple[str, int], list[_Found]],
    voicing: Voicing,
) -> list[Item]:
    sums: dict[str, float] = defaultdict(float)
    for (asset, _), found in groups.items():
        sums[asset] += sum(f.probability for f in found)
    rivals: dict[int, dict[str, float]] = defaultdict(dict)
    for (sentence, asset, _), found_one in best.items():
        rivals[sentence][asset] = max(rivals[sentence].get(asset, 0.0), found_one.probability)
    result = []
    for (asset, stance), found in groups.items():
        found.sort(key=lambda f: (-f.probability, f.sentence))
        speakers: Counter[str] = Counter()
        for rank, one in enumerate(found):
            values = _features(reading, best, groups, voicing, sums, rivals, (asset, stance), rank, one, speakers)
            speakers[voicing.speaker(one.candidate)] += 1
            result.append(Item(one.candidate, STANCES[stance], one.probability, rank, values))
    return result


def _features(
    reading: Reading,
    best: dict[tuple[int, str, int], _Found],
    groups: dict[tuple[str, int], list[_Found]],
    voicing: Voicing,
    sums: dict[str, float],
    rivals: dict[int, dict[str, float]],
    key: tuple[str, int],
    rank: int,
    one: _Found,
    speakers: Counter[str],
) -> tuple[float, ...]:
    asset, stance = key
    found, candidate = groups[key], reading.candidates[one.candidate]
    features = reading.features[one.candidate]
    expected, top, logit = sum(f.probability for f in found), found[0].probability, _logit(one.probability)
    others = [q for q in range(3) if q != stance]
    speaker, total = voicing.speaker(one.candidate), sum(sums.values())
    sentence = reading.prepared.sentences[one.sentence]
    beside = [f for f in found if abs(f.sentence - one.sentence) == 1]
    ending = reading.prepared.text[sentence.end - 2 : sentence.end]
    return (
        logit,
        rank,
        float(rank == 0),
        float(rank == 1),
        float(rank >= 2),
        _logit(top),
        expected,
        math.log(expected + 0.01),
        expected - rank,
        len(found),
        max((groups[asset, q][0].probability for q in others if (asset, q) in groups), default=0.0),
        max(
            (best[one.sentence, asset, q].probability for q in others if (one.sentence, asset, q) in best), default=0.0
        ),
        max((p for name, p in rivals[one.sentence].items() if name != asset), default=0.0),
        speakers[speaker],
        float(speaker == ""),
        float(speaker == "unnamed"),
        float(reading.prepared.kind == "post"),
        float(candidate.origin == "explicit"),
        float(candidate.origin == "main"),
        float(candidate.main),
        float(stance == 2),
        float(stance == 1),
        sums[asset],
        sums[asset] / total,
        total,
        len(reading.prepared.text) / 1000,
        len(sums),
        logit * (rank > 0),
        float(any(f.probability > one.probability for f in beside)),
        float(any(f.probability <= one.probability for f in beside)),
        one.sentence / max(1, len(reading.prepared.sentences)),
        candidate.share,
        float(candidate.in_title),
        features.trend,
        features.net,
        float(features.conditional),
        candidate.clause.count,
        float("?" in ending),
        float(sentence.role in ("title", "heading")),
        voicing.sure(one.candidate),
        sum((asset, q) in groups for q in others),
        *_kinds(asset),
        features.dense[_FUTURE],
    )


_FUTURE = DENSE.index("future")


def _kinds(asset: str) -> tuple[float, ...]:
    known = registry().get(asset)
    kind = known.kind if known else "equity"
    return tuple(float(kind in kinds) for kinds in (("coin",), ("rate", "macro"), ("currency",), ("equity", "fund")))


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


@cache
def shipped() -> Forest:
    """The forest in nlp/weights."""
    return from_bytes(files("nlp").joinpath("weights/ranking.npz").read_bytes())


def rank_probabilities(forest: Forest, found: Sequence[Item]) -> list[float]:
    """P(the document makes at least rank + 1 calls of this asset and stance), for each item."""
    import numpy as np

    if not found:
        return []
    return [float(p) for p in forest.probabilities(np.array([i.features for i in found], np.float32))]
