"""Presentation attack detection: is this skin, or paper and screens?

Any number of networks may vote (role `pad`). A vote is the live class's log-odds against the
network's threshold, squeezed to 0..1, so that networks of different scales can be averaged.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from liveness.detector import Detection
from liveness.manifest import Model
from liveness.onnx import ModelPack
from liveness.preprocessing import cut, square, tensor


def votes(pack: ModelPack, image: NDArray[np.uint8], face: Detection) -> tuple[float, ...]:
    """One vote a network, in the pack's order: 0 attack, 1 live."""
    return tuple(_vote(pack, model, image, face) for model in pack.all("pad"))


def _vote(pack: ModelPack, model: Model, image: NDArray[np.uint8], face: Detection) -> float:
    logits = next(iter(pack.run(model, tensor(model, _surroundings(model, image, face))).values()))[0]
    others = np.delete(logits, model.live_class).astype(np.float64)
    margin = float(logits[model.live_class]) - float(np.logaddexp.reduce(others))
    return 1 / (1 + math.exp(-max(min(margin - model.threshold, 50.0), -50.0)))


def _surroundings(model: Model, image: NDArray[np.uint8], face: Detection) -> NDArray[np.uint8]:
    """The face with the background that these networks need: the box times `crop`.

    The factor shrinks until the crop fits into the picture, then the crop is shifted inside.
    """
    rows, columns = image.shape[:2]
    x, y, width, height = face.box
    factor = min(model.crop, (rows - 1) / height, (columns - 1) / width)
    wide, high = width * factor, height * factor
    left = min(max(x + width / 2 - wide / 2, 0), columns - wide)
    top = min(max(y + height / 2 - high / 2, 0), rows - high)
    part, _ = cut(image, left, top, wide, high)
    return square(model, part)
