"""Portraits of people who do not exist: a head as a height field, lit, painted and photographed.

No photograph of anybody is used. The faces stand in for the register's photos in the sandbox: a face detector
finds one face in each. They say nothing about how well anything works on people.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from idp.people.resident_number import Sex
from idp.people.sandbox import face as head
from idp.people.sandbox import hair
from idp.people.sandbox.brushes import Picture, Plane, blob, darken, inside, lay
from idp.people.sandbox.traits import Traits, traits

WIDTH_PX: Final = 240
HEIGHT_PX: Final = 320
_OVERSAMPLING: Final = 2
_JPEG_QUALITY: Final = 90


def portrait(seed: int, *, sex: Sex | None, age: int) -> bytes:
    """A JPEG of 240 x 320 pixels, some 10 kB: the same for the same arguments. Takes some 100 ms."""
    import cv2

    face = traits(seed, sex=sex, age=age)
    x, y = _grid(face)
    picture = _background(face, x, y)
    hair.paint_behind(picture, face, x, y)
    _paint_body(picture, face, x, y)
    head.paint(picture, face, x, y, seed)
    hair.paint_front(picture, face, x, y, seed)
    if face.glasses:
        _paint_glasses(picture, face, x, y)
    noise = np.random.default_rng(seed).normal(0.0, 3.0, picture.shape)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.1) + noise.astype(np.float32)
    small = cv2.resize(picture, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(
        ".jpg", np.clip(small, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    return bytes(encoded[1].tobytes())


def _grid(face: Traits) -> tuple[Plane, Plane]:
    """Coordinates with the middle of the face at 0, 0 and its edge at x = 1."""
    width, height = WIDTH_PX * _OVERSAMPLING, HEIGHT_PX * _OVERSAMPLING
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x - width / 2) / face.face_width_px, (y - height * 0.46) / face.face_width_px


def _background(face: Traits, x: Plane, y: Plane) -> Picture:
    fall_off = 1 - 0.03 * (x**2 + y**2) / 4
    return (fall_off[..., None] * np.asarray(face.background, dtype=np.float32)).astype(np.float32)


def _paint_body(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    skin = np.asarray(face.skin, dtype=np.float32)
    neck = inside(0.58 + 0.25 * np.clip(y - 1.5, 0, 1) ** 2 - np.abs(x)) * (y > 0.6)
    shade = 0.86 - 0.35 * np.exp(-(((y - face.face_height) / 0.25) ** 2)) - 0.25 * (np.abs(x) / 0.6) ** 2
    lay(picture, neck, shade[..., None] * skin)
    top = face.face_height + 0.42 + 0.22 * np.abs(x) ** 1.6 - 0.25 * np.exp(-((np.abs(x) - 0.55) ** 2) / 0.03)
    cloth = (1.05 - 0.12 * np.abs(x) + 0.1 * blob(x, y, -0.7, 2.0, 0.5, 0.3))[..., None]
    lay(picture, inside(y - top), cloth * np.asarray(face.clothes, dtype=np.float32))
    for height, strength in ((0.02, 0.5), (-0.16, 0.25)):
        darken(picture, np.exp(-(((y - top + height) / 0.02) ** 2)) * (np.abs(x) < 0.75), strength)


def _paint_glasses(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    side = np.abs(x) - face.eye_gap
    rim = ((side / 0.3) ** 4 + ((y + 0.05) / 0.21) ** 4) ** 0.25
    frame = np.exp(-(((rim - 1) / 0.06) ** 2))
    bridge = np.exp(-(((y + 0.12) / 0.018) ** 2)) * inside(face.eye_gap - 0.28 - np.abs(x), 0.01)
    arms = np.exp(-(((y + 0.1) / 0.02) ** 2)) * inside(
        (np.abs(x) - face.eye_gap - 0.28) * (1.0 - np.abs(x)), 0.005
    )
    lay(picture, (0.85 * np.maximum(frame, np.maximum(bridge, arms))).astype(np.float32), (40, 36, 36))
