"""Did the person do what was asked, in the order and the time in which it was asked?"""

from __future__ import annotations

from liveness.gates.case import Case
from liveness.types import GateScore, Refusal


def gate(case: Case) -> GateScore | None:
    """The share of the actions that was seen; all of them is the threshold. None when nothing was asked."""
    if not case.course.actions:
        return None
    progress = case.course.progress
    score = progress.step / progress.steps
    reason = progress.refused_by or (None if progress.done else Refusal.INCOMPLETE)
    return GateScore("challenge", score, 1.0, reason is None, reason)
