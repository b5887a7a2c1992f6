"""Is it the face of the register's photo?"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from liveness.challenge import is_frontal
from liveness.embedding import cosine
from liveness.gates.case import weighed
from liveness.types import FrameFacts, GateScore, Refusal


def gate(facts: Sequence[FrameFacts], reference: tuple[float, ...], threshold: float) -> GateScore:
    """Median cosine of the frontal frames to the photo."""
    frontal = [frame for frame in facts if frame.embedding is not None and is_frontal(frame)]
    score = statistics.median(cosine(f.embedding, reference) for f in frontal) if frontal else 0.0
    return weighed("match", score, threshold, Refusal.MATCH)
