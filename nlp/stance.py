"""Layer 5: the stance of a candidate by the shipped linear models (weights/stance.npz: plain numbers).

Two answers are averaged: that of a model for each stance, and that of a model for "is it a call at all" times one for
"which way". The second learns what makes a call from both directions, and the direction from calls alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from nlp.claims import Stance
from nlp.stance_features import BUCKETS, DENSE, Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STANCES: tuple[Stance, ...] = ("bullish", "bearish", "neutral")
QUESTIONS = (*STANCES, "call", "direction")
SCALE = 4.0  # length of a candidate's vector of hashed words


@dataclass(frozen=True, slots=True)
class StanceModel:
    """One logistic regression per question; `words` is (BUCKETS, 5), `dense` (len(DENSE), 5), `bias` (5,)."""

    words: NDArray[np.float32]
    dense: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, features: Sequence[Features]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) of each candidate, shape (n, 3)."""
        import numpy as np

        if not features:
            return np.zeros((0, 3))
        scores = self._word_scores(features)
        scores = scores + np.array([f.dense for f in features], np.float32) @ self.dense + self.bias
        return combined(scores.astype(np.float64))

    def _word_scores(self, features: Sequence[Features]) -> NDArray[np.float32]:
        import numpy as np

        lengths = [len(f.buckets) for f in features]
        rows = self.words.take(np.concatenate([f.buckets for f in features]), 0)
        spans = pairwise(accumulate(lengths, initial=0))
        sums = np.array([np.add.reduce(rows[a:b], 0) for a, b in spans])  # not reduceat, which adds in another order
        scale = np.array([SCALE / max(1, length) ** 0.5 for length in lengths], np.float32)
        result: NDArray[np.float32] = sums * scale[:, None]
        return result

    def to_bytes(self) -> bytes:
        """The npz archive that `from_bytes` reads; the weights of words in steps of 1/127 of the largest."""
        import numpy as np

        out, half = BytesIO(), np.float16
        step = np.maximum(np.abs(self.words).max(0), 1e-6) / 127
        np.savez_compressed(
            out,
            words=np.rint(self.words / step).astype(np.int8),
            step=step,
            dense=self.dense.astype(half),
            bias=self.bias.astype(half),
        )
        return out.getvalue()


def combined(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """P of each stance, shape (n, 3), from the log-odds of QUESTIONS, shape (n, 5)."""
    import numpy as np

    chance = np.clip(1 / (1 + np.exp(-scores)), 1e-5, 1 - 1e-5)
    alone, call, up = chance[:, :3], chance[:, 3], chance[:, 4]
    sided = call * (1 - alone[:, 2] / alone.sum(1))
    joint = np.stack([sided * up, sided * (1 - up), alone[:, 2]], 1)
    odds = np.sqrt(alone / (1 - alone) * joint / (1 - joint))
    result: NDArray[np.float64] = odds / (1 + odds)
    return result


def from_bytes(data: bytes) -> StanceModel:
    """Read `StanceModel.to_bytes`. Raises ValueError where the archive is of another shape."""
    import numpy as np

    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        words, step, dense, bias = (
            arrays.get(name, np.zeros(0)).astype(np.float32) for name in ("words", "step", "dense", "bias")
        )
    if words.shape != (BUCKETS, len(QUESTIONS)) or dense.shape != (len(DENSE), len(QUESTIONS)):
        raise ValueError("nlp/weights/stance.npz was trained for other features: run `calledit train`")
    return StanceModel(words * step, dense, bias)


@cache
def shipped() -> StanceModel:
    """The model in nlp/weights."""
    return from_bytes(files("nlp").joinpath("weights/stance.npz").read_bytes())
