"""Train the models of correlations; `calledit train` does. Needs scikit-learn (the `train` extra). Deterministic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.assets import AssetMention, find_assets
from nlp.correlation_candidates import pairs
from nlp.correlation_features import pair_features, sentence_features, sort_features, sort_of
from nlp.correlation_model import CorrelationModel, Limits, LogOdds
from nlp.correlation_relation import relation_features
from nlp.correlation_things import Pair
from nlp.correlation_weights import save
from nlp.gold import Annotated, load_gold, load_labels, own_corpus
from nlp.series import with_series
from nlp.text import Prepared, prepare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

LEAST = 4  # sentences below which a feature is left out
ALONE = ("correlation_sentences", "correlation_documents")  # files of the corpus for correlations alone
OWN_WEIGHT = 1.2  # of a sentence of the corpus beside one of a real article
CAUSE_WEIGHT = 0.5  # of a cause beside a pattern, where pairs and relations are learned
RELATIONS = ("positive", "negative", "none")
STRENGTH = {"sentence": 0.1, "pair": 0.3, "claim": 0.1, "relation": 0.3}  # inverse of the L2 penalty
LIMITS = Limits(sentence=0.05, first=0.155, again=0.19, beside=0.34, cause=0.25, listed=0.5, dense=0.65)


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate with its features; `claimed`: people said it. The relation features are there where it is."""

    features: tuple[str, ...]
    relation_features: tuple[str, ...]
    claimed: bool
    relation: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with its features and candidates; `kind`: what people found in it, pattern, cause or ""."""

    prepared: Prepared
    features: tuple[str, ...]
    pairs: tuple[Pair, ...]
    claims: tuple[dict[str, Any], ...]  # of that kind
    kind: str
    own: bool  # of our own corpus


def rows(gold: Annotated, own: bool = False) -> Iterator[Row]:
    """Every sentence of a document that has candidates, labelled."""
    prepared = prepare(gold.document.text, gold.document.kind)
    assets = mentions(prepared)
    named: dict[int, set[str]] = {}
    for mention in assets:
        named.setdefault(mention.sentence, set()).add(mention.symbol)
    for number, group in groupby(pairs(prepared, assets), key=lambda pair: pair.sentence):
        features = sentence_features(prepared, number, sorted(named.get(number, ())))
        claims = _claims_in(gold, prepared, number)
        kinds = {claim.get("kind", "pattern") for claim in claims}
        kind = "pattern" if "pattern" in kinds else "cause" if kinds else ""
        told = tuple(claim for claim in claims if claim.get("kind", "pattern") == kind)
        yield Row(prepared, tuple(features), tuple(group), told, kind, own)


def mentions(prepared: Prepared) -> tuple[AssetMention, ...]:
    return with_series(prepared, find_assets(prepared))


def cases(row: Row) -> tuple[Case, ...]:
    """The candidates of a sentence with their features, labelled."""
    return tuple(_case(row, pair) for pair in row.pairs)


def _case(row: Row, pair: Pair) -> Case:
    relation = next((claim["relation"] for claim in row.claims if same_pair(claim, pair)), None)
    told = tuple(relation_features(row.prepared, pair)) if relation else ()
    features = *pair_features(row.prepared, pair), *sort_features(sort_of(pair), row.features)
    return Case(features, told, relation is not None, relation)


def _claims_in(gold: Annotated, prepared: Prepared, number: int) -> list[dict[str, Any]]:
    sentence = prepared.sentences[number]
    span = prepared.to_original(sentence.start, sentence.end)
    return [claim for claim in gold.correlations if _covers(gold.document.text, claim["quote"], span)]


def _covers(text: str, quote: str, span: tuple[int, int]) -> bool:
    """Whether a quotation and a sentence share half of the one or of the other."""
    start = text.find(quote)
    shared = min(span[1], start + len(quote)) - max(span[0], start)
    return start >= 0 and shared > 0 and (shared >= len(quote) / 2 or shared >= (span[1] - span[0]) / 2)


def same_pair(claim: dict[str, Any], pair: Pair) -> bool:
    """Whether a pair is what was annotated; without an event, either way round."""
    straight = same_thing(claim["driver"], pair.driver.name) and same_thing(claim["response"], pair.response.name)
    turned = same_thing(claim["driver"], pair.response.name) and same_thing(claim["response"], pair.driver.name)
    return straight or (turned and not claim.get("driver_event"))


def same_thing(a: str, b: str) -> bool:
    """Equal, or of several words and half of the shorter one's words in common."""
    if a.casefold() == b.casefold():
        return True
    x, y = (set(re.findall(r"\w+", name.casefold())) for name in (a, b))
    return bool(x and y) and len(x & y) / min(len(x), len(y)) >= 0.5 and max(len(x), len(y)) > 1


