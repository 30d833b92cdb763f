"""Linear models over sparse word features, kept as plain numbers in JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Linear:
    """One row of weights per feature, one column per class; `bias` is added to each class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def scores(self, features: Iterable[str]) -> list[float]:
        """The sum of weights per class."""
        totals = list(self.bias)
        weights = self.weights
        for feature in features:
            row = weights.get(feature)
            if row is not None:
                for place, weight in enumerate(row):
                    totals[place] += weight
        return totals

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Softmax of the scores by class."""
        scores = self.scores(features)
        top = max(scores)
        parts = [math.exp(s - top) for s in scores]
        whole = sum(parts)
        return {name: part / whole for name, part in zip(self.classes, parts, strict=True)}

    def to_json(self) -> dict[str, object]:
        rows = {name: [round(w, 3) for w in row] for name, row in sorted(self.weights.items())}
        return {"classes": self.classes, "bias": [round(b, 3) for b in self.bias], "weights": rows}


def from_json(data: Mapping[str, object]) -> Linear:
    """The model in the form `to_json` gives."""
    weights = {name: tuple(row) for name, row in dict(data["weights"]).items()}  # type: ignore[call-overload]
    return Linear(tuple(data["classes"]), tuple(data["bias"]), weights)  # type: ignore[arg-type]


@cache
def shipped() -> Mapping[str, Linear]:
    """The models of weights.json, by name; empty where none was trained yet."""
    path = files("nlp.figures").joinpath("weights.json")
    if not path.is_file():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {name: from_json(model) for name, model in data["models"].items()}
