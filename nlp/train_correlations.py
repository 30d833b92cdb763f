"""Train the models of correlations; `calledit train` does. Needs scikit-learn (the `train` extra). Deterministic."""

from __future__ import annotations

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
from nlp.correlation_model import CorrelationModel, Limits, LogOdds
from nlp.correlation_relation import relation_features
from nlp.gold import Annotated, load_gold, load_labels
from nlp.series import with_series
from nlp.text import Prepared, prepare

LEAST = 3  # occurrences below which a feature is left out
OWN_WEIGHT = 0.5  # of a sentence of the corpus beside one of a real article
RELATIONS = ("positive", "negative", "none")
STRENGTH = {"pattern": 0.1, "cause": 0.2, "relation": 0.8}  # inverse of the L2 penalty
LIMITS = Limits(first=0.18, again=0.3, listed=0.3, beside=0.6, cause=0.25)  # chosen by cross-validation


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
    assets = mentions(prepared)
    named: dict[int, list[str]] = {}
    for mention in assets:
        named.setdefault(mention.sentence, []).append(mention.symbol)
    return [_row(gold, prepared, p, sorted(set(named.get(p.sentence, ()))), weight) for p in pairs(prepared, assets)]


def mentions(prepared: Prepared) -> tuple[AssetMention, ...]:
    return with_series(prepared, find_assets(prepared))


def _row(gold: Annotated, prepared: Prepared, pair: Pair, named: Sequence[str], weight: float) -> Row:
    sentence = prepared.sentences[pair.sentence]
    span = prepared.to_original(sentence.start, sentence.end)
    same = [claim for claim in gold.correlations if same_pair(claim, pair)]
    here = [claim for claim in same if _overlaps(gold.document.text, claim["quote"], span)]
    kinds = [claim.get("kind", "pattern") for claim in here]
    kind = "pattern" if "pattern" in kinds else "cause" if kinds else "elsewhere" if same else ""
    relation = next((c["relation"] for c in here if c.get("kind", "pattern") == kind), None)
    features = (*sentence_features(prepared, pair.sentence, named), *pair_features(prepared, pair))
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
    """Fit the models on labelled candidates. A pair that is claimed in another sentence teaches nothing."""
    clear = [row for row in labelled if row.kind != "elsewhere"]
    found = {k: _fit([(r.features, r.kind == k, r.weight) for r in clear], k) for k in ("pattern", "cause")}
    told = [row for row in labelled if row.relation]
    relation = {n: _fit([(r.relation_features, r.relation == n, 1.0) for r in told], "relation") for n in RELATIONS}
    return CorrelationModel(found["pattern"], found["cause"], relation, LIMITS)


def _fit(cases: Sequence[tuple[Sequence[str], bool, float]], question: str) -> LogOdds:
    """L2 logistic regression over binary features; each case has features, the answer and a weight."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for features, _, _ in cases for name in set(features))
    known = {name: i for i, name in enumerate(sorted(n for n, count in counts.items() if count >= LEAST))}
    columns = [sorted({known[f] for f in features if f in known}) for features, _, _ in cases]
    starts = np.cumsum([0, *map(len, columns)])
    flat = [c for row in columns for c in row]
    design = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(cases), len(known)))
    model = LogisticRegression(C=STRENGTH[question], solver="liblinear", random_state=0)
    model.fit(design, [answer for _, answer, _ in cases], sample_weight=[weight for _, _, weight in cases])
    weights = {name: round(w, 4) for name, w in zip(known, model.coef_[0].tolist(), strict=True)}
    return LogOdds(round(float(model.intercept_[0]), 4), weights)


def own_sentences() -> list[Annotated]:
    """The sentences of nlp/corpus/correlation_sentences.jsonl."""
    return load_gold(Path(str(files("nlp").joinpath("corpus", "correlation_sentences.jsonl"))))


def learn(gold: Path | None, texts: Path | None, folder: Path) -> int:
    """Train on own sentences, annotated documents and shipped labels; returns how many candidates there were.

    Writes correlations.json into `folder`.
    """
    labelled = [row for own in own_sentences() for row in rows(own, OWN_WEIGHT)]
    for name in ("train_articles", "train_posts"):
        if gold and (gold / f"{name}_gold.jsonl").exists():
            found = load_gold(gold / f"{name}.jsonl", gold / f"{name}_gold.jsonl")
            labelled += [row for document in found for row in rows(document)]
    if texts:
        labelled += [row for document in load_labels(texts, having="correlations") for row in rows(document)]
    model = json.dumps(train_correlations(labelled).to_json(), separators=(",", ":"), ensure_ascii=False)
    (folder / "correlations.json").write_text(f"{model}\n", encoding="utf-8")
    return len(labelled)
