"""Fold block-quantised weights into plain float32, once, at set-up.

The detector and the matcher are published with int8 weights in blocks (`DequantizeLinear`
with `block_size`, ONNX opset 21). onnxruntime refuses some of these shapes and
would dequantise at every run where it accepts them. The folded file computes the same
numbers with an ordinary graph. Its bytes depend on the input alone, so that their SHA-256
can be pinned as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper


def fold_block_quantised(model_bytes: bytes, *, free_image_size: bool) -> bytes:
    """Return the same network with float32 weights, as deterministic ONNX bytes.

    :param free_image_size: leave height and width of the input open. For fully
        convolutional networks whose file names one size out of habit.
    :raises ValueError: the bytes are no valid ONNX model.
    """
    model = onnx.load_from_string(model_bytes)
    graph = model.graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    folded: list[onnx.NodeProto] = []
    kept: list[onnx.NodeProto] = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and all(name in values for name in node.input):
            values[node.output[0]] = _dequantise(node, *(values[name] for name in node.input))
            folded.append(node)
        elif node.op_type == "Reshape" and node.input[0] in {n.output[0] for n in folded}:
            values[node.output[0]] = values[node.input[0]].reshape(values[node.input[1]])
            folded.append(node)
        else:
            kept.append(node)
    used = {name for node in kept for name in node.input}
    del graph.node[:]
    graph.node.extend(kept)
    del graph.initializer[:]
    graph.initializer.extend(
        numpy_helper.from_array(values[name], name) for name in sorted(values) if name in used
    )
    # Quantising left the names of the old weights behind as inputs that nothing reads.
    images = [value for value in graph.input if value.name in used and value.name not in values]
    del graph.input[:]
    graph.input.extend(images)
    del graph.value_info[:]
    if free_image_size:
        _open_image_size(graph)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _dequantise(
    node: onnx.NodeProto, quantised: NDArray[Any], scales: NDArray[Any], zero_points: NDArray[Any]
) -> NDArray[np.float32]:
    """(q - zero_point) * scale, each scale serving `block_size` neighbours along `axis`."""
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    axis, block = attributes["axis"], attributes["block_size"]
    length = quantised.shape[axis]
    scale = scales.repeat(block, axis=axis).take(range(length), axis=axis)
    zero = zero_points.repeat(block, axis=axis).take(range(length), axis=axis)
    difference: NDArray[np.float32] = (quantised.astype(np.int16) - zero).astype(np.float32)
    return difference * scale


def _open_image_size(graph: onnx.GraphProto) -> None:
    shape = graph.input[0].type.tensor_type.shape
    shape.dim[2].dim_param, shape.dim[3].dim_param = "height", "width"
    for output in graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"{output.name}_anchors"
