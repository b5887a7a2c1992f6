"""Networks made for a test: they answer the same whatever they see."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx
from onnx import TensorProto, helper


def constant_network(shape: tuple[int, ...], answer: list[float]) -> bytes:
    """Picture of `shape` in, 1 x len(answer) out."""
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "answer"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (1, len(answer)))],
        [
            helper.make_tensor("nothing", TensorProto.FLOAT, (), [0.0]),
            helper.make_tensor("answer", TensorProto.FLOAT, (1, len(answer)), answer),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString(deterministic=True)


def write_pad_override(directory: Path, *answers: tuple[float, float, float], weight: float = 1.0) -> Path:
    """An operator's directory with one constant PAD network for each answer; class 1 is the live one."""
    directory.mkdir(parents=True, exist_ok=True)
    entries = []
    for index, answer in enumerate(answers):
        network = constant_network((1, 3, 80, 80), list(answer))
        file = directory / f"own_{index}.onnx"
        file.write_bytes(network)
        entries.append(
            f'[[models]]\nname = "own_{index}"\nrole = "pad"\nfile = "{file.name}"\n'
            f'sha256 = "{hashlib.sha256(network).hexdigest()}"\nsize = 80\ncolour = "bgr"\ncrop = 2.7\n'
            f'live_class = 1\nweight = {weight if index == 0 else 1.0}\nlicence = "own"\n'
        )
    manifest = directory / "models.toml"
    manifest.write_text("\n".join(entries))
    return manifest


def block_quantised_network() -> bytes:
    """One convolution with int8 weights in blocks, as the published files have them."""
    quantised = [10, -20, 30, 40, 50, -60, 70, 80]
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["flat"], axis=1, block_size=2),
        helper.make_node("Reshape", ["flat", "shape"], ["kernel"]),
        helper.make_node("Conv", ["picture", "kernel"], ["map"]),
        helper.make_node("Transpose", ["map"], ["last"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["last", "rows"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes,
        "quantised",
        [
            helper.make_tensor_value_info("picture", TensorProto.FLOAT, (1, 4, 2, 2)),
            helper.make_tensor_value_info("left_behind", TensorProto.FLOAT, (2, 4, 1, 1)),
        ],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, (1, 4, 2))],
        [
            helper.make_tensor("q", TensorProto.INT8, (2, 4), quantised),
            helper.make_tensor("s", TensorProto.FLOAT, (2, 2), [0.5, 0.25, 2.0, 1.0]),
            helper.make_tensor("z", TensorProto.INT8, (2, 2), [0, 10, -10, 20]),
            helper.make_tensor("shape", TensorProto.INT64, (4,), [2, 4, 1, 1]),
            helper.make_tensor("rows", TensorProto.INT64, (3,), [1, -1, 2]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)
