"""Small sequence classifiers made on the spot: a vocabulary of our own, weights that say what each word means.

The ONNX files are written without the `onnx` package: a model is a protocol buffer, and ours has a handful of nodes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
UP = ("rise", "climb", "rally", "higher", "surge", "bullish", "soar")
DOWN = ("fall", "drop", "crash", "lower", "sink", "bearish", "slide")
FLAT = ("stay", "flat", "sideways", "range", "quiet")
WORDS = (
    *UP,
    *DOWN,
    *FLAT,
    "the",
    "price",
    "of",
    "to",
    "bitcoin",
    "ether",
    "expects",
    "author",
    "where",
    "it",
    "is",
    "##s",
)
VOCABULARY = (*SPECIAL, *WORDS)
SENTIMENT = {"positive": "bullish", "negative": "bearish", "neutral": "neutral"}
FIRST_OF = {"bullish": UP, "bearish": DOWN, "neutral": FLAT}


def write_tokenizer(folder: Path) -> None:
    """tokenizer.json of a lower-casing WordPiece over VOCABULARY."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    numbers = {word: n for n, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_input_names=["input_ids", "token_type_ids", "attention_mask"], **names
    ).save_pretrained(folder)


def write_config(folder: Path, labels: Sequence[str], kind: str = "BertForSequenceClassification") -> None:
    """config.json of a one-layer BERT with these labels."""
    numbered = {str(n): label for n, label in enumerate(labels)}
    config = {
        "model_type": "bert", "architectures": [kind], "vocab_size": len(VOCABULARY), "hidden_size": 16,
        "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 64,
        "id2label": numbered, "label2id": {label: n for n, label in enumerate(labels)},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def word_classifier(folder: Path, meanings: Mapping[str, str], file: str = "model.onnx", strength: float = 3.0) -> Path:
    """A classifier that adds up what each word says; `meanings` are its labels, in order, with the stance of each."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    write_config(folder, list(meanings))
    table = np.zeros((len(VOCABULARY), len(meanings)), np.float32)
    for column, stance in enumerate(meanings.values()):
        for word in FIRST_OF.get(stance, ()):
            table[VOCABULARY.index(word), column] = strength
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_model(_sum_of_words(), ("input_ids", "attention_mask"), {"table": table, **_AXES}))
    return folder


def inference_classifier(folder: Path) -> Path:
    """A classifier of inference: a sentence entails a hypothesis where their words point the same way."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder)
    write_config(folder, ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"])
    table = np.zeros((len(VOCABULARY), 1), np.float32)
    for words, side in ((UP, 2.0), (DOWN, -2.0)):
        table[[VOCABULARY.index(word) for word in words]] = side
    weights = {"table": table, "head": np.array([[-1.0, 0.0, 1.0]], np.float32), "one": np.array([1], np.int64)}
    nodes = [
        _node("Sub", ("one", "token_type_ids"), "first"),
        _node("Mul", ("first", "attention_mask"), "own"),
        _node("Mul", ("token_type_ids", "attention_mask"), "other"),
        *_sum_of_words("own", "text"),
        *_sum_of_words("other", "hypothesis"),
        _node("Mul", ("text", "hypothesis"), "same"),
        _node("MatMul", ("same", "head"), "logits"),
    ]
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    (folder / "model.onnx").write_bytes(_model(nodes, inputs, {**weights, **_AXES}))
    return folder


_AXES = {"last": np.array([2], np.int64), "middle": np.array([1], np.int64)}


def _sum_of_words(mask: str = "attention_mask", out: str = "logits") -> list[bytes]:
    return [
        _node("Gather", ("table", "input_ids"), f"{out}_words"),
        _node("Cast", (mask,), f"{out}_seen", to=1),
        _node("Unsqueeze", (f"{out}_seen", "last"), f"{out}_mask"),
        _node("Mul", (f"{out}_words", f"{out}_mask"), f"{out}_kept"),
        _node("ReduceSum", (f"{out}_kept", "middle"), out, keepdims=0),
    ]


# --- onnx.proto, as far as it is needed: field numbers of ModelProto, GraphProto, NodeProto and TensorProto ---------


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: int) -> bytes:
    marks = (_bytes(1, name) + _number(3, value) + _number(20, 2) for name, value in attributes.items())
    parts = [*(_bytes(1, name) for name in inputs), _bytes(2, output), _bytes(4, kind), *(_bytes(5, m) for m in marks)]
    return b"".join(parts)


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind = {"float32": 1, "int64": 7}[values.dtype.name]
    return b"".join(_number(1, size) for size in values.shape) + _number(2, kind) + _bytes(8, name) + _bytes(
        9, values.tobytes()
    )  # fmt: skip


def _value(name: str, kind: int) -> bytes:
    sizes = b"".join(_bytes(1, _bytes(2, size)) for size in ("batch", "length"))
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def _model(nodes: Sequence[bytes], inputs: Sequence[str], weights: Mapping[str, np.ndarray]) -> bytes:
    assert struct.pack("=i", 1) == struct.pack("<i", 1), "tensors are written as little-endian"
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, "graph")
    graph += b"".join(_bytes(5, _tensor(name, values)) for name, values in weights.items())
    graph += b"".join(_bytes(11, _value(name, 7)) for name in inputs) + _bytes(12, _value("logits", 1))
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 17))
