"""Recordings of the person fed in place of a camera: they show a life, but not the one that is asked for.

A recording was made before the challenge was drawn. It is played on whatever the page asks; only as many
frames as an action takes are shown between two questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from liveness.attacks.material import FPS, SETTLE_SECONDS, Attack, Material
from liveness.attacks.stage import Bytes, noisy
from liveness.types import Action

ACTION_SECONDS = 2.0
LOOP_SECONDS = 2.0
_COMPRESSION_NOISE = 1.0  # grey values: what a virtual camera's own encoder leaves, no two frames are equal
_PIECE_SECONDS = (0.3, 1.0)


class Reel:
    """Frames in order; at the end it begins anew."""

    def __init__(self, film: Sequence[Bytes]) -> None:
        """:raises ValueError: an empty film."""
        if not film:
            raise ValueError("this attack plays a film, and there is none")
        self._film, self._at = film, 0

    def take(self, count: int) -> list[Bytes]:
        taken = [self._film[(self._at + i) % len(self._film)] for i in range(count)]
        self._at = (self._at + count) % len(self._film)
        return taken


def virtual_camera(material: Material) -> Attack:
    """The whole recording, clean and in its own order, from its first frame on."""
    return _played(material, material.film)


def loop(material: Material) -> Attack:
    """Two seconds from anywhere in the recording, again and again."""
    count = min(round(LOOP_SECONDS * FPS), len(material.film))
    start = int(material.random.integers(0, len(material.film) - count + 1))
    return _played(material, material.film[start : start + count])


def reorder(material: Material) -> Attack:
    """The recording cut into pieces of .3 to 1 s, shuffled, in the hope of the right order."""
    pieces, at = [], 0
    while at < len(material.film):
        length = max(1, round(float(material.random.uniform(*_PIECE_SECONDS)) * FPS))
        pieces.append(material.film[at : at + length])
        at += length
    order = material.random.permutation(len(pieces))
    return _played(material, [frame for index in order for frame in pieces[index]])


def _played(material: Material, film: Sequence[Bytes]) -> Attack:
    reel, random = Reel(film), material.random

    def attack(action: Action | None) -> Iterable[Bytes]:
        seconds = SETTLE_SECONDS if action is None else ACTION_SECONDS
        frames = reel.take(round(seconds * FPS))
        return [noisy(frame.astype(np.float32), random, deviation=_COMPRESSION_NOISE) for frame in frames]

    return attack


KINDS: dict[str, Callable[[Material], Attack]] = {
    "loop": loop,
    "reorder": reorder,
    "virtual_camera": virtual_camera,
}
