"""Does a network answer as its role needs? Asked when it is installed, not before the first person."""

from __future__ import annotations

import numpy as np

from liveness.errors import ModelUnfit
from liveness.manifest import Model
from liveness.onnx import open_session

_LEAST_OUTPUT = {"detector": 1, "landmarks": 136, "eyes": 2, "pad": 2, "embedding": 64}
"""Numbers in an answer, by role; the detector's outputs are looked up by name."""


def try_out(model: Model) -> None:
    """Run it once on a grey picture of its size.

    :raises ModelUnfit: it does not open, does not take such a picture, or its answer is none for its role.
    :raises ModelMissing, ModelTampered: the file is not the pinned one.
    """
    channels = 1 if model.colour == "grey" else 3
    grey = np.full((1, channels, model.size, model.size), (128.0 - model.mean) * model.scale, np.float32)
    try:
        session = open_session(model)
        answer = session.run(None, {session.get_inputs()[0].name: grey})[0]
    except _runtime_errors() as error:
        raise ModelUnfit(f"{model.name}: {str(error).splitlines()[0]}") from error
    numbers = answer[0].size
    if numbers < _LEAST_OUTPUT[model.role] or not np.isfinite(answer).all():
        raise ModelUnfit(f"{model.name}: {numbers} numbers are no answer for the role {model.role}")
    if model.role == "pad" and not 0 <= model.live_class < numbers:
        raise ModelUnfit(f"{model.name}: there is no class {model.live_class} among {numbers}")


def _runtime_errors() -> tuple[type[Exception], ...]:
    # onnxruntime's errors have no base of their own below RuntimeError and Exception.
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = (
        "Fail",
        "InvalidArgument",
        "InvalidGraph",
        "InvalidProtobuf",
        "NotImplemented",
        "RuntimeException",
    )
    return (*(getattr(state, name) for name in names), ValueError)
