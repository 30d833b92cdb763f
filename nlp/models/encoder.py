"""Our encoder as a second opinion on stance: all-MiniLM-L6-v2 with the adapter and head that we trained.

It says how likely a candidate is no call, a bullish, a bearish or a neutral one, and is asked where the linear model
is unsure, or about every candidate.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from nlp import stance
from nlp.calibrate import from_json
from nlp.calls import CallModel
from nlp.models.encoder_files import MODEL, TOKENIZER, checked, kept_in
from nlp.models.encoder_run import Backend, Encoder, load_encoder
from nlp.models.encoder_tokens import Vocabulary, vocabulary
from nlp.reading import Reading
from nlp.trees import from_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = ("none", *stance.STANCES)
WEIGHTS = files("nlp").joinpath("models", "encoder_weights")


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """Ask the installed encoder, where the linear model is unsure or about `every` candidate."""

    every: bool = False
    backend: Backend | None = None

    @property
    def version(self) -> str:
        return f"encoder-{adapter_version()}{'-all' if self.every else ''}"

    def load(self) -> EncoderOpinion:
        """Raises EncoderError, a ValueError, where the encoder is not installed or its files are others."""
        folder = checked(kept_in())
        with as_file(WEIGHTS.joinpath("adapter.npz")) as adapter:
            encoder = load_encoder(folder / MODEL, adapter, self.backend)
        words = vocabulary((folder / TOKENIZER).read_text(encoding="utf-8"))
        weight = float(_settings()[f"weight_{_mode(self.every)}"])
        return EncoderOpinion(encoder, words, weight, self.every, call_model(self.every))


@dataclass(frozen=True, slots=True)
class EncoderOpinion:
    """A loaded encoder as a `nlp.opinions.Opinion`; its rows leave the rest to "no call"."""

    encoder: Encoder
    words: Vocabulary
    weight: float
    every: bool = False
    calls: CallModel | None = None
    layer: str = "encoder"
    name: str = "all-MiniLM-L6-v2"
    whole: bool = True

    def judge(self, reading: Reading, indices: Sequence[int]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) of the candidates, shape (len(indices), 3)."""
        import numpy as np

        if not indices:
            return np.zeros((0, 3))
        logits = self.encoder.logits(self.words.marked(reading.prepared, [reading.candidates[n] for n in indices]))
        parts = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
        result: NDArray[np.float64] = (parts / parts.sum(1, keepdims=True))[:, 1:]
        return result


@cache
def _settings() -> dict[str, float | str]:
    """settings.json: the adapter's version, and the weight of its word when asked about some or all."""
    found: dict[str, float | str] = json.loads(WEIGHTS.joinpath("settings.json").read_text(encoding="utf-8"))
    return found


def adapter_version() -> str:
    return str(_settings()["version"])


@cache
def call_model(every: bool) -> CallModel:
    """The linear stance model with a ranking and a calibration that learned from what the encoder blends into it."""
    mode = _mode(every)
    forest = from_bytes(WEIGHTS.joinpath(f"ranking_{mode}.npz").read_bytes())
    calibration = WEIGHTS.joinpath(f"calibration_{mode}.json").read_text(encoding="utf-8")
    return CallModel(stance.shipped(), forest, from_json(calibration))


def _mode(every: bool) -> str:
    return "all" if every else "unsure"
