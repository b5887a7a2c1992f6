"""Frames put in place of the camera's: the still photo, and another face that takes over.

An injected stream has no lens, no hand and no clock of its own: its timestamps are as even as its author
writes them, and no sheet or screen is there to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np

from liveness.attacks.material import FPS, Attack, Frame, Material
from liveness.attacks.stage import Bytes, Floats, noisy
from liveness.schedule import EMBEDDING_EVERY_MS
from liveness.types import Action

_COMPRESSION_NOISE = 1.0
_STILL_FRAMES = 24
_GLIDE = 0.02  # of the frame's width: the photo is moved about a little, as if somebody held a camera


def injected(material: Material) -> Attack:
    """The still photo, panned a little and with fresh noise, so that no two frames are the same bytes."""

    def attack(_action: Action | None) -> Iterable[Bytes]:
        return [_still(material, index) for index in range(_STILL_FRAMES)]

    return attack


def frozen(material: Material) -> Attack:
    """The same bytes again and again, as a stalled or scripted source sends them."""
    picture = np.clip(material.portrait.picture, 0, 255).astype(np.uint8)

    def attack(_action: Action | None) -> Iterable[Bytes]:
        return [picture] * _STILL_FRAMES

    return attack


def swap(material: Material) -> Attack:
    """The victim's photo until the first action is asked, then an accomplice, who does it alive."""
    accomplice = _accomplice(material)

    def attack(action: Action | None) -> Iterable[Frame]:
        return accomplice(action) if action else [_still(material, index) for index in range(10)]

    return attack


def swap_timed(material: Material) -> Attack:
    """Like `swap`, and whenever the public schedule will compare faces, one frame of the victim again.

    The rules of `liveness.schedule` are no secret: the accomplice is cut away for the moments at which
    a face is looked at, in the hope that nobody looks between them.
    """
    accomplice = _accomplice(material)
    shown = 0

    def attack(action: Action | None) -> Iterable[Frame]:
        nonlocal shown
        if action is None:
            frames: list[Frame] = [_still(material, index) for index in range(10)]
        else:
            every = round(EMBEDDING_EVERY_MS * FPS / 1000)
            frames = [
                _still(material, 0) if (shown + index) % every == 0 else frame
                for index, frame in enumerate(accomplice(action))
            ]
        shown += len(frames)
        return frames

    return attack


def _accomplice(material: Material) -> Attack:
    if material.accomplice is None:
        raise ValueError("this attack needs an accomplice")
    return material.accomplice


def _still(material: Material, index: int) -> Bytes:
    picture: Floats = material.portrait.picture
    height, width = picture.shape[:2]
    glide = _GLIDE * width * np.sin(2 * np.pi * index / _STILL_FRAMES)
    move = np.array([[1, 0, glide], [0, 1, 0]], np.float32)
    panned = cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return noisy(np.asarray(panned, np.float32), material.random, deviation=_COMPRESSION_NOISE)


KINDS: dict[str, Callable[[Material], Attack]] = {
    "injected": injected,
    "frozen": frozen,
    "swap": swap,
    "swap_timed": swap_timed,
}
