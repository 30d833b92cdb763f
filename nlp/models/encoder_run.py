"""Running the encoder (a BERT of 6 layers, 384 wide) without torch: by ONNX Runtime, else by numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nlp.models.classifier_runtime import by_length
from nlp.models.encoder_tokens import Marked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, WIDE, PLACES, VOCABULARY = 6, 384, 12, 1536, 512, 30522
EPSILON = 1e-12
FAR = -1e4  # added to the attention a padded place would get

Backend = Literal["onnxruntime", "numpy"]
Weights = Mapping[str, "NDArray[np.float32]"]
Forward = Callable[["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float32]"], "NDArray[np.float32]"]


def dense_layers() -> list[str]:
    """The names of the 36 dense layers: four of attention and two of the feed-forward part, layer by layer."""
    parts = [*(f"attention.self.{p}" for p in ("query", "key", "value")), "attention.output.dense"]
    parts += ["intermediate.dense", "output.dense"]
    return [f"encoder.layer.{number}.{part}" for number in range(LAYERS) for part in parts]


def shapes() -> dict[str, tuple[int, ...]]:
    """Every weight's shape as this module keeps it: matrices (in, out)."""
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (VOCABULARY, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
    }
    for name in dense_layers():
        narrow = {"intermediate.dense": (WIDTH, WIDE), "output.dense": (WIDE, WIDTH)}
        shape = next((s for end, s in narrow.items() if name.endswith(end) and "attention" not in name), (WIDTH, WIDTH))
        found |= {f"{name}.weight": shape, f"{name}.bias": shape[1:]}
    norms = ["embeddings.LayerNorm"]
    norms += [
        f"encoder.layer.{n}.{part}"
        for n in range(LAYERS)
        for part in ("attention.output.LayerNorm", "output.LayerNorm")
    ]
    return found | {f"{norm}.{kind}": (WIDTH,) for norm in norms for kind in ("weight", "bias")}


def merged(upstream: Weights, adapter: Weights) -> dict[str, NDArray[np.float32]]:
    """The encoder's weights with our adapter in them: W + B A for each dense layer (LoRA, Hu et al. 2021), turned.

    `adapter` holds NAME.A (rank, in) and NAME.B (out, rank), the scale already in B. Raises ValueError where a
    weight is missing or of another shape.
    """
    import numpy as np

    result = {}
    for name, shape in shapes().items():
        value = upstream.get(name)
        if value is None:
            raise ValueError(f"the encoder's weights hold no {name}")
        layer = name.removesuffix(".weight")
        if f"{layer}.A" in adapter:
            value = value + adapter[f"{layer}.B"].astype(np.float32) @ adapter[f"{layer}.A"].astype(np.float32)
        if layer in _DENSE and name.endswith(".weight"):
            value = value.T
        if value.shape != shape:
            raise ValueError(f"the encoder's {name} is {value.shape}, not {shape}")
        result[name] = np.ascontiguousarray(value, np.float32)
    return result


_DENSE = frozenset(dense_layers())


@dataclass(frozen=True, slots=True)
class Encoder:
    """The merged encoder with the head that our adapter brings: (2 WIDTH, classes) and (classes,)."""

    forward: Forward
    head: NDArray[np.float32]
    bias: NDArray[np.float32]
    backend: Backend

    def logits(self, texts: Sequence[Marked]) -> NDArray[np.float32]:
        """The logits of each text, shape (len(texts), classes), in their order."""
        import numpy as np

        result = np.zeros((len(texts), len(self.bias)), np.float32)
        for numbers in by_length([len(text.pieces) for text in texts]):
            result[numbers] = self._batch([texts[n] for n in numbers])
        return result

    def _batch(self, texts: Sequence[Marked]) -> NDArray[np.float32]:
        """The mean over the clause beside the mean over the asset's mentions, through the head."""
        import numpy as np

        size = (len(texts), max(len(text.pieces) for text in texts))
        pieces, types = np.zeros(size, np.int64), np.zeros(size, np.int64)
        there, clause, target = (np.zeros(size, np.float32) for _ in range(3))
        for row, text in enumerate(texts):
            pieces[row, : len(text.pieces)] = text.pieces
            there[row, : len(text.pieces)] = 1
            types[row, text.clause_end : len(text.pieces)] = 1
            clause[row, : text.clause_end] = 1
            for start, end in text.spans:
                target[row, start:end] = 1
        states = self.forward(pieces, types, (1 - there) * np.float32(FAR))
        pooled = [np.einsum("bl,blw->bw", m, states) / np.maximum(1, m.sum(1))[:, None] for m in (clause, target)]
        result: NDArray[np.float32] = np.concatenate(pooled, 1) @ self.head + self.bias
        return result


