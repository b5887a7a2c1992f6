"""Can the face be seen well enough, and if not, what can the person do about it?"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.complaints import complaint
from liveness.detector import Detection
from liveness.preprocessing import cut
from liveness.types import Advice, FrameFacts, GateScore, Refusal

THRESHOLD = 0.5  # share of frames without a complaint

_SIDE = 112


def light_and_sharpness(image: NDArray[np.uint8], face: Detection) -> tuple[float, float]:
    """Mean grey value of the face, and variance of its Laplacian at a fixed size."""
    part, _ = cut(image, *face.box)
    small = cv2.resize(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return float(small.mean()), float(cv2.Laplacian(small, cv2.CV_32F).var())


def gate(facts: Sequence[FrameFacts]) -> tuple[GateScore, Advice | None]:
    """The share of frames without a complaint, and the commonest complaint if that is too small."""
    complaints = [complaint(frame) for frame in facts]
    score = complaints.count(None) / len(complaints) if complaints else 0.0
    if score >= THRESHOLD:
        return GateScore("quality", score, THRESHOLD, passed=True), None
    voiced = [advice for advice in complaints if advice is not None]
    worst = max(voiced, key=voiced.count, default=None)
    return GateScore("quality", score, THRESHOLD, passed=False, reason=Refusal.QUALITY), worst
