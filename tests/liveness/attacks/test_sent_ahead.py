"""Pictures of the victim, said to be of a later moment and sent before it comes, vouch for nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from idp.people.sandbox.population import population
from liveness import Action, Engine, FrameFacts, ModelPack, Refusal, progress
from liveness.attacks import KINDS, Material, Portrait, Room
from liveness.attacks.material import Frame
from liveness.attacks.session import encoded
from liveness.images import PHOTO_LIMITS, decode
from tests.liveness.playing import FPS, ask, willing
from tests.virtual_person import VirtualPerson

AHEAD_MS = 5_500
"""Less than the gate of the frames lets one frame be under way longer than another."""


class Sender:
    """Sends frames in whatever order; the store gives back those before in the order of their times."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.facts: list[FrameFacts] = []

    def send(self, frames: Iterable[Frame], begin_ms: int, received_ms: int) -> int:
        """When the next frame is to be taken."""
        t_ms = begin_ms
        for frame in frames:
            facts = self.engine.read(
                encoded(frame),
                t_ms=t_ms,
                received_ms=received_ms + t_ms - begin_ms,
                previous=self.facts,
            )
            self.facts = sorted([*self.facts, facts], key=lambda one: one.t_ms)
            t_ms += 1000 // FPS
        return t_ms


def _open_mouths(engine: Engine, frames: Iterable[Frame]) -> list[Frame]:
    def gap(frame: Frame) -> float:
        face = engine.read(encoded(frame), t_ms=0, received_ms=0, previous=[]).face
        return 0.0 if face is None else face.mouth

    ordered = sorted(frames, key=gap)
    return ordered[len(ordered) // 2 :: 3]


def test_an_accomplice_is_compared_whatever_was_sent_ahead(
    engine: Engine, pack: ModelPack, person: VirtualPerson
) -> None:
    photo = next(photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo()))
    random = np.random.default_rng(3)
    portrait = Portrait.of(pack, decode(photo, PHOTO_LIMITS))
    victim, accomplice = KINDS["reenacted"](Material(portrait, Room(random), random)), willing(person)
    pictures = [next(iter(victim(None))), *_open_mouths(engine, victim(Action.OPEN_MOUTH))]
    sender, challenge = Sender(engine), ask(Action.OPEN_MOUTH, turns=False)
    sender.send(pictures, AHEAD_MS, AHEAD_MS)
    now_ms = 0
    while not (now := progress(challenge, sender.facts)).done and now.refused_by is None:
        now_ms = sender.send(accomplice(now.action), now_ms, now_ms + AHEAD_MS)
        assert now_ms < AHEAD_MS
    assert now.done
    verdict = engine.judge(challenge, sender.facts, photo)
    refused = {gate.reason for gate in verdict.gates if not gate.passed}
    assert {Refusal.OTHER_FACE, Refusal.MATCH} <= refused
    assert verdict.matched is False
