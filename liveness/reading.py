"""From one frame to its facts. Pixels enter here and do not leave."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from liveness.antispoof import votes
from liveness.colours import Screen
from liveness.detector import detect
from liveness.embedding import embed
from liveness.flash import light_of
from liveness.images import FRAME_LIMITS, decode
from liveness.landmarks import eyes_closed, find_landmarks, pose
from liveness.onnx import ModelPack
from liveness.quality import light_and_sharpness
from liveness.schedule import needs_embedding, needs_pad
from liveness.types import Face, FrameFacts


class Stopwatch:
    """CPU milliseconds of this thread by stage."""

    def __init__(self) -> None:
        self.cpu_ms: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.thread_time_ns()
        try:
            yield
        finally:
            spent = (time.thread_time_ns() - start) / 1e6
            self.cpu_ms[stage] = round(self.cpu_ms.get(stage, 0.0) + spent, 3)


def read(
    pack: ModelPack,
    data: bytes,
    *,
    t_ms: int,
    received_ms: int,
    previous: Sequence[FrameFacts] | None,
    screen: Screen | None = None,
    by_lot: bool = False,
) -> FrameFacts:
    """See `Engine.read`."""
    stage = Stopwatch()
    with stage("decode"):
        image = decode(data, FRAME_LIMITS)
        height, width = image.shape[:2]
    with stage("detect"):
        found = detect(pack, image)
    facts = FrameFacts(
        t_ms=t_ms,
        received_ms=received_ms,
        width=width,
        height=height,
        digest=hashlib.sha256(data).hexdigest()[:32],
        faces=len(found),
        screen=screen,
        by_lot=by_lot,
    )
    if not found:
        return replace(facts, cpu_ms=stage.cpu_ms)
    with stage("landmarks"):
        landmarks = find_landmarks(pack, image, found[0])
        looks = pose(landmarks)
    with stage("eyes"):
        closed = eyes_closed(pack, image, landmarks)
    with stage("quality"):
        brightness, sharpness = light_and_sharpness(image, found[0])
    face = Face(
        box=_rounded(found[0].box, 1),
        points=_rounded(found[0].points.ravel().tolist(), 1),
        landmarks=tuple(landmarks.ravel().tolist()),
        yaw=round(looks.yaw, 2),
        pitch=round(looks.pitch, 2),
        mouth=round(looks.mouth, 4),
        closed=round(closed, 4),
        brightness=round(brightness, 1),
        sharpness=round(sharpness, 1),
    )
    facts = replace(facts, face=face)
    if screen is not None:
        with stage("flash"):
            facts = replace(facts, light=light_of(image, found[0].box, landmarks))
    if previous is None or needs_pad(previous, facts):
        with stage("antispoof"):
            facts = replace(facts, pad=_rounded(votes(pack, image, found[0]), 5))
    if previous is None or by_lot or needs_embedding(previous, facts):
        with stage("embedding"):
            facts = replace(facts, embedding=embed(pack, image, found[0]))
    return replace(facts, cpu_ms=stage.cpu_ms)


def _rounded(values: Sequence[float], digits: int) -> tuple:  # type: ignore[type-arg]
    return tuple(round(float(value), digits) for value in values)
