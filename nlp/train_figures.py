"""Train the linear models of figures: which candidates to keep, their roles, their assets.

Needs scikit-learn (the `train` extra). Deterministic. Run as `python -m nlp.train_figures GOLD_DIR`, where the
folder holds train_articles.jsonl, train_articles_gold.jsonl, train_posts.jsonl and train_posts_gold.jsonl.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.assets import find_assets
from nlp.figures.find import Candidate, prepare_candidates
from nlp.figures.grammar import find_quantities
from nlp.figures.linear import Linear, from_rows
from nlp.figures.links import NONE, Mentions, candidates, gather
from nlp.periods import find_periods
from nlp.series import with_series
from nlp.text import Prepared, prepare

LEAST = 3  # occurrences below which a feature is left out
STRENGTH = {"keep": 0.3, "role": 0.3, "asset": 1.0}  # inverse of the L2 penalty


@dataclass(frozen=True, slots=True)
class Labelled:
    """One candidate and the gold figure printed the same way, if there is one."""

    document: str
    prepared: Prepared
    known: Mentions
    candidate: Candidate
    gold: dict[str, Any] | None


def same_text(text: str) -> str:
    """How the scorer compares printed figures."""
    return re.sub(r"\s+", "", text).casefold()


def label(folder: Path, names: Sequence[str]) -> Iterator[Labelled]:
    """Candidates of every document of the gold files, in order."""
    for name in names:
        gold = {row["id"]: row["figures"] for row in _rows(folder / f"{name}_gold.jsonl")}
        for row in _rows(folder / f"{name}.jsonl"):
            yield from label_one(row, gold.get(row["id"], []))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def label_one(row: dict[str, Any], figures: Sequence[dict[str, Any]]) -> Iterator[Labelled]:
    """Pair a document's candidates with its gold figures; the n-th mention takes the n-th annotation."""
    prepared = prepare(row["text"], row.get("kind", "article"))
    assets = with_series(prepared, find_assets(prepared))
    known = gather(prepared, assets)
    found = find_quantities(prepared.text, find_periods(prepared.text), assets)
    by_text: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for figure in figures:
        by_text[same_text(figure["text"])].append(figure)
    used: Counter[str] = Counter()
    for candidate in prepare_candidates(prepared, found, known):
        printed = same_text(candidate.quantity.text)
        options = by_text.get(printed)
        place = min(used[printed], len(options) - 1) if options else 0
        used[printed] += 1
        yield Labelled(row["id"], prepared, known, candidate, options[place] if options else None)


def emphasis(name: str) -> float:
    """How large a feature is: what the rules say is penalised less than single words."""
    return next((size for prefix, size in _EMPHASIS if name.startswith(prefix)), 1.0)


_EMPHASIS = (("first:", 3.0), ("rule:", 2.0), ("guess:", 2.0), ("first2:", 1.5))


MARK = re.compile(r"\[\[(?P<text>[^|\]]+)\|(?P<role>[^|]+)\|(?P<asset>[^\]]*)\]\]")


def own_lines() -> list[str]:
    """The sentences of figures/examples.txt with their marks."""
    path = Path(__file__).parent / "figures" / "examples.txt"
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


def own_sentences() -> Iterator[Labelled]:
    """Candidates of the sentences in figures/examples.txt."""
    for number, line in enumerate(own_lines()):
        figures = [{**m.groupdict(), "asset": m["asset"] or None} for m in MARK.finditer(line)]
        row = {"id": f"own-{number}", "text": MARK.sub(lambda m: m["text"], line)}
        yield from label_one(row, figures)


def fit(features: Sequence[set[str]], labels: Sequence[str], strength: float, least: int = LEAST) -> Linear:
    """A multinomial logistic regression as plain numbers."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for row in features for name in row)
    kept = [{name: emphasis(name) for name in sorted(row) if counts[name] >= least} for row in features]
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=strength, max_iter=500).fit(vectorizer.fit_transform(kept), labels)
    names, classes = vectorizer.get_feature_names_out(), [str(c) for c in model.classes_]
    rows, bias = model.coef_, list(model.intercept_)
    if len(classes) == 2:
        rows, bias = [[0.0] * len(names), rows[0]], [0.0, bias[0]]
    columns = list(zip(*rows, strict=True))
    weights = {
        name: tuple(float(w) * emphasis(name) for w in column)
        for name, column in zip(names, columns, strict=True)
        if max(map(abs, column)) >= 0.01
    }
    return from_rows(tuple(classes), map(float, bias), weights)


def fit_assets(rows: Sequence[Labelled]) -> Linear:
    """Whether a candidate asset is the right one; only its score is used, to rank."""
    features, labels = [], []
    for row in rows:
        if row.gold is None:
            continue
        wanted = row.gold["asset"] or NONE
        options = list(asset_options(row, row.gold["role"]))
        if wanted in {symbol for symbol, _ in options}:
            features += [names for _, names in options]
            labels += ["yes" if symbol == wanted else "no" for symbol, _ in options]
    model = fit(features, labels, STRENGTH["asset"])
    yes = model.classes.index("yes")
    weights = {name: (float(model.weights[place, yes]),) for name, place in model.places.items()}
    return from_rows(("yes",), [float(model.bias[yes])], weights)


def asset_options(row: Labelled, role: str) -> Iterator[tuple[str, set[str]]]:
    """The candidate assets of a labelled figure."""
    quantity, around = row.candidate.quantity, row.candidate.around
    return candidates(row.prepared.text, quantity, around, role, row.known)


def train(rows: Sequence[Labelled]) -> dict[str, Linear]:
    """All three models."""
    figures = [row for row in rows if row.gold is not None]
    keep_labels = ["yes" if row.gold is not None else "no" for row in rows]
    return {
        "keep": fit([row.candidate.features for row in rows], keep_labels, STRENGTH["keep"]),
        "role": fit(
            [row.candidate.features for row in figures],
            [row.gold["role"] for row in figures if row.gold],
            STRENGTH["role"],
        ),
        "asset": fit_assets(rows),
    }


def save(models: dict[str, Linear], path: Path, card: dict[str, Any]) -> None:
    """Write the weights and their card."""
    data = {"card": card, "models": {name: model.to_json() for name, model in models.items()}}
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "figures" / "weights.json")
    args = parser.parse_args()
    rows = [*label(args.gold, ("train_articles", "train_posts")), *own_sentences()]
    models = train(rows)
    card = {
        "learned_from": "labels of figures in market articles and posts; no text is kept, only weights of words",
        "documents": len({row.document for row in rows}),
        "candidates": len(rows),
        "figures": sum(row.gold is not None for row in rows),
        "method": "logistic regression with an L2 penalty",
    }
    save(models, args.out, card)
    print(f"{card['candidates']} candidates, {card['figures']} figures -> {args.out}")


if __name__ == "__main__":
    main()
