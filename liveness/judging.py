"""All gates in one order: the first that fails names the refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from liveness import antispoof, embedding, frames, planarity, quality
from liveness.challenge import TURNS, Challenge
from liveness.course import Course, follow
from liveness.detector import detect
from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, decode
from liveness.onnx import ModelPack
from liveness.reading import Stopwatch
from liveness.types import FrameFacts, GateScore, Refusal, Verdict


def judge(
    pack: ModelPack, challenge: Challenge, facts: Sequence[FrameFacts], reference: bytes | None
) -> Verdict:
    """See `Engine.judge`."""
    stage = Stopwatch()
    with stage("gates"):
        course = follow(challenge, facts)
        quality_gate, advice = quality.gate(facts)
        turns_asked = bool(set(TURNS) & set(course.actions))
        gates = [
            frames.plausibility_gate(facts),
            frames.one_face_gate(facts),
            *([_challenge_gate(course)] if course.actions else []),
            *([planarity.gate(facts, course.baseline)] if turns_asked else []),
            embedding.same_face_gate(facts),
            antispoof.gate(pack, facts),
            quality_gate,
        ]
    tried = {gate.name for gate in gates}
    live = all(gate.passed for gate in gates)
    matched: bool | None = None
    if reference is not None:
        with stage("reference"):
            match = _match_gate(pack, facts, reference)
        gates.append(match)
        matched = None if match.reason is Refusal.REFERENCE_UNUSABLE else match.passed
    spent = Counter[str]()
    for frame in facts:
        spent.update(frame.cpu_ms)
    spent.update(stage.cpu_ms)
    return Verdict(
        live=live,
        matched=matched,
        refused_by=next((gate.reason for gate in gates if not gate.passed), None),
        advice=advice or course.progress.advice,
        gates=tuple(gates),
        unproved=tuple(name for name in ("challenge", "planarity") if name not in tried),
        models=pack.hashes,
        cpu_ms={name: round(value, 2) for name, value in spent.items()},
    )


def _challenge_gate(course: Course) -> GateScore:
    """The share of the actions that was seen; all of them is the threshold."""
    progress = course.progress
    score = progress.step / progress.steps
    reason = progress.refused_by or (None if progress.done else Refusal.INCOMPLETE)
    return GateScore("challenge", score, 1.0, reason is None, reason)


def _match_gate(pack: ModelPack, facts: Sequence[FrameFacts], reference: bytes) -> GateScore:
    try:
        photo = decode(reference, PHOTO_LIMITS)
    except ImageRefused:
        faces = None
    else:
        faces = detect(pack, photo)
    if not faces:
        threshold = pack.one("embedding").threshold
        return GateScore("match", 0.0, threshold, passed=False, reason=Refusal.REFERENCE_UNUSABLE)
    return embedding.match_gate(pack, facts, embedding.embed(pack, photo, faces[0]))
