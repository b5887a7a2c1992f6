"""An accomplice who knows the rules: the victim's picture, in the right pose, on each frame they compare.

`swap_timed` of the red team guesses when that is; this one computes it, as anybody can who has the networks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random

import numpy as np
import pytest

from idp.people.sandbox.population import population
from liveness import Action, Engine, Face, FrameFacts, ModelPack, Verdict, progress
from liveness.attacks import KINDS, Material, Portrait, Room
from liveness.attacks.material import FPS, Attack, Frame
from liveness.attacks.session import encoded
from liveness.images import PHOTO_LIMITS, decode
from tests.liveness.playing import ask, willing
from tests.virtual_person import VirtualPerson

ASKED = (Action.TURN_LEFT,)


@dataclass
class Swapper:
    """Looks at each frame as the engine will, with an engine of its own, before it goes out."""

    own: Engine
    pictures: list[tuple[bytes, Face]]
    sent: list[FrameFacts] = field(default_factory=list)

    def choose(self, frame: Frame, t_ms: int) -> bytes:
        data = encoded(frame)
        seen = self._seen(data, t_ms)
        if seen.embedding is not None and seen.face is not None:
            data = self._like(seen.face)
            seen = self._seen(data, t_ms)
        self.sent.append(seen)
        return data

    def _seen(self, data: bytes, t_ms: int) -> FrameFacts:
        return self.own.read(data, t_ms=t_ms, received_ms=t_ms, previous=self.sent)

    def _like(self, face: Face) -> bytes:
        def apart(picture: tuple[bytes, Face]) -> float:
            other = picture[1]
            yaw, pitch, mouth = other.yaw - face.yaw, other.pitch - face.pitch, other.mouth - face.mouth
            return abs(yaw) / 16 + abs(pitch) / 7.5 + abs(mouth) / 0.135

        return min(self.pictures, key=apart)[0]


@pytest.fixture(scope="module")
def photo() -> bytes:
    return next(photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo()))


@pytest.fixture(scope="module")
def pictures(engine: Engine, pack: ModelPack, photo: bytes) -> list[tuple[bytes, Face]]:
    """What one photo gives: the victim in many poses, none of which has depth."""
    random = np.random.default_rng(3)
    animate = KINDS["reenacted"](
        Material(Portrait.of(pack, decode(photo, PHOTO_LIMITS)), Room(random), random)
    )
    found = []
    for frame in _every(animate, (None, *ASKED)):
        data = encoded(frame)
        face = engine.read(data, t_ms=0, received_ms=0, previous=[]).face
        if face is not None:
            found.append((data, face))
    return found


def _every(actor: Attack, actions: Iterable[Action | None]) -> Iterable[Frame]:
    return (frame for action in actions for frame in actor(action))


def played(engine: Engine, swapper: Swapper, accomplice: Attack, photo: bytes) -> Verdict:
    challenge, facts = ask(*ASKED), list[FrameFacts]()
    while not (now := progress(challenge, facts)).done and now.refused_by is None:
        for frame in accomplice(now.action):
            t_ms = len(facts) * 1000 // FPS
            data = swapper.choose(frame, t_ms)
            facts.append(engine.read(data, t_ms=t_ms, received_ms=t_ms + 200, previous=facts))
    return engine.judge(challenge, facts, photo)


def test_who_knows_every_look_is_met_by_lot(
    engine: Engine, pack: ModelPack, person: VirtualPerson, pictures: list[tuple[bytes, Face]], photo: bytes
):
    drawing = Engine(pack, random=Random(1))
    verdict = played(drawing, Swapper(engine, pictures), willing(person), photo)
    assert "same_face" in {gate.name for gate in verdict.gates if not gate.passed}
