"""Linear models over sparse word features, kept as plain numbers in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST = 0.06  # weights below this in every class are left out
STEP = 0.01  # the file holds whole multiples of this


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights` has one row per feature of `places` and one column per class; `bias` is added to each class."""

    classes: tuple[str, ...]
    bias: NDArray[np.float32]
    places: Mapping[str, int]
    weights: NDArray[np.float32]

    def scores(self, features: Iterable[str]) -> NDArray[np.float32]:
        """The sum of weights per class, added up in the order of the rows, whatever order the features come in."""
        places = sorted([place for place in map(self.places.get, features) if place is not None])
        rows = np.fromiter(places, np.intp, len(places))
        found: NDArray[np.float32] = self.bias + np.add.reduce(self.weights.take(rows, 0), 0)
        return found

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Softmax of the scores by class."""
        scores = self.scores(features)
        parts = np.exp(scores - scores.max())
        return dict(zip(self.classes, (parts / parts.sum()).tolist(), strict=True))

    def to_json(self) -> dict[str, Any]:
        """Classes, bias and weights by feature in STEPs, without the features that weigh next to nothing."""
        rows = {name: self.weights[place] for name, place in sorted(self.places.items())}
        kept = {
            name: [round(float(w) / STEP) for w in row] for name, row in rows.items() if np.abs(row).max() >= SMALLEST
        }
        return {"classes": list(self.classes), "bias": [round(float(b), 3) for b in self.bias], "weights": kept}


def from_json(data: Mapping[str, Any]) -> Linear:
    """The model in the form that `to_json` gives."""
    model = from_rows(tuple(data["classes"]), data["bias"], data["weights"])
    return replace(model, weights=model.weights * np.float32(STEP))


def from_rows(classes: tuple[str, ...], bias: Iterable[float], rows: Mapping[str, Iterable[float]]) -> Linear:
    """A model from one row of weights per feature."""
    matrix = np.array([list(row) for row in rows.values()], dtype=np.float32).reshape(len(rows), len(classes))
    places = {name: place for place, name in enumerate(rows)}
    return Linear(classes, np.array(list(bias), dtype=np.float32), places, matrix)


@cache
def shipped() -> Mapping[str, Linear]:
    """The models of weights.json, by name; empty where none was trained yet."""
    path = files("nlp.figures").joinpath("weights.json")
    if not path.is_file():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {name: from_json(model) for name, model in data["models"].items()}
