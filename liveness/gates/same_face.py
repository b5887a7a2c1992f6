"""Is it the same face from the first frame to the last?"""

from __future__ import annotations

from liveness.challenge import is_frontal
from liveness.embedding import cosine
from liveness.gates.case import Case, weighed
from liveness.types import GateScore, Refusal


def gate(case: Case) -> GateScore:
    """The least cosine of any frame to the first frontal one, turned frames included.

    Turned and nodding frames look less like the first one than a register's photo does, and
    another person stays below .2.
    """
    seen = [frame for frame in case.facts if frame.embedding is not None]
    first = next((frame for frame in seen if is_frontal(frame)), seen[0] if seen else None)
    score = 0.0
    if first is not None and len(seen) >= 2:
        score = min(cosine(frame.embedding, first.embedding) for frame in seen)
    return weighed("same_face", score, case.thresholds.same_face, Refusal.OTHER_FACE)
