"""How well claimed patterns are found: cross-validated on the training documents, and by the shipped model on others.

usage: python -m bench.correlations GOLD_DIR [NAME ...]

GOLD_DIR holds NAME.jsonl and NAME_gold.jsonl; train_articles is cross-validated, the other names are measured.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlp.claims import Correlation
from nlp.correlation_model import CorrelationModel, shipped
from nlp.correlations import find_correlations
from nlp.gold import Annotated, load_gold
from nlp.text import prepare
from nlp.train_correlations import OWN_WEIGHT, mentions, own_sentences, rows, same_thing, train_correlations

FOLDS = 5


def found(gold: Annotated, model: CorrelationModel) -> list[Correlation]:
    """The patterns read out of a document, questions left out."""
    prepared = prepare(gold.document.text, gold.document.kind)
    claims = find_correlations(prepared, mentions(prepared), document_id=gold.document.id, model=model)
    return [claim for claim in claims if claim.kind == "pattern" and claim.modality != "question"]


def same(truth: dict[str, Any], claim: Correlation) -> bool:
    """The same driver and response; either way round where the truth has no event."""
    straight = same_thing(truth["driver"], claim.driver) and same_thing(truth["response"], claim.response)
    turned = same_thing(truth["driver"], claim.response) and same_thing(truth["response"], claim.driver)
    return straight or (turned and not truth.get("driver_event"))


def scores(pairs: Sequence[tuple[Annotated, list[Correlation]]]) -> str:
    """F1 of pairs and of pairs with their relation; one to one, pairs that agree on the relation first."""
    right = both = claimed = true = 0
    for gold, claims in pairs:
        truths = [c for c in gold.correlations if c.get("kind", "pattern") == "pattern"]
        claimed, true = claimed + len(claims), true + len(truths)
        left = list(claims)
        for agree in (True, False):
            for truth in list(truths):
                match = next((c for c in left if same(truth, c) and (c.relation == truth["relation"]) is agree), None)
                if match:
                    left.remove(match)
                    truths.remove(truth)
                    right, both = right + 1, both + agree
    precision, recall = right / max(1, claimed), right / max(1, true)
    return (
        f"pair P {precision:.3f} R {recall:.3f} F1 {2 * right / max(1, claimed + true):.3f},"
        f" with relation F1 {2 * both / max(1, claimed + true):.3f} ({true} patterns)"
    )


def cross_validated(documents: Sequence[Annotated], seed: int) -> Iterator[tuple[Annotated, list[Correlation]]]:
    """Each document read by a model that has not seen it."""
    order = list(documents)
    random.Random(seed).shuffle(order)
    labelled = [rows(gold) for gold in order]
    own = [row for gold in own_sentences() for row in rows(gold, OWN_WEIGHT)]
    for fold in range(FOLDS):
        model = train_correlations(own + [row for i, part in enumerate(labelled) if i % FOLDS != fold for row in part])
        yield from ((gold, found(gold, model)) for gold in order[fold::FOLDS])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=["train_articles"])
    arguments = parser.parse_args()
    for name in arguments.names:
        folder = arguments.folder
        documents = load_gold(folder / f"{name}.jsonl", folder / f"{name}_gold.jsonl")
        if name == "train_articles":
            for seed in (0, 1):
                print(f"{name}, cross-validated: {scores(list(cross_validated(documents, seed)))}", flush=True)
        else:
            for field in sorted({gold.field for gold in documents}):
                part = [(gold, found(gold, shipped())) for gold in documents if gold.field == field]
                print(f"{name}, {field}: {scores(part)}")


if __name__ == "__main__":
    main()
