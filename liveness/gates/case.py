"""What a gate may weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liveness.challenge import Challenge
from liveness.course import Course
from liveness.thresholds import Thresholds
from liveness.types import FrameFacts, GateScore, Refusal


@dataclass(frozen=True, slots=True)
class Case:
    """A whole session, as its facts tell it. `pad_weights`: of the networks, in the order of their votes."""

    challenge: Challenge
    facts: Sequence[FrameFacts]
    course: Course
    thresholds: Thresholds
    pad_weights: tuple[float, ...]


def weighed(name: str, score: float, threshold: float, refusal: Refusal) -> GateScore:
    """The plain case: passed when the score reaches the threshold."""
    passed = score >= threshold
    return GateScore(name, score, threshold, passed, None if passed else refusal)
