"""The light on the virtual person: a room, a screen before the face, and a camera that corrects colours.

Skin and wall are Lambertian: what a pixel shows under the room's light grows by the screen's share of the
light there. That share falls with the square of the distance and, on the head, with the cosine to its surface
(an ellipsoid). The camera then holds the picture's brightness and pulls its mean colour back to what it was,
each within its time, adds noise, and writes a JPEG. Real cameras were not at hand; every number is a guess
that the benchmark varies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np

from liveness.colours import LIGHT, Colour
from liveness.flash import _LINEAR
from tests.virtual_person.portrait import Bytes, Floats

Subject = Literal[
    "live",
    "recording",
    "recorded_flash",
    "tinted_recording",
    "matte_screen",
    "glossy_screen",
    "mirroring_screen",
]
"""Who is before, or in the place of, the camera. `recorded_flash`: filmed under another sequence.
`tinted_recording`: a program tints the whole picture with the colour shown. `glossy_screen`: a phone's
screen is mirrored in a part of it; `mirroring_screen`: a larger one all over it."""

_HEAD = (0.5, 0.45, 0.27, 0.27)
"""Of a frame 480 x 640: centre and half axes of the head, in widths and heights."""
_FACE_METRES = 0.4
_CROSSTALK = np.array(((0.86, 0.11, 0.03), (0.12, 0.76, 0.12), (0.02, 0.13, 0.85)))
"""How a camera's red, green and blue see a screen's."""


@dataclass(frozen=True, slots=True)
class Room:
    """`lux`: of the room on the face; `warmth`: its light, R, G, B. `screen_lux`: of a white screen at the
    face (a phone at full brightness at arm's length: about 35). `wall_metres`: from the screen."""

    lux: float = 300.0
    warmth: tuple[float, float, float] = (1.25, 1.0, 0.7)
    screen_lux: float = 35.0
    wall_metres: float = 1.5


@dataclass(frozen=True, slots=True)
class Camera:
    """`exposure_s`, `white_s`: time constants of its corrections, of which the last takes back the share
    `white_share`. `noise`: of a pixel at half brightness in 300 lx. `delay_ms`: from screen to page."""

    fps: float = 9.0
    delay_ms: float = 150.0
    exposure_s: float = 0.3
    white_s: float = 1.0
    white_share: float = 0.8
    noise: float = 0.02
    jpeg_quality: int = 80


@dataclass
class Shot:
    """One flash, filmed: the frames as JPEG with their times, and when each colour was painted."""

    frames: list[tuple[int, bytes]] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)


