"""Fit both models of stances, and read every document by models that did not learn from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nlp.network import Network
from nlp.stance_reader import StanceReader, pooled
from nlp.train_network import fit_all, lessons
from nlp.train_stance import Example, fit_stance, held_out_stances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def learn_stances(found: Sequence[Example], fold: NDArray[np.int64]) -> tuple[StanceReader, list[NDArray[np.float64]]]:
    """The models from all documents, and each document's table from models that never saw its fold."""
    words, learned = lessons(found, fold)
    *held_out, final = [Network(words, parameters) for parameters in fit_all(words, learned)]
    tables = [
        pooled(table, example.reading.features, held_out[number])
        for example, table, number in zip(found, held_out_stances(found, fold), fold, strict=True)
    ]
    return StanceReader(fit_stance(found), final), tables
