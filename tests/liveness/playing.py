"""Play a session against the engine as the page would: ask, film, send, ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from liveness import Action, Challenge, Engine, FrameFacts, Progress, progress
from tests.virtual_person import VirtualPerson

FPS = 12
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Frames = Iterable[np.ndarray]
Actor = Callable[[Action | None], Frames]
"""What a person does when told: None while settling."""


def jpeg(image: np.ndarray, quality: int = 85) -> bytes:
    ok, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert ok
    return encoded.tobytes()


@dataclass
class Session:
    """One session's facts, told frame by frame."""

    engine: Engine
    challenge: Challenge
    upload_ms: int = 250
    facts: list[FrameFacts] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        return progress(self.challenge, self.facts)

    def film(self, frames: Frames) -> None:
        for frame in frames:
            data = frame if isinstance(frame, bytes) else jpeg(frame)
            t_ms = round(len(self.facts) * 1000 / FPS)
            self.facts.append(
                self.engine.read(data, t_ms=t_ms, received_ms=t_ms + self.upload_ms, previous=self.facts)
            )
            self.images.append(data)

    def play(self, actor: Actor, *, rounds: int = 12) -> Progress:
        """Ask and film until it is over, or the actor has had that many goes."""
        for _ in range(rounds):
            now = self.progress
            if now.done or now.refused_by is not None:
                break
            self.film(actor(now.action))
        return self.progress


def ask(*actions: Action, window_ms: int = 8_000, turns: bool = True) -> Challenge:
    return Challenge("00" * 16, actions, NOW, NOW + timedelta(seconds=120), window_ms, turns)


def willing(person: VirtualPerson) -> Actor:
    """Does what is asked."""
    return lambda action: person.idle(0.7) if action is None else person.clip(action)