def film_flash(
    pictures: Callable[[int], Bytes],
    colours: Sequence[Colour],
    *,
    step_ms: int,
    room: Room,
    camera: Camera,
    subject: Subject,
    random: np.random.Generator,
    start_ms: int = 0,
) -> Shot:
    """:param pictures: the person in the room's light alone, by the number of the frame."""
    shot = Shot(begins=[start_ms + step_ms * place for place in range(len(colours))])
    seen = _other(colours, random) if subject == "recorded_flash" else list(colours)
    correct = _Corrections(camera)
    glare = _glare(random) if subject == "glossy_screen" else np.float32(subject == "mirroring_screen")
    for number, t_ms in enumerate(_times(camera, start_ms, step_ms * len(colours), random)):
        scene = _LINEAR[pictures(number)][..., ::-1]
        shown_ms = t_ms - camera.delay_ms - start_ms
        place = int(shown_ms // step_ms)
        screen = np.zeros(3) if shown_ms < 0 else _CROSSTALK @ LIGHT[seen[min(place, len(seen) - 1)]]
        lit = _lit(scene, screen.astype(np.float32), room, subject, glare)
        shot.frames.append((t_ms, correct(lit, t_ms, room.lux, random)))
    return shot


def _times(camera: Camera, start_ms: int, lasting_ms: int, random: np.random.Generator) -> Iterator[int]:
    """Somewhat irregular, as a page's timer is; the first before the first colour."""
    at = start_ms - 1.5 * 1000 / camera.fps * random.random()
    while at < start_ms + lasting_ms:
        if at >= 0:
            yield round(at)
        at += 1000 / camera.fps * random.uniform(0.9, 1.15)


def _other(colours: Sequence[Colour], random: np.random.Generator) -> list[Colour]:
    other: list[Colour] = []
    for _ in colours:
        other.append(random.choice([colour for colour in Colour if other[-1:] != [colour]]))
    return other


def _lit(scene: Floats, screen: Floats, room: Room, subject: Subject, glare: Floats | np.float32) -> Floats:
    """:param scene: H x W x 3, linear R, G, B."""
    if subject == "recording":
        return scene
    if subject == "tinted_recording":
        return np.asarray(scene * (1 + room.screen_lux / room.lux * screen), np.float32)
    if subject in ("matte_screen", "glossy_screen", "mirroring_screen"):
        # White there is 300 cd/m2. Its glass scatters 1 % of what falls on it and mirrors 4 % of a screen of
        # 500 cd/m2, where that is to be seen in it.
        return np.asarray(
            scene + (0.01 * room.screen_lux / np.pi + 0.04 * 500 * glare) / 300 * screen, np.float32
        )
    near = _nearness(scene.shape[0], scene.shape[1], room.wall_metres)
    share = room.screen_lux / room.lux * screen / np.array(room.warmth, np.float32)
    return np.asarray(scene * (1 + near[..., None] * share), np.float32)


def _nearness(height: int, width: int, wall_metres: float) -> Floats:
    """The screen's light at each pixel, by that at the middle of the face."""
    columns, rows = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    x, y, a, b = _HEAD
    inside = 1 - ((columns - x) / a) ** 2 - ((rows - y) / b) ** 2
    head = np.sqrt(np.clip(inside, 0, 1))
    body = 0.6 * ((rows > y + 0.8 * b) & (np.abs(columns - x) < 0.4))
    wall = (_FACE_METRES / wall_metres) ** 2
    return np.asarray(np.maximum(np.maximum(head, body), wall), np.float32)


def _glare(random: np.random.Generator) -> Floats:
    """A phone before the glass of a laptop that shows a face of 15 cm: its mirror image, twice as far away,
    is 3.5 cm by 7.5 cm there, and stands near the middle, since the camera looks at itself."""
    patch = np.zeros((640, 480, 1), np.float32)
    left, top = random.integers(150, 270), random.integers(180, 300)
    patch[top : top + 130, left : left + 60] = 1
    return patch


class _Corrections:
    """Exposure, white balance, noise and JPEG; remembers what it corrected."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._aim: Floats | None = None
        self._exposure = 1.0
        self._white = np.ones(3)
        self._before = 0

    def __call__(self, lit: Floats, t_ms: int, lux: float, random: np.random.Generator) -> bytes:
        camera = self._camera
        mean = lit.reshape(-1, 3).mean(axis=0)
        if self._aim is None:
            self._aim, self._before = mean, t_ms
        seconds = (t_ms - self._before) / 1000
        self._before = t_ms
        exposure = float(self._aim.sum() / mean.sum())
        tint = (self._aim / self._aim[1]) / (mean / mean[1])
        self._exposure += (exposure - self._exposure) * (1 - np.exp(-seconds / camera.exposure_s))
        white = tint**camera.white_share
        self._white = self._white + (white - self._white) * (1 - np.exp(-seconds / camera.white_s))
        seen = lit * np.float32(self._exposure) * self._white.astype(np.float32)
        grain = camera.noise * (300 / lux) ** 0.5 * np.sqrt(0.5 * np.clip(seen, 0.002, 1))
        down, right = random.integers(0, _SPARE, 2)
        seen = seen + grain * _NOISE[down : down + seen.shape[0], right : right + seen.shape[1]]
        ok, encoded = cv2.imencode(
            ".jpg", _encoded(seen)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, camera.jpeg_quality]
        )
        assert ok
        return encoded.tobytes()


def _encoded(linear: Floats) -> Bytes:
    """IEC 61966-2-1, through a table."""
    return _SRGB[np.clip(linear * 4095, 0, 4095).astype(np.uint16)]


_SPARE = 211
_NOISE = np.random.default_rng(5).standard_normal((640 + _SPARE, 480 + _SPARE, 3), np.float32)
"""Drawn once, shown at another place in each frame: drawing it anew takes longer than all the rest."""
_STEPS = np.arange(4096) / 4095
_SRGB = np.round(
    255 * np.where(_STEPS <= 0.0031308, 12.92 * _STEPS, 1.055 * _STEPS ** (1 / 2.4) - 0.055)
).astype(np.uint8)
