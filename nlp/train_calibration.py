"""What training judges on held-out documents: the ranking of calls, their confidence, and how good they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.calibrate import Calibration, isotonic, rule_family, step, verified_from
from nlp.calls import Scored, make_calls
from nlp.claims import to_annotation
from nlp.evaluate import Tally, call_agreement, pair_up, same_call, same_speaker, tally, total
from nlp.ranking import Item, items, rank_probabilities
from nlp.train_stance import FOLDS, Example
from nlp.trees import Forest, fit_forest
from nlp.voices import Voicing, voicing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN = ("sentences-", "documents-")  # how the ids of our corpus begin
OWN_WEIGHT = 5.0  # of a document of our corpus where calls are ranked: dense texts are rare among the many real ones


@dataclass(frozen=True, slots=True)
class Ranked:
    """The items of one document, with what is true of each."""

    example: Example
    voices: Voicing
    items: tuple[Item, ...]
    right: tuple[bool, ...]


def ranked(example: Example, table: NDArray[np.float64]) -> Ranked:
    """An item is right where gold has more calls of its asset and stance than its rank."""
    voices = voicing(example.reading.candidates)
    found = items(example.reading, table, voices)
    gold = Counter((c["asset"], c["stance"]) for c in example.gold.calls)
    right = tuple(gold[example.reading.candidates[i.candidate].asset, i.stance] > i.rank for i in found)
    return Ranked(example, voices, tuple(found), right)


def fit_ranking(documents: Sequence[Ranked]) -> Forest:
    import numpy as np

    rows = np.array([i.features for d in documents for i in d.items], np.float32)
    weights = [OWN_WEIGHT if d.example.gold.document.id.startswith(OWN) else 1.0 for d in documents]
    weight = np.repeat(weights, [len(d.items) for d in documents])
    return fit_forest(rows, np.array([r for d in documents for r in d.right]), weight)


def held_out_ranking(documents: Sequence[Ranked], fold: NDArray[np.int64]) -> list[list[float]]:
    """P(right) of every item, from forests that never saw its document's fold."""
    result: list[list[float]] = [[]] * len(documents)
    for held in range(FOLDS):
        forest = fit_ranking([d for d, f in zip(documents, fold, strict=True) if f != held])
        for number, document in enumerate(documents):
            if fold[number] == held:
                result[number] = rank_probabilities(forest, document.items)
    return result


def best_threshold(documents: Sequence[Ranked], scores: Sequence[Sequence[float]], kind: str) -> float:
    """The probability that gives the best F1 of (asset, stance) on documents of a kind, in steps of 0.01.

    Fields count alike, however many calls each has, and a step counts with the two beside it: the curve is jagged.
    """
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    gold: Counter[str] = Counter()
    for document, chances in zip(documents, scores, strict=True):
        given = document.example.gold
        if given.document.kind == kind:
            gold[given.field] += len(given.calls)
            pairs[given.field].extend(zip(chances, document.right, strict=True))
    quality = [sum(_f1(pairs[field], gold[field], step / 100) for field in pairs) for step in range(9, 61)]
    best = max(range(1, len(quality) - 1), key=lambda at: sum(quality[at - 1 : at + 2]))
    return (best + 9) / 100


def _f1(pairs: Sequence[tuple[float, bool]], gold: int, at: float) -> float:
    kept = [right for score, right in pairs if score >= at]
    return 2 * sum(kept) / max(1, len(kept) + gold)


def speaker_shares(documents: Sequence[Ranked]) -> dict[str, float]:
    """How often each family of rules finds the voice people gave, on candidates that carry a gold call."""
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for document in documents:
        for number, calls in enumerate(document.example.matched):
            if calls:
                family = rule_family(document.voices.voices[number])
                seen[family] += 1
                right[family] += any(same_speaker(document.voices.speaker(number), c["speaker"]) for c in calls)
    return {family: round((right[family] + 1.4) / (seen[family] + 2), 4) for family in sorted(seen)}


def calibrate(documents: Sequence[Ranked], scores: Sequence[Sequence[float]]) -> Calibration:
    """Thresholds, speaker shares, the isotonic fit and the verified threshold, all from held-out scores."""
    thresholds = {kind: best_threshold(documents, scores, kind) for kind in ("article", "post")}
    plain = Calibration(thresholds, speaker_shares(documents), (), {})
    raw, right = _judged(documents, scores, plain)
    steps = isotonic(raw, right)
    return Calibration(thresholds, plain.speakers, steps, {"call": verified_from([step(steps, r) for r in raw], right)})


def _judged(
    documents: Sequence[Ranked], scores: Sequence[Sequence[float]], calibration: Calibration
) -> tuple[list[float], list[bool]]:
    """Raw score of every call over the threshold, and whether gold has it with this speaker."""
    raw: list[float] = []
    right: list[bool] = []
    for document, chances in zip(documents, scores, strict=True):
        scored = [Scored(i, p) for i, p in zip(document.items, chances, strict=True)]
        calls = list(make_calls(document.example.reading, document.voices, scored, calibration))
        rows = [to_annotation(c) for c in calls]
        hit = {j for _, j in pair_up(document.example.gold.calls, rows, same_call, call_agreement)}
        raw += [c.confidence for c in calls]
        right += [j in hit for j in range(len(calls))]
    return raw, right


def quality_of(
    documents: Sequence[Ranked], scores: Sequence[Sequence[float]], calibration: Calibration
) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of the calls that the scores make, by field of the document."""
    tallies: dict[str, list[Tally]] = {}
    for document, chances in zip(documents, scores, strict=True):
        scored = [Scored(i, p) for i, p in zip(document.items, chances, strict=True)]
        rows = [to_annotation(c) for c in make_calls(document.example.reading, document.voices, scored, calibration)]
        gold = {"calls": document.example.gold.calls}
        tallies.setdefault(document.example.gold.field, []).append(tally(gold, {"calls": rows}))
    return {
        f"{name}: {measure}": row
        for name, part in sorted(tallies.items())
        for measure, row in total(part).table().items()
    }