def train_correlations(labelled: Sequence[Row]) -> CorrelationModel:
    """Fit the models: those of sentences on all of them, those of pairs on the sentences that may claim something."""
    pattern, cause = (
        _fit([(row.features, row.kind == kind, weight_of(row)) for row in labelled], "sentence")
        for kind in ("pattern", "cause")
    )
    found = [(row, cases(row)) for row in labelled if row.kind or pattern.probability(row.features) >= LIMITS.sentence]
    told = [(case, kind_weight(row)) for row, group in found for case in group if case.relation]
    relation = {
        name: _fit([(case.relation_features, case.relation == name, weight) for case, weight in told], "relation")
        for name in RELATIONS
    }
    return CorrelationModel(pattern, cause, _fit_pairs(found), _fit_claims(found), relation, LIMITS)


def weight_of(row: Row) -> float:
    return OWN_WEIGHT if row.own else 1.0


def kind_weight(row: Row) -> float:
    return 1.0 if row.kind == "pattern" else CAUSE_WEIGHT


def _fit_claims(found: Sequence[tuple[Row, Sequence[Case]]]) -> LogOdds:
    """Is a candidate claimed as a pattern, by the features of sentence and pair together.

    A sentence with a pattern whose two things are not among its candidates teaches nothing.
    """
    clear = [(row, group) for row, group in found if row.kind != "pattern" or any(case.claimed for case in group)]
    return _fit(
        [
            ((*row.features, *case.features), row.kind == "pattern" and case.claimed, weight_of(row))
            for row, group in clear
            for case in group
        ],
        "claim",
    )


def _design(features: Sequence[Sequence[str]]) -> tuple[list[str], csr_matrix]:
    """The names of the features seen often enough, and the binary matrix (rows, names)."""
    import numpy as np
    from scipy.sparse import csr_matrix

    counts = Counter(name for row in features for name in set(row))
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    known = {name: number for number, name in enumerate(names)}
    columns = [sorted({known[f] for f in row if f in known}) for row in features]
    starts = np.cumsum([0, *map(len, columns)])
    flat = [c for row in columns for c in row]
    return names, csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(features), len(names)))


def _fit(cases: Sequence[tuple[Sequence[str], bool, float]], question: str) -> LogOdds:
    """L2 logistic regression over binary features; each case has features, the answer and a weight."""
    from sklearn.linear_model import LogisticRegression

    names, design = _design([features for features, _, _ in cases])
    model = LogisticRegression(C=STRENGTH[question], solver="liblinear", random_state=0, tol=0.01)
    model.fit(design, [answer for _, answer, _ in cases], sample_weight=[weight for _, _, weight in cases])
    weights = {name: round(w, 4) for name, w in zip(names, model.coef_[0].tolist(), strict=True)}
    return LogOdds(round(float(model.intercept_[0]), 4), weights)


def _fit_pairs(found: Sequence[tuple[Row, Sequence[Case]]]) -> LogOdds:
    """Conditional logistic regression: which candidates of a sentence that claims something are the claimed ones.

    Maximises the log of the softmax share of the claimed candidates, less an L2 penalty (McFadden, 1974).
    """
    import numpy as np

    told = [(row, group) for row, group in found if len({case.claimed for case in group}) == 2]
    flat = [case for _, group in told for case in group]
    names, design = _design([case.features for case in flat])
    starts = np.cumsum([0, *(len(group) for _, group in told)])
    claimed = np.array([case.claimed for case in flat], np.float64)
    weight = np.array([kind_weight(row) for row, _ in told])
    solution = _conditional(design, starts, claimed, weight)
    return LogOdds(0.0, {name: round(w, 4) for name, w in zip(names, solution.tolist(), strict=True)})


def _conditional(
    design: csr_matrix, starts: NDArray[np.int64], claimed: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights of a conditional logistic regression over groups of rows, each with a claimed one."""
    import numpy as np
    from scipy.optimize import minimize

    first, group = starts[:-1], np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    turned, strength = design.T.tocsr(), STRENGTH["pair"]

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = design @ w
        parts = np.exp(odds - np.maximum.reduceat(odds, first)[group])
        whole, right = np.add.reduceat(parts, first), np.add.reduceat(parts * claimed, first)
        slope = (parts / whole[group] - parts * claimed / right[group]) * weight[group]
        return float(-(weight * np.log(right / whole)).sum() + w @ w / (2 * strength)), turned @ slope + w / strength

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    result: NDArray[np.float64] = found.x
    return result


def own_documents() -> list[Annotated]:
    """What of the corpus has only correlations annotated, and the training part of the rest."""
    folder = Path(str(files("nlp").joinpath("corpus")))
    alone = [gold for name in ALONE for gold in load_gold(folder / f"{name}.jsonl")]
    return [*alone, *own_corpus("train")]


def learn(gold: Path | None, texts: Path | None, folder: Path) -> int:
    """Train on own sentences, annotated documents and shipped labels; returns how many candidates there were.

    Writes correlations.npz into `folder`.
    """
    labelled = [row for own in own_documents() for row in rows(own, own=True)]
    for name in ("train_articles", "train_posts"):
        if gold and (gold / f"{name}_gold.jsonl").exists():
            found = load_gold(gold / f"{name}.jsonl", gold / f"{name}_gold.jsonl")
            labelled += [row for document in found for row in rows(document)]
    if texts:
        labelled += [row for document in load_labels(texts, having="correlations") for row in rows(document)]
    save(train_correlations(labelled), folder / "correlations.npz")
    return sum(len(row.pairs) for row in labelled)
