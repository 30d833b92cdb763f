"""Train the models of correlations. Needs scikit-learn (the `train` extra). Deterministic.

Run as `python -m nlp.train_correlations GOLD_DIR [--try]`, where the folder holds train_articles.jsonl and
train_articles_gold.jsonl. `--try` prints cross-validated scores instead of writing weights.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from nlp.assets import AssetMention, find_assets
from nlp.correlation_candidates import Pair, pairs
from nlp.correlation_features import pair_features, sentence_features
from nlp.correlation_model import CorrelationModel
from nlp.correlation_relation import relation_features
from nlp.figures.linear import Linear
from nlp.gold import Annotated, load_gold
from nlp.series import with_series
from nlp.text import Prepared, prepare

LEAST = 3  # occurrences below which a feature is left out
OWN_WEIGHT = 0.6  # of a sentence of the corpus beside one of a real article
RELATIONS = ("positive", "negative", "none")
STRENGTH = {"pattern": 0.2, "cause": 0.2, "relation": 0.3}  # inverse of the L2 penalty
LIMITS = {"first": 0.14, "again": 0.4, "listed": 0.2, "beside": 0.6, "cause": 0.25}  # chosen by cross-validation


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate with its features and what people said of it: "" nothing, else the row of the gold."""

    features: tuple[str, ...]
    relation_features: tuple[str, ...]
    kind: str  # pattern, cause, "" or "elsewhere": the pair is claimed, but in another sentence
    relation: str | None
    weight: float


def rows(gold: Annotated, weight: float = 1.0) -> list[Row]:
    """Every candidate of a document, labelled."""
    prepared = prepare(gold.document.text, gold.document.kind)
    found = list(pairs(prepared, mentions(prepared)))
    return [_row(gold, prepared, pair, weight) for pair in found]


def mentions(prepared: Prepared) -> tuple[AssetMention, ...]:
    return with_series(prepared, find_assets(prepared))


def _row(gold: Annotated, prepared: Prepared, pair: Pair, weight: float) -> Row:
    sentence = prepared.sentences[pair.sentence]
    span = prepared.to_original(sentence.start, sentence.end)
    same = [claim for claim in gold.correlations if same_pair(claim, pair)]
    here = [claim for claim in same if _overlaps(gold.document.text, claim["quote"], span)]
    kinds = [claim.get("kind", "pattern") for claim in here]
    kind = "pattern" if "pattern" in kinds else "cause" if kinds else "elsewhere" if same else ""
    relation = next((c["relation"] for c in here if c.get("kind", "pattern") == kind), None)
    features = (*sentence_features(prepared, pair.sentence), *pair_features(prepared, pair))
    return Row(features, tuple(relation_features(prepared, pair)) if relation else (), kind, relation, weight)


def _overlaps(text: str, quote: str, span: tuple[int, int]) -> bool:
    start = text.find(quote)
    return start >= 0 and start < span[1] and span[0] < start + len(quote)


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
    """Fit the models on labelled candidates."""
    clear = [row for row in labelled if row.kind != "elsewhere"]
    vocabulary = _vocabulary([row.features for row in clear])
    fits = [
        _fit([r.features for r in clear], [r.kind == k for r in clear], [r.weight for r in clear], vocabulary, STRENGTH[k])
        for k in ("pattern", "cause")
    ]
    told = [row for row in labelled if row.relation]
    return CorrelationModel(_linear(("pattern", "cause"), fits, vocabulary), _relations(told), **LIMITS)


def _relations(told: Sequence[Row]) -> CorrelationModel | Any:
    known = _vocabulary([row.relation_features for row in told])
    fits = [
        _fit([r.relation_features for r in told], [r.relation == k for r in told], [1.0] * len(told), known, STRENGTH["relation"])
        for k in RELATIONS
    ]
    return _linear(RELATIONS, fits, known)


def _vocabulary(documents: Sequence[Sequence[str]]) -> dict[str, int]:
    counts = Counter(name for features in documents for name in set(features))
    return {name: i for i, name in enumerate(sorted(n for n, count in counts.items() if count >= LEAST))}


def _fit(
    documents: Sequence[Sequence[str]], truth: Sequence[bool], weights: Sequence[float], vocabulary: dict[str, int], strength: float
) -> tuple[float, Any]:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    columns = [sorted({vocabulary[f] for f in features if f in vocabulary}) for features in documents]
    starts = np.cumsum([0, *map(len, columns)])
    flat = [c for row in columns for c in row]
    design = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(documents), len(vocabulary)))
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(design, truth, sample_weight=weights)
    return float(model.intercept_[0]), model.coef_[0]


def _linear(classes: tuple[str, ...], fits: Sequence[tuple[float, Any]], vocabulary: dict[str, int]) -> Linear:
    weights = {name: tuple(float(coefficients[i]) for _, coefficients in fits) for name, i in vocabulary.items()}
    kept = {name: row for name, row in weights.items() if max(map(abs, row)) >= 0.01}
    return Linear(classes, tuple(bias for bias, _ in fits), kept)


def own_sentences() -> list[Annotated]:
    """The sentences of nlp/corpus/correlation_sentences.jsonl."""
    return load_gold(Path(str(files("nlp").joinpath("corpus", "correlation_sentences.jsonl"))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    folder = parser.parse_args().gold
    real = load_gold(folder / "train_articles.jsonl", folder / "train_articles_gold.jsonl")
    labelled = [row for gold in real for row in rows(gold)]
    labelled += [row for gold in own_sentences() for row in rows(gold, OWN_WEIGHT)]
    model = train_correlations(labelled)
    path = Path(str(files("nlp").joinpath("weights", "correlations.json")))
    path.write_text(json.dumps(model.to_json(), separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(labelled)} candidates, {len(model.found.weights)} features, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
