"""Fit the model of stances on annotated documents. Needs scikit-learn (extra `train`)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlp.gold import Annotated
from nlp.reading import Reading, read
from nlp.stance import QUESTIONS, SCALE, STANCES, StanceModel
from nlp.stance_features import BUCKETS, Features

FOLDS = 5
NEVER = -8.0  # the score of a stance that no document shows
CALL, DIRECTION = QUESTIONS.index("call"), QUESTIONS.index("direction")
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


def fit_stance(found: Sequence[Example]) -> StanceModel:
    """One L2 logistic regression per question of nlp.stance."""
    import numpy as np

    design = matrix([features for e in found for features in e.reading.features])
    target = np.array([label for e in found for label in e.labels])
    seen = np.asarray((design != 0).sum(0)).ravel() >= LEAST
    kept = design[:, seen]
    weights = np.zeros((design.shape[1], len(QUESTIONS)), np.float32)
    bias = np.full(len(QUESTIONS), NEVER, np.float32)
    for number, stance in enumerate(STANCES):
        weights[seen, number], bias[number] = _fit(kept, target == stance)
    weights[seen, CALL], bias[CALL] = _fit(kept, target != "none")
    sided = np.isin(target, ("bullish", "bearish"))
    weights[seen, DIRECTION], bias[DIRECTION] = _fit(kept[sided], target[sided] == "bullish", strength=1.0)
    return StanceModel(weights[:BUCKETS], weights[BUCKETS:], bias)


def _fit(design: Any, answer: NDArray[np.bool_], strength: float = 0.3) -> tuple[Any, float]:
    """Weights and intercept; `strength` is the inverse of the penalty. Where all answers are alike, no weights."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if len(set(answer.tolist())) < 2:
        return 0.0, -NEVER if answer.any() else NEVER
    model = LogisticRegression(C=strength, solver="liblinear", dual=True, random_state=0, max_iter=150, tol=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter ends it on purpose: training takes minutes
        model.fit(design, answer)
    return model.coef_[0], float(model.intercept_[0])


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
        model = fit_stance(rest)
        for number, example in enumerate(found):
            if fold[number] == held:
                result[number] = model.probabilities(example.reading.features)
    return result
