"""Layer 5, the second answer on stance: a small convolutional network (weights/network.npz: plain numbers).

The linear model counts words and neighbours; the network sees them in their order around the asset: "could fall to
$80,000 before <t> rallies". Two convolutions, pooled three ways (the strongest response in the clause, Kim 2014; a
mean that attends to what matters; the mean at the asset), and one hidden layer that also sees the dense signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nlp.network_words import ABSENT, BESIDE, PLACES, TARGET, Batch, WordTable
from nlp.stance_features import DENSE, Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Parameters = Mapping[str, "NDArray[np.float32]"]
CLASSES = ("none", "bullish", "bearish", "neutral")
WIDTH, CHANNELS, HIDDEN = 48, 96, 64
REACHES = (1, 2)  # how many words to each side the two convolutions look


def shapes(vectors: int) -> dict[str, tuple[int, ...]]:
    """The parameters by name, for a table of as many vectors."""
    return {
        "table": (vectors, WIDTH),
        "places": (PLACES, WIDTH),
        "near": (3 * WIDTH, CHANNELS),
        "near_bias": (CHANNELS,),
        "wide": (3 * CHANNELS, CHANNELS),
        "wide_bias": (CHANNELS,),
        "attention": (CHANNELS, 1),
        "hidden": (3 * CHANNELS + len(DENSE), HIDDEN),
        "hidden_bias": (HIDDEN,),
        "out": (HIDDEN, len(CLASSES)),
        "out_bias": (len(CLASSES),),
    }


def embedded(vectors: NDArray[np.float32], places: NDArray[np.float32], batch: Batch) -> NDArray[np.float32]:
    """The vectors of words and places added, zero at the padding; shape (n, length, WIDTH)."""
    found = vectors[batch.rows]
    found += places[batch.places]
    found[batch.places == ABSENT] = 0
    return found


def around(words: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Each word between those `reach` to its left and to its right; shape (n * length, 3 * channels)."""
    import numpy as np

    count, length, channels = words.shape
    found = np.zeros((count, length, 3 * channels), words.dtype)
    found[..., channels : 2 * channels] = words
    if length > reach:
        found[:, reach:, :channels] = words[:, :-reach]
        found[:, :-reach, 2 * channels :] = words[:, reach:]
    return found.reshape(count * length, 3 * channels)


@dataclass(frozen=True, slots=True)
class Pass:
    """What the layers gave for a batch; training goes back through it.

    `seen` and `seen_wide` are the windows before each convolution, `near` and `wide` the responses after it, `clause`
    both responses at the words of the clause alone; `attention` (n, length) is how much each word counts in the mean
    over all; `pooled` is the input of the hidden layer.
    """

    seen: NDArray[np.float32]
    near: NDArray[np.float32]
    seen_wide: NDArray[np.float32]
    wide: NDArray[np.float32]
    clause: NDArray[np.float32]
    attention: NDArray[np.float32]
    pooled: NDArray[np.float32]


def convolved(p: Parameters, batch: Batch, words: NDArray[np.float32]) -> Pass:
    """From the words' vectors to the input of the hidden layer."""
    import numpy as np

    absent = batch.places == ABSENT
    seen = around(words, REACHES[0])
    near = _responses(seen, p["near"], p["near_bias"], absent)
    seen_wide = around(near, REACHES[1])
    wide = _responses(seen_wide, p["wide"], p["wide_bias"], absent)
    whole: NDArray[np.float32] = near + wide
    attention = attended(whole @ p["attention"][:, 0], absent)
    means = np.stack([attention, target_shares(batch)], 1) @ whole
    whole[batch.places >= BESIDE] = 0
    pooled = np.concatenate([whole.max(1), means[:, 0], means[:, 1], batch.dense], 1)
    return Pass(seen, near, seen_wide, wide, whole, attention, pooled)


def _responses(
    seen: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32], absent: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """One convolution and what of it is above zero, shape (n, length, CHANNELS); nothing at the padding."""
    import numpy as np

    found = seen @ kernel
    found += bias
    np.maximum(found, 0, out=found)
    responses: NDArray[np.float32] = found.reshape(*absent.shape, -1)
    responses[absent] = 0
    return responses


def attended(scores: NDArray[np.float32], absent: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The softmax of the words' scores, shape (n, length); the padding gets nothing."""
    import numpy as np

    parts = np.exp(np.where(absent, -np.inf, scores - scores.max(1, keepdims=True)))
    shares: NDArray[np.float32] = parts / np.maximum(parts.sum(1, keepdims=True), 1e-9)
    return shares


def target_shares(batch: Batch) -> NDArray[np.float32]:
    """One part of 1 for each word that names the asset, zero elsewhere; shape (n, length)."""
    import numpy as np

    named = (batch.places == TARGET).astype(np.float32)
    shares: NDArray[np.float32] = named / np.maximum(named.sum(1, keepdims=True), 1)
    return shares


@dataclass(frozen=True)
class Network:
    """The network's words and numbers."""

    table: WordTable
    parameters: Parameters

    def probabilities(self, features: Sequence[Features]) -> NDArray[np.float64]:
        """P of each of CLASSES, shape (n, 4)."""
        import numpy as np

        if not features:
            return np.zeros((0, len(CLASSES)))
        return self.judge(self.table.batch(features))

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        """The vector of each row of the word table."""
        vectors: NDArray[np.float32] = self.parameters["table"][self.table.parts].sum(1)
        return vectors

    def judge(self, batch: Batch) -> NDArray[np.float64]:
        """P of each of CLASSES, shape (n, 4)."""
        import numpy as np

        p = self.parameters
        pooled = convolved(p, batch, embedded(self._vectors, p["places"], batch)).pooled
        hidden = np.maximum(pooled @ p["hidden"] + p["hidden_bias"], 0)
        return softmax(hidden @ p["out"] + p["out_bias"])

    def to_bytes(self) -> bytes:
        """The npz archive that `from_bytes` reads; the table in steps of 1/127 of its largest number."""
        import numpy as np

        arrays: dict[str, Any] = {
            name: array.astype(np.float16) for name, array in self.parameters.items() if name != "table"
        }
        table = self.parameters["table"]
        step = np.float32(max(float(np.abs(table).max()), 1e-6) / 127)
        arrays |= {"table": np.rint(table / step).astype(np.int8), "step": step.reshape(1)}
        arrays["words"] = np.frombuffer("\n".join(self.table.words).encode("utf-8", "surrogatepass"), np.uint8)
        out = BytesIO()
        np.savez_compressed(out, **arrays)
        return out.getvalue()


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    import numpy as np

    parts = np.exp(scores.astype(np.float64) - scores.max(1, keepdims=True))
    result: NDArray[np.float64] = parts / parts.sum(1, keepdims=True)
    return result


def from_bytes(data: bytes) -> Network:
    """Read `Network.to_bytes`. Raises ValueError where the archive is of another shape."""
    import numpy as np

    with np.load(BytesIO(data), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    words = arrays["words"].tobytes().decode("utf-8", "surrogatepass")
    table = WordTable(words.split("\n") if words else ())
    expected = shapes(table.vectors)
    if {name: array.shape for name, array in arrays.items() if name in expected} != expected:
        raise ValueError("nlp/weights/network.npz was trained for other features: run `calledit train`")
    parameters = {name: arrays[name].astype(np.float32) for name in expected}
    parameters["table"] *= arrays["step"]
    return Network(table, parameters)


@cache
def shipped() -> Network:
    """The network in nlp/weights."""
    return from_bytes(files("nlp").joinpath("weights/network.npz").read_bytes())
