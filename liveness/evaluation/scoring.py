"""One presentation of a data set -> what the engine makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2

from liveness.asked import challenge_of
from liveness.engine import Engine
from liveness.errors import ImageRefused
from liveness.recordings import Frame, Kind, RecordingRefused, open_recording
from liveness.recordings.recording import read_picture
from liveness.types import Action, FrameFacts, Verdict

NO_FACE = "no_face"
NO_FRONTAL_FACE = "no_frontal_face"
"""There is one, but in no frame in which the presentation-attack networks are asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`score`: of the presentation-attack networks, 0 attack to 1 live; None without an answer, which
    `no_answer` then gives a reason for. The rest is of sessions (directories, videos) alone: `live`, the
    verdict of all gates that this recording could try; `refused_by`; `failed` and `unproved`, by gate.
    """

    kind: str
    frames: int = 0
    score: float | None = None
    no_answer: str = ""
    live: bool | None = None
    refused_by: str = ""
    failed: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()


def score(engine: Engine, path: Path, kind: Kind, *, actions: tuple[Action, ...], fps: float) -> Outcome:
    """Never raises for what a file holds: a broken one is a presentation without an answer.

    A still picture is read with every network; a session as a sign-in would read it.
    """
    try:
        if kind is Kind.STILL:
            facts = [engine.read(read_picture(path), t_ms=0, received_ms=0)]
            refused = Counter[str]()
        else:
            facts, refused = _read(engine, open_recording(path, fps=fps).frames())
    except (ImageRefused, RecordingRefused) as error:
        return Outcome(kind, no_answer=error.reason)
    except cv2.error:
        return Outcome(kind, no_answer="undecodable")
    if not facts:
        return Outcome(kind, no_answer=refused.most_common(1)[0][0] if refused else "no_pictures")
    if all(frame.pad is None for frame in facts):
        seen = any(frame.face is not None for frame in facts)
        return Outcome(kind, len(facts), no_answer=NO_FRONTAL_FACE if seen else NO_FACE)
    verdict = engine.judge(challenge_of(actions), facts)
    antispoof = next(gate.score for gate in verdict.gates if gate.name == "antispoof")
    if kind is Kind.STILL:
        return Outcome(kind, 1, antispoof)
    return _of_session(kind, len(facts), antispoof, verdict)


def _read(engine: Engine, frames: Iterable[Frame]) -> tuple[list[FrameFacts], Counter[str]]:
    facts: list[FrameFacts] = []
    refused = Counter[str]()
    for frame in frames:
        try:
            facts.append(engine.read(frame.data, t_ms=frame.t_ms, received_ms=frame.t_ms, previous=facts))
        except ImageRefused as error:
            refused[error.reason] += 1
    return facts, refused


def _of_session(kind: Kind, frames: int, antispoof: float, verdict: Verdict) -> Outcome:
    return Outcome(
        kind,
        frames,
        antispoof,
        live=verdict.live,
        refused_by=verdict.refused_by or "",
        failed=tuple(gate.name for gate in verdict.gates if not gate.passed),
        unproved=verdict.unproved,
    )
