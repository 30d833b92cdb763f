"""Training: from annotated documents to the plain numbers in nlp/weights. Needs scikit-learn (extra `train`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.calibrate import Calibration, isotonic, rule_family, step, verified_from
from nlp.calls import Scored, make_calls
from nlp.claims import to_annotation
from nlp.evaluate import Tally, call_agreement, pair_up, same_call, same_speaker, tally, total
from nlp.gold import Annotated
from nlp.ranking import Item, items, rank_probabilities
from nlp.reading import Reading, read
from nlp.stance import SCALE, STANCES, StanceModel
from nlp.stance_features import BUCKETS, Features
from nlp.trees import Forest, fit_forest, to_arrays
from nlp.voices import Voicing, voicing

FOLDS = 5
NEVER = -8.0  # the score of a stance that no document shows
LEAST = 2  # examples below which a hashed word is left out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Example:
    """A document read up to its candidates, with the stance people gave each ("none" where they gave none)."""

    gold: Annotated
    reading: Reading
    labels: tuple[str, ...]
    matched: tuple[tuple[dict[str, Any], ...], ...]  # the gold calls each candidate's clause carries


def examples(documents: Sequence[Annotated]) -> list[Example]:
    """Read the documents and lay the gold calls over their candidates."""
    return [_example(gold) for gold in documents]


def _example(gold: Annotated) -> Example:
    reading = read(gold.document)
    matched = tuple(_matches(gold, reading, k) for k in range(len(reading.candidates)))
    labels = tuple(_label(calls, reading.features[k].net) for k, calls in enumerate(matched))
    return Example(gold, reading, labels, matched)


def _matches(gold: Annotated, reading: Reading, number: int) -> tuple[dict[str, Any], ...]:
    """Gold calls on this asset whose quotation covers half of the clause, or lies mostly inside it."""
    candidate = reading.candidates[number]
    first, last = reading.prepared.to_original(candidate.clause.start, candidate.clause.end)
    found = []
    for call in gold.calls:
        start = gold.document.text.find(call["quote"])
        if start < 0 or call["asset"] != candidate.asset:
            continue
        shared = min(last, start + len(call["quote"])) - max(first, start)
        if shared > 0 and (shared >= 0.5 * (last - first) or shared >= 0.6 * len(call["quote"])):
            found.append(call)
    return tuple(found)


def _label(calls: Sequence[dict[str, Any]], net: float) -> str:
    """The stance of the calls; where both are there, the one the clause's own words lean to."""
    stances = [str(call["stance"]) for call in calls]
    if not stances:
        return "none"
    leaning = "bullish" if net > 0 else "bearish"
    return leaning if net and leaning in stances else stances[0]


def matrix(features: Sequence[Features]) -> Any:
    """The design matrix (n, BUCKETS + len(DENSE)), sparse; hashed words scaled to length SCALE."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack

    columns = [b for f in features for b in f.buckets]
    starts = np.cumsum([0, *(len(f.buckets) for f in features)])
    values = np.concatenate([np.full(len(f.buckets), SCALE / max(1, len(f.buckets)) ** 0.5) for f in features])
    words = csr_matrix((values, columns, starts), shape=(len(features), BUCKETS))
    return hstack([words, csr_matrix(np.array([f.dense for f in features]))]).tocsr()


def fit_stance(features: Sequence[Features], labels: Sequence[str], strength: float = 0.3) -> StanceModel:
    """One L2 logistic regression per stance; `strength` is the inverse of the penalty."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    design, target = matrix(features), np.array(labels)
    seen = np.asarray((design != 0).sum(0)).ravel() >= LEAST
    weights = np.zeros((design.shape[1], len(STANCES)), np.float32)
    bias = np.full(len(STANCES), NEVER, np.float32)
    for number, stance in enumerate(STANCES):
        if not (target == stance).any():
            continue
        model = LogisticRegression(C=strength, solver="liblinear", dual=True, random_state=0, max_iter=150, tol=0.01)
        model.fit(design[:, seen], target == stance)
        weights[seen, number], bias[number] = model.coef_[0], model.intercept_[0]
    return StanceModel(weights[:BUCKETS], weights[BUCKETS:], bias)


