import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from liveness.folding import fold_block_quantised
from tests.liveness.networks import block_quantised_network


def folded(*, free_image_size: bool = False) -> onnx.ModelProto:
    return onnx.load_from_string(
        fold_block_quantised(block_quantised_network(), free_image_size=free_image_size)
    )


def test_the_weights_are_what_dequantising_block_by_block_gives():
    (kernel,) = (t for t in folded().graph.initializer if t.name == "kernel")
    expected = [[5.0, -10.0, 5.0, 7.5], [120.0, -100.0, 50.0, 60.0]]
    np.testing.assert_array_equal(numpy_helper.to_array(kernel).reshape(2, 4), expected)


def test_nothing_quantised_and_no_unread_input_is_left():
    graph = folded().graph
    assert {node.op_type for node in graph.node} == {"Conv", "Transpose", "Reshape"}
    assert [value.name for value in graph.input] == ["picture"]
    assert {t.name for t in graph.initializer} == {"kernel", "rows"}


def test_the_bytes_are_the_same_each_time():
    source = block_quantised_network()
    first, second = (fold_block_quantised(source, free_image_size=True) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("height", "width"), [(2, 2), (3, 5)])
def test_the_image_size_can_be_left_open(height: int, width: int):
    model = folded(free_image_size=True).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (out,) = session.run(None, {"picture": np.ones((1, 4, height, width), np.float32)})
    np.testing.assert_array_equal(out, np.tile(np.float32([7.5, 130.0]), (1, height * width, 1)))
