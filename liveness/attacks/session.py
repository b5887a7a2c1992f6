"""Play a session against the engine as the page would: ask, film, send, ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from liveness.attacks.material import FPS, Attack, Frame
from liveness.attacks.stage import Bytes
from liveness.challenge import Challenge
from liveness.course import progress
from liveness.engine import Engine
from liveness.types import FrameFacts, Progress

JPEG_QUALITY = 85
"""What the page encodes its frames with."""
_JITTER_MS = 6.0  # a camera's and a page's timer do not tick evenly


def jpeg(image: Bytes, quality: int = JPEG_QUALITY) -> bytes:
    ok, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise ValueError("this picture cannot be written as JPEG")
    return bytes(encoded.tobytes())


def encoded(frame: Frame) -> bytes:
    return frame if isinstance(frame, bytes) else jpeg(frame)


def even(index: int) -> int:
    """When a frame was taken by a source without a camera, in milliseconds."""
    return round(index * 1000 / FPS)


def uneven(random: np.random.Generator) -> Callable[[int], int]:
    """When a frame was taken by a real camera."""
    return lambda index: max(0, even(index) + round(float(np.clip(random.normal(0, _JITTER_MS), -25, 25))))


@dataclass
class Session:
    """One session's facts, told frame by frame. ``upload_ms``: from a frame's taking to its coming in."""

    engine: Engine
    challenge: Challenge
    upload_ms: int = 250
    clock: Callable[[int], int] = even
    facts: list[FrameFacts] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        return progress(self.challenge, self.facts)

    def film(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            data = encoded(frame)
            t_ms = self.clock(len(self.facts))
            self.facts.append(
                self.engine.read(data, t_ms=t_ms, received_ms=t_ms + self.upload_ms, previous=self.facts)
            )
            self.images.append(data)

    def play(self, actor: Attack, *, rounds: int = 12) -> Progress:
        """Ask and film until it is over, or the actor has had that many goes."""
        for _ in range(rounds):
            now = self.progress
            if now.done or now.refused_by is not None:
                break
            self.film(actor(now.action))
        return self.progress