def load_encoder(model: Path, adapter: Path, backend: Backend | None = None) -> Encoder:
    """The encoder of a model.safetensors with an adapter.npz; by ONNX Runtime where it is installed.

    On one core: batches of one document are too small to part, and processes share the others. Raises ValueError
    where one of the files holds something else.
    """
    import numpy as np
    from safetensors.numpy import load_file

    with np.load(adapter, allow_pickle=False) as arrays:
        ours = {name: arrays[name].astype(np.float32) for name in arrays.files}
    weights = merged(load_file(model), ours)
    backend = backend or ("onnxruntime" if find_spec("onnxruntime") else "numpy")
    forward = _by_onnxruntime(weights) if backend == "onnxruntime" else _by_numpy(weights)
    return Encoder(forward, ours["head.weight"], ours["head.bias"], backend)


def _by_onnxruntime(weights: Weights) -> Forward:
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    options.add_external_initializers(list(weights), values)
    graph = files("nlp").joinpath("models/minilm.onnx").read_bytes()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    kept = (values, weights)  # the session reads their memory: without them it crashes

    def forward(pieces: NDArray[np.int64], types: NDArray[np.int64], mask: NDArray[np.float32]) -> NDArray[np.float32]:
        assert kept
        places = np.arange(pieces.shape[1], dtype=np.int64)
        feeds = {"pieces": pieces, "types": types, "places": places, "mask": mask[:, None, None, :]}
        result: NDArray[np.float32] = session.run(["states"], feeds)[0]
        return result

    return forward


def _by_numpy(weights: Weights) -> Forward:
    import numpy as np
    from scipy.special import erf

    def dense(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        result: NDArray[np.float32] = x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return result

    def norm(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(EPSILON))
        result: NDArray[np.float32] = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return result

    def attention(x: NDArray[np.float32], at: str, mask: NDArray[np.float32]) -> NDArray[np.float32]:
        size = (*x.shape[:2], HEADS, WIDTH // HEADS)
        query, key, value = (
            dense(x, f"{at}.self.{p}").reshape(size).transpose(0, 2, 1, 3) for p in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) * np.float32((WIDTH // HEADS) ** -0.5) + mask[:, None, None, :]
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True)) @ value
        return dense(seen.transpose(0, 2, 1, 3).reshape(x.shape), f"{at}.output.dense")

    def forward(pieces: NDArray[np.int64], types: NDArray[np.int64], mask: NDArray[np.float32]) -> NDArray[np.float32]:
        x = weights["embeddings.word_embeddings.weight"][pieces]
        x = x + weights["embeddings.token_type_embeddings.weight"][types]
        x = norm(x + weights["embeddings.position_embeddings.weight"][: pieces.shape[1]], "embeddings.LayerNorm")
        for number in range(LAYERS):
            at = f"encoder.layer.{number}"
            x = norm(x + attention(x, f"{at}.attention", mask), f"{at}.attention.output.LayerNorm")
            wide = dense(x, f"{at}.intermediate.dense")
            bent = wide * np.float32(0.5) * (1 + erf(wide * np.float32(2**-0.5)))
            x = norm(x + dense(bent, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        return x

    return forward
