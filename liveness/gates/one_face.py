"""Is there one face in the frames, all along?"""

from __future__ import annotations

from itertools import pairwise

from liveness.gates.case import Case
from liveness.types import GateScore, Refusal

_LONGEST_ABSENCE_MS = 1_500  # long enough for another face to take its place


def gate(case: Case) -> GateScore:
    """Exactly one face all along, and never gone for long between its first and last frame."""
    alone = [frame for frame in case.facts if frame.faces == 1]
    between = [f for f in case.facts if alone and alone[0].t_ms <= f.t_ms <= alone[-1].t_ms]
    score = len(alone) / len(between) if between else 0.0
    absent = any(b.t_ms - a.t_ms > _LONGEST_ABSENCE_MS for a, b in pairwise(alone))
    passed = score >= case.thresholds.one_face and not absent
    reason = None if passed else Refusal.ONE_FACE
    return GateScore("one_face", score, case.thresholds.one_face, passed, reason)
