"""Layer 5: the stance of a candidate by the shipped linear model (weights/stance.npz: plain numbers)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from nlp.claims import Stance
from nlp.stance_features import BUCKETS, DENSE, Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STANCES: tuple[Stance, ...] = ("bullish", "bearish", "neutral")
SCALE = 4.0  # length of a candidate's vector of hashed words


@dataclass(frozen=True, slots=True)
class StanceModel:
    """One logistic regression per stance against all else; `words` is (BUCKETS, 3), `dense` (len(DENSE), 3)."""

    words: NDArray[np.float32]
    dense: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, features: Sequence[Features]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) of each candidate, shape (n, 3); each from its own model."""
        import numpy as np

        if not features:
            return np.zeros((0, 3))
        scores = self._word_scores(features)
        scores = scores + np.array([f.dense for f in features], np.float32) @ self.dense + self.bias
        result: NDArray[np.float64] = 1 / (1 + np.exp(-scores.astype(np.float64)))
        return result

    def _word_scores(self, features: Sequence[Features]) -> NDArray[np.float32]:
        import numpy as np

        ends = list(accumulate(len(f.buckets) for f in features))
        rows = self.words[np.fromiter(chain.from_iterable(f.buckets for f in features), np.intp, ends[-1])]
        spans = pairwise((0, *ends))  # not reduceat, which adds in another order
        return np.stack([np.add.reduce(rows[a:b], 0) * (SCALE / max(1, b - a) ** 0.5) for a, b in spans])

    def to_bytes(self) -> bytes:
        """The npz archive that `from_bytes` reads; half precision."""
        import numpy as np

        out = BytesIO()
        half = np.float16
        np.savez_compressed(
            out, words=self.words.astype(half), dense=self.dense.astype(half), bias=self.bias.astype(half)
        )
        return out.getvalue()


def from_bytes(data: bytes) -> StanceModel:
    """Read `StanceModel.to_bytes`. Raises ValueError where the archive is of another shape."""
    import numpy as np

    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        words, dense, bias = (arrays[name].astype(np.float32) for name in ("words", "dense", "bias"))
    if words.shape != (BUCKETS, 3) or dense.shape != (len(DENSE), 3):
        raise ValueError("nlp/weights/stance.npz was trained for other features: run `calledit train`")
    return StanceModel(words, dense, bias)


@cache
def shipped() -> StanceModel:
    """The model in nlp/weights."""
    return from_bytes(files("nlp").joinpath("weights/stance.npz").read_bytes())
