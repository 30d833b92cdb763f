"""Builds minilm.onnx: the encoder's arithmetic without its weights, which ONNX Runtime is handed as arrays.

Run once by whoever changes the arithmetic (needs the package onnx): `python -m nlp.models.encoder_graph`. A weight
is named as upstream names it; matrices are stored turned, (in, out), so that no Transpose stands before a MatMul.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.models.encoder_run import EPSILON, HEADS, LAYERS, WIDTH, shapes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

OPSET = 20  # the first with Gelu


def graph() -> ModelProto:
    """The model: pieces, types and places (batch, length), mask (batch, 1, 1, length) in, states out."""
    from onnx import TensorProto, helper

    size = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, size) for name in ("pieces", "types")]
    inputs.append(helper.make_tensor_value_info("places", TensorProto.INT64, ["length"]))
    inputs.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", 1, 1, "length"]))
    output = helper.make_tensor_value_info("states", TensorProto.FLOAT, [*size, WIDTH])
    nodes = [*_embedding(), *(node for layer in range(LAYERS) for node in _layer(layer))]
    nodes.append(helper.make_node("Identity", [f"layer{LAYERS}"], ["states"]))
    made = helper.make_graph(nodes, "minilm", inputs, [output], [*_constants(), *_weights()])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _constants() -> list[TensorProto]:
    from onnx import TensorProto, helper

    return [
        helper.make_tensor("heads", TensorProto.INT64, [4], [0, 0, HEADS, WIDTH // HEADS]),
        helper.make_tensor("joined", TensorProto.INT64, [3], [0, 0, WIDTH]),
        helper.make_tensor("scale", TensorProto.FLOAT, [], [(WIDTH // HEADS) ** -0.5]),
    ]


def _weights() -> Iterator[TensorProto]:
    """The weights as names and shapes; their values are elsewhere."""
    from onnx import TensorProto

    for name, shape in shapes().items():
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="handed.in")
        yield tensor


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> NodeProto:
    from onnx import helper

    return helper.make_node(kind, inputs, [output], **attributes)


def _embedding() -> Iterator[NodeProto]:
    yield _node("Gather", ["embeddings.word_embeddings.weight", "pieces"], "of_pieces")
    yield _node("Gather", ["embeddings.token_type_embeddings.weight", "types"], "of_types")
    yield _node("Gather", ["embeddings.position_embeddings.weight", "places"], "of_places")
    yield _node("Add", ["of_pieces", "of_types"], "of_both")
    yield _node("Add", ["of_both", "of_places"], "summed")
    yield _norm("summed", "embeddings.LayerNorm", "layer0")


def _norm(source: str, name: str, output: str) -> NodeProto:
    return _node("LayerNormalization", [source, f"{name}.weight", f"{name}.bias"], output, axis=-1, epsilon=EPSILON)


def _dense(source: str, name: str, output: str) -> Iterator[NodeProto]:
    yield _node("MatMul", [source, f"{name}.weight"], f"{output}_product")
    yield _node("Add", [f"{output}_product", f"{name}.bias"], output)


def _layer(number: int) -> Iterator[NodeProto]:
    at, source, own = f"encoder.layer.{number}", f"layer{number}", f"l{number}_"
    for part in ("query", "key", "value"):
        yield from _dense(source, f"{at}.attention.self.{part}", own + part)
        yield _node("Reshape", [own + part, "heads"], f"{own}{part}_heads")
        order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
        yield _node("Transpose", [f"{own}{part}_heads"], f"{own}{part}_by_head", perm=order)
    yield _node("MatMul", [f"{own}query_by_head", f"{own}key_by_head"], f"{own}products")
    yield _node("Mul", [f"{own}products", "scale"], f"{own}scaled")
    yield _node("Add", [f"{own}scaled", "mask"], f"{own}masked")
    yield _node("Softmax", [f"{own}masked"], f"{own}attention", axis=-1)
    yield _node("MatMul", [f"{own}attention", f"{own}value_by_head"], f"{own}seen")
    yield _node("Transpose", [f"{own}seen"], f"{own}seen_turned", perm=[0, 2, 1, 3])
    yield _node("Reshape", [f"{own}seen_turned", "joined"], f"{own}seen_joined")
    yield from _dense(f"{own}seen_joined", f"{at}.attention.output.dense", f"{own}out")
    yield _node("Add", [f"{own}out", source], f"{own}residual")
    yield _norm(f"{own}residual", f"{at}.attention.output.LayerNorm", f"{own}attended")
    yield from _dense(f"{own}attended", f"{at}.intermediate.dense", f"{own}wide")
    yield _node("Gelu", [f"{own}wide"], f"{own}bent")
    yield from _dense(f"{own}bent", f"{at}.output.dense", f"{own}narrow")
    yield _node("Add", [f"{own}narrow", f"{own}attended"], f"{own}second")
    yield _norm(f"{own}second", f"{at}.output.LayerNorm", f"layer{number + 1}")


if __name__ == "__main__":
    Path(__file__).with_name("minilm.onnx").write_bytes(graph().SerializeToString())
