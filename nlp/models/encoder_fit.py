"""From annotated documents to what goes with the encoder: adapter, weight of its word, ranking and calibration.

The adapter learns from some documents; weight, ranking and calibration are judged on others, new to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.calibrate import Calibration
from nlp.gold import Annotated
from nlp.models.encoder import CLASSES, EncoderOpinion
from nlp.models.encoder_files import MODEL, kept_in
from nlp.models.encoder_run import load_encoder
from nlp.models.encoder_tokens import Vocabulary
from nlp.models.encoder_train import (
    Labelled,
    Plan,
    Say,
    installed_vocabulary,
    sentfin_rows,
    train_adapter,
    write_arrays,
)
from nlp.opinions import blended, worth_asking
from nlp.train_calibration import calibrate, fit_ranking, held_out_ranking, quality_of, ranked
from nlp.train_stance import Example, examples, fit_stance, folds
from nlp.trees import Forest, to_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = (0.2, 0.35, 0.5, 0.65, 0.8)
MODES = ("unsure", "all")


@dataclass(frozen=True, slots=True)
class Fitted:
    """What goes with the adapter in one mode: its weight, ranking and calibration, and the held-out quality."""

    weight: float
    ranking: Forest
    calibration: Calibration
    quality: dict[str, dict[str, float]]

    @property
    def score(self) -> float:
        """The mean F1 of calls with their speaker over the fields."""
        found = [row["f1"] for name, row in self.quality.items() if name.endswith("call_full")]
        return sum(found) / max(1, len(found))


@dataclass(frozen=True, slots=True)
class Learned:
    """The fits of both modes, and the quality of the linear model alone on the same documents."""

    linear: Fitted
    fitted: dict[str, Fitted]

    def table(self) -> str:
        """The held-out quality without the encoder, and with it in each mode."""
        lines = [f"{'':24} {'linear':>8}" + "".join(f"{mode:>8}" for mode in self.fitted)]
        for name, row in self.linear.quality.items():
            kind = "f1" if "f1" in row else "share"
            rows = [row, *(fit.quality.get(name, {}) for fit in self.fitted.values())]
            lines.append(f"{name:24} " + "".join(f"{one.get(kind, 0.0):8.3f}" for one in rows))
        return "\n".join(lines)


def learn_encoder(
    judges: Sequence[Annotated], others: Sequence[Annotated], sentfin: Path | None, folder: Path, plan: Plan, say: Say
) -> Learned:
    """Train the adapter on `others` (after SEntFiN where its CSV is given), fit the rest on `judges`, write it all.

    Raises EncoderError where no encoder is installed.
    """
    words = installed_vocabulary()
    judged, learned = examples(judges), examples(others)
    first = sentfin_rows(sentfin, words) if sentfin else []
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(train_adapter(first, labelled(learned, words), plan, say), folder / "adapter.npz")
    encoder = load_encoder(kept_in() / MODEL, folder / "adapter.npz")
    model = fit_stance(learned)
    tables = [model.probabilities(e.reading.features) for e in judged]
    opinion = EncoderOpinion(encoder, words, 1.0)
    answers = [opinion.judge(e.reading, range(len(e.labels))) for e in judged]
    fitted = {mode: fit_blend(judged, tables, answers, mode == "all") for mode in MODES}
    write(fitted, _version(folder / "adapter.npz"), folder)
    return Learned(_fitted(judged, tables, tables, 0.0, False), fitted)


def _version(adapter: Path) -> str:
    return hashlib.sha256(adapter.read_bytes()).hexdigest()[:8]


def labelled(found: Sequence[Example], words: Vocabulary) -> list[Labelled]:
    """Every candidate of the documents as the encoder reads it, with its class."""
    rows = []
    for example in found:
        texts = words.marked(example.reading.prepared, example.reading.candidates)
        rows += [Labelled(text, CLASSES.index(label)) for text, label in zip(texts, example.labels, strict=True)]
    return rows


def fit_blend(
    found: Sequence[Example],
    tables: Sequence[NDArray[np.float64]],
    answers: Sequence[NDArray[np.float64]],
    every: bool,
) -> Fitted:
    """The best weight on documents that neither the encoder behind `answers` nor the linear model has seen."""
    return max((_fitted(found, tables, answers, w, every) for w in WEIGHTS), key=lambda fit: fit.score)


def _fitted(
    found: Sequence[Example],
    tables: Sequence[NDArray[np.float64]],
    answers: Sequence[NDArray[np.float64]],
    weight: float,
    every: bool,
) -> Fitted:
    ranking = [
        ranked(example, _joined(table, rows, weight, every))
        for example, table, rows in zip(found, tables, answers, strict=True)
    ]
    scores = held_out_ranking(ranking, folds(len(ranking)))
    calibration = calibrate(ranking, scores)
    return Fitted(weight, fit_ranking(ranking), calibration, quality_of(ranking, scores, calibration))


def _joined(table: NDArray[np.float64], rows: NDArray[np.float64], weight: float, every: bool) -> NDArray[np.float64]:
    asked = worth_asking(table, whole=True, every=every)
    return blended(table, rows[asked], asked, weight, whole=True) if asked else table


def write(fitted: dict[str, Fitted], version: str, folder: Path) -> None:
    """settings.json, and ranking and calibration of each mode, in `folder`."""
    for mode, fit in fitted.items():
        (folder / f"ranking_{mode}.npz").write_bytes(to_bytes(fit.ranking))
        (folder / f"calibration_{mode}.json").write_text(fit.calibration.to_json(), encoding="utf-8")
    settings = {"version": version} | {f"weight_{mode}": fit.weight for mode, fit in fitted.items()}
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
