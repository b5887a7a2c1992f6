"""How well a face can be seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.detector import Detection
from liveness.preprocessing import cut

_SIDE = 112


def light_and_sharpness(image: NDArray[np.uint8], face: Detection) -> tuple[float, float]:
    """Mean grey value of the face, and variance of its Laplacian at a fixed size."""
    part, _ = cut(image, *face.box)
    small = cv2.resize(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return float(small.mean()), float(cv2.Laplacian(small, cv2.CV_32F).var())
