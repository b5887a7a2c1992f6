"""All gates in one order: the first that fails names the refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from liveness.challenge import Challenge
from liveness.course import follow
from liveness.embedding import embed_photo
from liveness.gates import antispoof, challenge, flash, frames, match, one_face, planarity, quality, same_face
from liveness.gates.case import Case
from liveness.onnx import ModelPack
from liveness.reading import Stopwatch
from liveness.schedule import as_scheduled
from liveness.template import FaceTemplate
from liveness.types import FrameFacts, GateScore, Refusal, Verdict

GATES: tuple[tuple[str, Callable[[Case], GateScore | None]], ...] = (
    ("frames", frames.gate),
    ("one_face", one_face.gate),
    ("challenge", challenge.gate),
    ("planarity", planarity.gate),
    ("same_face", same_face.gate),
    ("antispoof", antispoof.gate),
    ("quality", quality.gate),
    ("flash", flash.gate),
)
"""In the order in which they name a refusal. A gate answers None when this challenge cannot try it."""


def judge(
    pack: ModelPack,
    asked: Challenge,
    facts: Sequence[FrameFacts],
    reference: bytes | FaceTemplate | None,
) -> Verdict:
    """See `Engine.judge`."""
    stage = Stopwatch()
    with stage("gates"):
        facts = as_scheduled(facts)
        course = follow(asked, facts)
        weights = tuple(model.weight for model in pack.all("pad"))
        case = Case(asked, facts, course, pack.thresholds, weights)
        tried = {name: gate(case) for name, gate in GATES if name != "flash" or asked.flash is not None}
    # Weighed for the desk alone, where the operator wants to see first what it says.
    quiet = {"flash"} if asked.flash is not None and not asked.flash.refuses else set()
    scores = [score for name, score in tried.items() if score is not None and name not in quiet]
    signals = tuple(score for name, score in tried.items() if score is not None and name in quiet)
    live = all(score.passed for score in scores)
    matched: bool | None = None
    if reference is not None:
        with stage("reference"):
            matching = _matching(pack, facts, reference)
        scores.append(matching)
        matched = None if matching.reason is Refusal.REFERENCE_UNUSABLE else matching.passed
    spent = Counter[str]()
    for frame in facts:
        spent.update(frame.cpu_ms)
    spent.update(stage.cpu_ms)
    advice = None if quality.gate(case).passed else quality.commonest_complaint(facts)
    return Verdict(
        live=live,
        matched=matched,
        refused_by=next((score.reason for score in scores if not score.passed), None),
        advice=advice or course.progress.advice,
        gates=tuple(scores),
        unproved=tuple(name for name, score in tried.items() if score is None),
        models=pack.hashes,
        actions=course.actions,
        signals=signals,
        nonce=asked.nonce,
        frames=len(facts),
        cpu_ms={name: round(value, 2) for name, value in spent.items()},
    )


def _matching(pack: ModelPack, facts: Sequence[FrameFacts], reference: bytes | FaceTemplate) -> GateScore:
    threshold = pack.thresholds.match
    vector = _vector(pack, reference)
    if vector is None:
        return GateScore("match", 0.0, threshold, passed=False, reason=Refusal.REFERENCE_UNUSABLE)
    return match.gate(facts, vector, threshold)


def _vector(pack: ModelPack, reference: bytes | FaceTemplate) -> tuple[float, ...] | None:
    """The reference as the match network sees it; None when it cannot be compared with."""
    if isinstance(reference, FaceTemplate):
        return reference.vector if reference.model == pack.one("embedding").sha256 else None
    return embed_photo(pack, reference)
