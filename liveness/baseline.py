"""The own neutral pose, against which every action is measured: a person settles first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from liveness.complaints import complaint
from liveness.types import Advice, Face, FrameFacts

SETTLE_FRAMES = 4
SETTLE_MS = 400
STRAIGHT_DEGREES = 15.0  # away from the camera, at rest
STEADY_DEGREES = 8.0  # spread of the yaw over the settling frames
CLOSED_MOUTH = 0.20


@dataclass(frozen=True, slots=True)
class Baseline:
    """The person's neutral pose: medians over the settling frames. `index`: the calmest of them."""

    index: int
    t_ms: int
    yaw: float
    pitch: float
    mouth: float
    closed: float


def settle(facts: Sequence[FrameFacts]) -> tuple[Baseline | None, Advice | None]:
    """The first calm run of frames, or advice on how to get to one."""
    run: list[int] = []
    advice: Advice | None = Advice.FACE_IN_OVAL
    for index, frame in enumerate(facts):
        advice = complaint(frame) or _unsettled(frame.face)
        if advice is not None:
            run = []
            continue
        run.append(index)
        yaws = [face.yaw for i in run if (face := facts[i].face) is not None]
        if max(yaws) - min(yaws) > STEADY_DEGREES:
            run, advice = [index], Advice.HOLD_STILL
        elif len(run) >= SETTLE_FRAMES and frame.t_ms - facts[run[0]].t_ms >= SETTLE_MS:
            return _baseline(facts, run), None
    return None, advice


def _unsettled(face: Face | None) -> Advice | None:
    if face is None or abs(face.yaw) > STRAIGHT_DEGREES:
        return Advice.LOOK_STRAIGHT
    return Advice.CLOSE_MOUTH if face.mouth > CLOSED_MOUTH else None


def _baseline(facts: Sequence[FrameFacts], run: Sequence[int]) -> Baseline:
    calm = [(i, face) for i in run if (face := facts[i].face) is not None]
    yaw = statistics.median(face.yaw for _, face in calm)
    return Baseline(
        index=min(calm, key=lambda pair: abs(pair[1].yaw - yaw))[0],
        t_ms=facts[run[-1]].t_ms,
        yaw=yaw,
        pitch=statistics.median(face.pitch for _, face in calm),
        mouth=statistics.median(face.mouth for _, face in calm),
        closed=statistics.median(face.closed for _, face in calm),
    )
