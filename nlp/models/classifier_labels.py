"""What the labels of a classifier mean: bullish, bearish, neutral, or the entailment of a sentence about the asset."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nlp.stance import STANCES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEANINGS = (*STANCES, "entailment", "other")


class StanceModelError(ValueError):
    """A stance model that cannot be used; the message is one line and names the remedy."""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The columns of a classifier's logits by meaning; `entailment` is there in inference models alone."""

    stances: tuple[tuple[int, ...], ...]  # of bullish, bearish, neutral
    entailment: int | None = None

    def log_scores(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-probabilities up to a constant, from the logits of one text each, shape (n, labels) to (n, 3).

        NaN for a stance no label stands for. Of an inference model: from (3n, labels), the three hypotheses of
        each text in a row.
        """
        import numpy as np

        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        if self.entailment is not None:
            found: NDArray[np.float64] = logs[:, self.entailment].reshape(-1, 3)
            return found
        columns = [np.logaddexp.reduce(logs[:, list(c)], axis=1) if c else None for c in self.stances]
        return np.stack([np.full(len(logs), np.nan) if c is None else c for c in columns], 1)


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(files("nlp.models").joinpath("classifier.toml").read_text(encoding="utf-8"))


def shipped_hypotheses() -> tuple[str, ...]:
    """The sentences inference models are asked about, for bullish, bearish and neutral."""
    return tuple(_shipped()["hypotheses"][stance] for stance in STANCES)


def _plain(label: str) -> str:
    return " ".join(label.casefold().replace("_", " ").replace("-", " ").split())


@cache
def _meanings() -> Mapping[str, str]:
    return {_plain(label): meaning for meaning, labels in _shipped()["labels"].items() for label in labels}


def label_map(labels: Sequence[str], model: str, own: Mapping[str, str]) -> LabelMap:
    """What each of a model's labels means, by `own` first, then by what is known of the model and of the word.

    Raises StanceModelError where a label means nothing to us, or where no two meanings are left to choose from.
    """
    rows = [row["labels"] for row in _shipped()["model"] if row["id"] == model]
    known = {_plain(label): meaning for row in (*rows, own) for label, meaning in row.items()}
    found = [known.get(_plain(label), _meanings().get(_plain(label), "")) for label in labels]
    unknown = [label for label, meaning in zip(labels, found, strict=True) if meaning not in MEANINGS]
    if unknown:
        raise StanceModelError(
            f"{model} has labels that calledit does not know ({', '.join(unknown)}; all its labels: "
            f"{', '.join(labels)}): say what each means in calledit.toml under [stance_model.labels], as in "
            f'{unknown[0]} = "bullish" (or {", ".join(MEANINGS[1:])})'
        )
    if "entailment" in found:
        return LabelMap(((), (), ()), found.index("entailment"))
    stances = tuple(tuple(n for n, meaning in enumerate(found) if meaning == stance) for stance in STANCES)
    if sum(map(bool, stances)) < 2:
        raise StanceModelError(f"{model} tells no two stances apart: its labels are {', '.join(labels)}")
    return LabelMap(stances)
