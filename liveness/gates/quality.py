"""Could the face be seen well enough, and if not, what can the person do about it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from liveness.complaints import complaint
from liveness.gates.case import Case, weighed
from liveness.types import Advice, FrameFacts, GateScore, Refusal


def gate(case: Case) -> GateScore:
    """The share of frames without a complaint."""
    fine = sum(complaint(frame) is None for frame in case.facts)
    score = fine / len(case.facts) if case.facts else 0.0
    return weighed("quality", score, case.thresholds.quality, Refusal.QUALITY)


def commonest_complaint(facts: Sequence[FrameFacts]) -> Advice | None:
    voiced = Counter(advice for frame in facts if (advice := complaint(frame)) is not None)
    return next((advice for advice, _ in voiced.most_common(1)), None)
