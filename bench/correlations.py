"""How well claimed patterns are found: cross-validated on the training documents, and by the shipped model on others.

usage: python -m bench.correlations GOLD_DIR [NAME ...] [--texts DIR]

With --texts the labels of nlp/labels are learned from as well, laid over the texts of that folder.
GOLD_DIR holds NAME.jsonl and NAME_gold.jsonl; train_articles is cross-validated, the other names are measured.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlp.claims import Correlation
from nlp.correlation_model import CorrelationModel
from nlp.correlation_weights import shipped
from nlp.correlations import find_correlations
from nlp.gold import Annotated, load_gold, load_labels
from nlp.text import prepare
from nlp.train_correlations import Row, mentions, own_documents, rows, same_thing, train_correlations

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


def cross_validated(
    documents: Sequence[Annotated], others: Sequence[Row], seed: int
) -> Iterator[tuple[Annotated, list[Correlation]]]:
    """Each document read by a model that has not seen it; the sentences of `others` are always learned from."""
    order = list(documents)
    random.Random(seed).shuffle(order)
    labelled = [list(rows(gold)) for gold in order]
    for fold in range(FOLDS):
        rest = [row for i, part in enumerate(labelled) if i % FOLDS != fold for row in part]
        model = train_correlations([*others, *rest])
        yield from ((gold, found(gold, model)) for gold in order[fold::FOLDS])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=["train_articles"])
    parser.add_argument("--texts", type=Path)
    arguments = parser.parse_args()
    for name in arguments.names:
        folder = arguments.folder
        documents = load_gold(folder / f"{name}.jsonl", folder / f"{name}_gold.jsonl")
        if name == "train_articles":
            labels = load_labels(arguments.texts, having="correlations") if arguments.texts else []
            others = [row for gold in own_documents() for row in rows(gold, own=True)]
            others += [row for gold in labels for row in rows(gold)]
            read = list(cross_validated(documents, others, 0))
            for field in sorted({gold.field for gold in documents}):
                print(f"{name}, cross-validated, {field}: {scores([pair for pair in read if pair[0].field == field])}")
        else:
            for field in sorted({gold.field for gold in documents}):
                part = [(gold, found(gold, shipped())) for gold in documents if gold.field == field]
                print(f"{name}, {field}: {scores(part)}")


if __name__ == "__main__":
    main()
