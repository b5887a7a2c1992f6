"""Who stands before the camera in each round: the honest person, and those who attack it.

Everything of a round (challenge, light, place, tilt of a sheet, screen, film) is drawn from its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import numpy as np

from idp.people.sandbox.population import population
from liveness import Action, Challenge, ModelPack, new_challenge
from liveness.attacks import KINDS, NEEDS_ACCOMPLICE, Attack, Material, Portrait, Room
from liveness.attacks.material import SETTLE_SECONDS
from liveness.attacks.motion import action_poses, idle_poses
from liveness.attacks.pose import Pose
from liveness.attacks.session import uneven
from liveness.attacks.stage import Bytes, noisy
from liveness.images import PHOTO_LIMITS, decode
from tests.virtual_person import VirtualPerson

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
FILMS = 8
"""Recordings, of other sessions and of single actions; rendering one for each round would take hours."""


@dataclass(frozen=True)
class Attempt:
    challenge: Challenge
    actor: Attack
    reference: bytes
    clock: Callable[[int], int]


class Sitter:
    """The rendered person in the light, place and pose of one session."""

    def __init__(self, person: VirtualPerson, random: np.random.Generator, *, rigid: bool = False) -> None:
        self._person, self._random, self._rigid = person, random, rigid
        self._gain = np.asarray(random.uniform(0.65, 1.15) * random.uniform(0.93, 1.07, 3), np.float32)
        self._scale = float(random.uniform(0.85, 1.15))
        self._x, self._y = (float(random.uniform(-r, r)) for r in (0.05, 0.03))
        self._yaw, self._pitch = (float(random.uniform(-r, r)) for r in (6.0, 4.0))

    def __call__(self, action: Action | None) -> Iterable[Bytes]:
        poses = action_poses(action, self._random) if action else idle_poses(SETTLE_SECONDS, self._random)
        return [self._lit(self._person.frame(self._sat(pose))) for pose in poses]

    def _sat(self, pose: Pose) -> Pose:
        return replace(
            pose,
            yaw_degrees=pose.yaw_degrees + self._yaw,
            pitch_degrees=pose.pitch_degrees + self._pitch,
            shift_x=pose.shift_x + self._x,
            shift_y=pose.shift_y + self._y,
            scale=pose.scale * self._scale,
            blink=0.0 if self._rigid else pose.blink,
            mouth=0.0 if self._rigid else pose.mouth,
        )

    def _lit(self, frame: Bytes) -> Bytes:
        return np.clip(frame * self._gain, 0, 255).astype(np.uint8)


class Attackers:
    def __init__(self, pack: ModelPack) -> None:
        self._pack = pack
        self._person = VirtualPerson()
        self._photo = self._person.photo()
        self.film = cache(self._film)
        self.clips = cache(self._clips)
        self.others = cache(self._others)

    def attempt(self, kind: str, number: int) -> Attempt:
        random = np.random.default_rng((number, *kind.encode()))
        challenge = new_challenge(NOW, random=Random(number))  # noqa: S311
        reference, actor = self._actor(kind, challenge, random)
        return Attempt(challenge, actor, reference, uneven(random))

    def _actor(self, kind: str, challenge: Challenge, random: np.random.Generator) -> tuple[bytes, Attack]:
        if kind in ("honest", "deepfake"):
            return self._photo, Sitter(self._person, random)
        if kind == "mask":
            return self._photo, Sitter(self._person, random, rigid=True)
        if kind == "switched":
            return self._photo, self._recorded(random)
        victim = self._photo
        if kind in NEEDS_ACCOMPLICE:
            others = self.others()
            victim = others[int(random.integers(len(others)))]
        material = Material(
            Portrait.of(self._pack, decode(victim, PHOTO_LIMITS)),
            Room(random, brightness=float(random.uniform(90, 190))),
            random,
            film=self._recording_of_another(challenge, random),
            accomplice=self._recorded(random),
        )
        return victim, KINDS[kind](material)

    def _recording_of_another(self, challenge: Challenge, random: np.random.Generator) -> list[Bytes]:
        """Of a session that was asked something else: recordings of the same question are `switched`."""
        films = [self.film(number) for number in range(FILMS)]
        other = [frames for actions, frames in films if actions != challenge.actions]
        return other[int(random.integers(len(other)))]

    def _film(self, number: int) -> tuple[tuple[Action, ...], list[Bytes]]:
        random = np.random.default_rng((number, 7))
        challenge = new_challenge(NOW, random=Random(1_000_000 + number))  # noqa: S311
        sitter = Sitter(self._person, random)
        frames: list[Bytes] = []
        for action in (None, *challenge.actions):
            frames.extend(sitter(action))
        return challenge.actions, frames

    def _recorded(self, random: np.random.Generator) -> Attack:
        """Clips of every single action, made beforehand; the right one is started when it is asked."""
        clips = self.clips(int(random.integers(FILMS)))
        return lambda action: [
            noisy(frame.astype(np.float32), random, deviation=1.0) for frame in clips[action]
        ]

    def _clips(self, number: int) -> dict[Action | None, list[Bytes]]:
        sitter = Sitter(self._person, np.random.default_rng((number, 8)))
        return {action: list(sitter(action)) for action in (None, *Action)}

    def _others(self) -> list[bytes]:
        """Drawn people of the sandbox: faces for the networks, and nobody's."""
        drawn = [photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo())]
        return drawn[:12]
