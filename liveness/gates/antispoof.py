"""What the presentation-attack networks said, over all frames that they saw."""

from __future__ import annotations

import statistics

from liveness.gates.case import Case, weighed
from liveness.types import GateScore, Refusal


def gate(case: Case) -> GateScore:
    """Weighted mean over the networks of their median vote; .5 where each is at its own threshold."""
    weights = case.pad_weights
    cast = [frame.pad for frame in case.facts if frame.pad is not None and len(frame.pad) == len(weights)]
    medians = [statistics.median(column) for column in zip(*cast, strict=True)] or [0.0] * len(weights)
    score = sum(w * m for w, m in zip(weights, medians, strict=True)) / sum(weights)
    return weighed("antispoof", score, case.thresholds.antispoof, Refusal.ANTISPOOF)
