"""The models of correlations as plain arrays: one table of feature names, hundredths of log-odds by model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nlp.correlation_model import CorrelationModel, Limits, LogOdds

# Weights nearer to zero are left out: half a megabyte of names for nothing that cross-validation would notice.
LEAST_WEIGHT = {
    "pattern": 0.02,
    "cause": 0.05,
    "pair": 0.05,
    "claim": 0.03,
    "positive": 0.02,
    "negative": 0.02,
    "none": 0.02,
}
_SCALE = 100


def to_arrays(model: CorrelationModel) -> dict[str, Any]:
    """`names` (UTF-8, one a line, sorted), `weights` (models, names) in hundredths, `bias` (models,), `limits`."""
    import numpy as np

    models = _models(model)
    kept = {
        key: {name: weight for name, weight in part.weights.items() if abs(weight) >= LEAST_WEIGHT[key]}
        for key, part in models.items()
    }
    names = sorted({name for weights in kept.values() for name in weights})
    table = [[round(_SCALE * kept[key].get(name, 0.0)) for name in names] for key in models]
    return {
        "names": np.frombuffer("\n".join(names).encode(), np.uint8),
        "weights": np.array(table, np.int16),
        "bias": np.array([part.bias for part in models.values()], np.float64),
        "limits": np.array(list(asdict(model.limits).values()), np.float64),
    }


def from_arrays(arrays: Mapping[str, Any]) -> CorrelationModel:
    """The model of the arrays `to_arrays` gives."""
    names = bytes(arrays["names"]).decode().split("\n")
    models = {
        key: LogOdds(
            float(bias), {name: weight / _SCALE for name, weight in zip(names, row.tolist(), strict=True) if weight}
        )
        for key, bias, row in zip(LEAST_WEIGHT, arrays["bias"], arrays["weights"], strict=True)
    }
    found = {key: models.pop(key) for key in ("pattern", "cause", "pair", "claim")}
    return CorrelationModel(**found, relation=models, limits=Limits(*map(float, arrays["limits"])))


def _models(model: CorrelationModel) -> dict[str, LogOdds]:
    named = {"pattern": model.pattern, "cause": model.cause, "pair": model.pair, "claim": model.claim, **model.relation}
    return {key: named[key] for key in LEAST_WEIGHT}


def save(model: CorrelationModel, path: Path) -> None:
    """Write a model as a compressed .npz archive; the same model gives the same bytes."""
    import numpy as np

    np.savez_compressed(path, **to_arrays(model))


@cache
def shipped() -> CorrelationModel:
    """The model in nlp/weights/correlations.npz."""
    import numpy as np

    with files("nlp").joinpath("weights", "correlations.npz").open("rb") as file, np.load(file) as arrays:
        return from_arrays(arrays)
