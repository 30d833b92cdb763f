"""How much a stance model's word weighs: blend weight and temperature, fitted on annotated documents and kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.models.data_folder import data_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nlp.gold import Annotated
    from nlp.models.classifier import StanceModelChoice

KEPT_IN = "stance_models.json"
LEAST = 30  # labelled candidates below which nothing is fitted
WEIGHTS = tuple(step / 20 for step in range(21))
TEMPERATURES = tuple(2 ** (step / 4) for step in range(-8, 13))  # 0.25 to 8


@dataclass(frozen=True, slots=True)
class Blend:
    """The fitted weight and temperature, over how many labelled candidates, and what it bought there.

    `accuracy` of the stances and mean negative log-likelihood `loss` after blending; `..._linear` before, by a
    linear model that had not seen the documents.
    """

    weight: float
    temperature: float
    examples: int
    accuracy: float
    accuracy_linear: float
    loss: float
    loss_linear: float


def tempered(log_scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Softmax of `log_scores` / `temperature` over the stances that are not NaN (Guo et al. 2017)."""
    import numpy as np

    scaled = log_scores / temperature
    parts = np.exp(scaled - np.nanmax(scaled, axis=1, keepdims=True, initial=-np.inf))
    result: NDArray[np.float64] = parts / np.nansum(parts, axis=1, keepdims=True)
    return result


def fit_blend(linear: NDArray[np.float64], log_scores: NDArray[np.float64], stances: Sequence[int]) -> Blend | None:
    """The temperature at which the classifier alone is right as often as it says, then the weight of least loss.

    `linear` (n, 3): the linear model's table; `log_scores` (n, 3): the classifier's; `stances`: 0 bullish, 1
    bearish, 2 neutral. Temperature scaling as in Guo et al. 2017; pooled as `nlp.opinions.blended` does. None for
    fewer than LEAST candidates.
    """
    import numpy as np

    if len(stances) < LEAST:
        return None
    alone = np.full_like(linear, 1 / 3)
    heat = min(TEMPERATURES, key=lambda t: (round(_loss(alone, tempered(log_scores, t), 1.0, stances), 6), t))
    rows = tempered(log_scores, heat)
    weight = min(WEIGHTS, key=lambda w: (round(_loss(linear, rows, w, stances), 6), w))
    right = [round(_accuracy(linear, rows, share, stances), 4) for share in (weight, 0.0)]
    loss = [round(_loss(linear, rows, share, stances), 4) for share in (weight, 0.0)]
    return Blend(weight, round(heat, 4), len(stances), *right, *loss)


def _pooled(linear: NDArray[np.float64], rows: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    import numpy as np

    from nlp.opinions import blended

    table = blended(linear, rows, range(len(linear)), weight)
    shares: NDArray[np.float64] = table / np.maximum(table.sum(1, keepdims=True), 1e-12)
    return shares


def _loss(linear: NDArray[np.float64], rows: NDArray[np.float64], weight: float, stances: Sequence[int]) -> float:
    import numpy as np

    shares = _pooled(linear, rows, weight)[np.arange(len(stances)), list(stances)]
    return float(-np.log(np.maximum(shares, 1e-9)).mean())


def _accuracy(linear: NDArray[np.float64], rows: NDArray[np.float64], weight: float, stances: Sequence[int]) -> float:
    return float((_pooled(linear, rows, weight).argmax(1) == list(stances)).mean())


def learn_blend(choice: StanceModelChoice, documents: Sequence[Annotated]) -> Blend | None:
    """Fit the blend of a model on annotated documents, against linear models that had not seen them.

    Needs scikit-learn. Raises StanceModelError where the model cannot be loaded.
    """
    import numpy as np

    from nlp.opinions import worth_asking
    from nlp.stance import STANCES
    from nlp.train_stance import examples, folds, held_out_stances

    model = choice.load()
    found = examples(documents)
    tables, scores, stances = [], [], []
    for example, table in zip(found, held_out_stances(found, folds(len(found))), strict=True):
        asked = [n for n in worth_asking(table, every=True) if example.labels[n] != "none"]
        if asked:
            tables.append(table[asked])
            scores.append(model.log_scores(example.reading, asked))
            stances += [STANCES.index(example.labels[n]) for n in asked]
    return fit_blend(np.concatenate(tables), np.concatenate(scores), stances) if tables else None


# --- kept between runs --------------------------------------------------------------------------------------------


def kept_path() -> Path:
    """The file of fitted blends in the user's data folder."""
    return data_folder() / KEPT_IN


def _key(model: str) -> str:
    """The folder in full, so that a model is the same from wherever it is named; else the id on the hub."""
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model


def kept_blend(model: str) -> Blend | None:
    """The blend fitted for a model; None where there is none, or the file was written by another version."""
    try:
        return Blend(**json.loads(kept_path().read_text(encoding="utf-8"))[_key(model)])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_blend(model: str, blend: Blend) -> Path:
    """Write the blend of a model beside those of others; returns the file."""
    path = kept_path()
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**known, _key(model): asdict(blend)}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path