def folds(count: int) -> NDArray[np.int64]:
    """The fold of each document, the same at every run."""
    import numpy as np

    result: NDArray[np.int64] = np.random.RandomState(0).permutation(count) % FOLDS
    return result


def held_out_stances(found: Sequence[Example], fold: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """The linear model's probabilities for each document, from models that never saw its fold."""
    import numpy as np

    result: list[NDArray[np.float64]] = [np.zeros((0, 3))] * len(found)
    for held in range(FOLDS):
        rest = [e for e, f in zip(found, fold, strict=True) if f != held]
        model = fit_stance([x for e in rest for x in e.reading.features], [y for e in rest for y in e.labels])
        for number, example in enumerate(found):
            if fold[number] == held:
                result[number] = model.probabilities(example.reading.features)
    return result


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
    return fit_forest(rows, np.array([r for d in documents for r in d.right]))


def held_out_ranking(documents: Sequence[Ranked], fold: NDArray[np.int64]) -> list[list[float]]:
    """P(right) of every item, from forests that never saw its document's fold."""
    result: list[list[float]] = [[]] * len(documents)
    for held in range(FOLDS):
        forest = fit_ranking([d for d, f in zip(documents, fold, strict=True) if f != held])
        for number, document in enumerate(documents):
            if fold[number] == held:
                result[number] = rank_probabilities(forest, document.items)
    return result


# --- calibration --------------------------------------------------------------------------------------------------


def best_threshold(documents: Sequence[Ranked], scores: Sequence[Sequence[float]], kind: str) -> float:
    """The probability that gives the best F1 of (asset, stance) on documents of a kind, in steps of 0.01."""
    pairs: list[tuple[float, bool]] = []
    gold = 0
    for document, chances in zip(documents, scores, strict=True):
        if document.example.gold.document.kind == kind:
            gold += len(document.example.gold.calls)
            pairs.extend(zip(chances, document.right, strict=True))
    return max((step / 100 for step in range(10, 60)), key=lambda at: _f1(pairs, gold, at))


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


# --- all together -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trained:
    """What training found, with the held-out quality it measured: precision, recall and F1 by kind of document."""

    stance: StanceModel
    ranking: Forest
    calibration: Calibration
    quality: dict[str, dict[str, float]]

    def write(self, folder: Path) -> None:
        """stance.npz, ranking.npz and calibration.json in `folder`."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        (folder / "stance.npz").write_bytes(self.stance.to_bytes())
        with (folder / "ranking.npz").open("wb") as out:
            np.savez_compressed(out, **to_arrays(self.ranking))
        text = json.dumps(self.calibration.to_json(), indent=1, sort_keys=True)
        (folder / "calibration.json").write_text(text + "\n", encoding="utf-8")

    def table(self) -> str:
        """The held-out quality as lines of text."""
        lines = []
        for name, row in self.quality.items():
            numbers = (
                f"F1 {row['f1']:.3f} of {row['gold']:.0f}"
                if "f1" in row
                else f"share {row['share']:.3f} of {row['of']:.0f}"
            )
            lines.append(f"{name:24} {numbers}")
        return "\n".join(lines)


def train_calls(documents: Sequence[Annotated], judges: frozenset[str] = frozenset()) -> Trained:
    """Fit the stance model, the ranking forest and the calibration; the same documents give the same numbers.

    Thresholds, confidence and quality are judged on the held-out documents with the ids `judges` (on all where
    there are none): how often a call is right must be told from texts as they come, by the most careful labels.
    """
    found = examples(documents)
    fold = folds(len(found))
    tables = held_out_stances(found, fold)
    ranking = [ranked(e, t) for e, t in zip(found, tables, strict=True)]
    scores = held_out_ranking(ranking, fold)
    heard = [n for n, e in enumerate(found) if not judges or e.gold.document.id in judges]
    judged, chances = [ranking[n] for n in heard], [scores[n] for n in heard]
    calibration = calibrate(judged, chances)
    quality = quality_of(judged, chances, calibration)
    final = fit_stance([x for e in found for x in e.reading.features], [y for e in found for y in e.labels])
    return Trained(final, fit_ranking(ranking), calibration, quality)


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


def weights_folder() -> Path:
    """nlp/weights."""
    return Path(str(files("nlp").joinpath("weights")))
