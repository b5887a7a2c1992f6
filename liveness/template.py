"""A face to compare with in the place of a photo: one vector, and the network that it belongs to.

Biometric template protection in the sense of ISO/IEC 24745 is the keeper's part: whoever keeps one
encrypts it. This module imports neither numpy nor OpenCV, so that a keeper stays light.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from liveness.challenge import is_frontal
from liveness.types import FrameFacts

LEAST_FRAMES = 2
"""One frame may be blurred or caught in the middle of a blink."""


@dataclass(frozen=True, slots=True)
class FaceTemplate:
    """`model`: SHA-256 of the network that made it; vectors of two networks cannot be compared.

    `vector`: of length 1; out of `repr`, and so out of tracebacks and logs.
    """

    model: str
    vector: tuple[float, ...] = field(repr=False)


def template_of(facts: Sequence[FrameFacts], model: str) -> FaceTemplate | None:
    """The median face of a session's frontal frames; None when too few of them were embedded.

    The median, dimension by dimension: one frame that went wrong does not pull it away.
    """
    vectors = [f.embedding for f in facts if f.embedding is not None and is_frontal(f)]
    if len(vectors) < LEAST_FRAMES:
        return None
    middle = [statistics.median(values) for values in zip(*vectors, strict=True)]
    length = math.hypot(*middle)
    if not length:
        return None
    return FaceTemplate(model, tuple(value / length for value in middle))
