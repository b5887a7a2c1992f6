"""A head and what is on it. The middle of the face is at 0, 0, its edge at x = 1, down is positive."""

from __future__ import annotations

import numpy as np

from idp.people.sandbox.brushes import Picture, Plane, blob, darken, inside, lay, pair
from idp.people.sandbox.traits import Traits


def paint(picture: Picture, face: Traits, x: Plane, y: Plane, seed: int) -> None:
    """Everything between the collar and the hair."""
    _paint_head(picture, face, x, y)
    _paint_eyes(picture, face, x, y)
    _paint_brows(picture, face, x, y, seed)
    _paint_mouth(picture, face, x, y)


def _paint_head(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    skin = np.asarray(face.skin, dtype=np.float32)
    ears = inside(1 - ((np.abs(x) - 0.99) / 0.14) ** 2 - ((y - 0.02) / 0.27) ** 2, 0.1)
    lay(picture, ears, 0.86 * skin)
    darken(picture, pair(x, y, 1.02, 0.0, 0.05, 0.15), 0.3)

    reach = np.maximum(_half_width(face, y), 1e-3)
    mask = inside(np.minimum(reach - np.abs(x), face.face_height - np.abs(y)))
    light = _light(face, x, y, reach)
    redness = 0.5 * pair(x, y, 0.5, 0.33, 0.22, 0.2) + 0.35 * blob(x, y, 0, face.nose_length, 0.16, 0.12)
    tone = 1 - redness[..., None] * np.asarray((0.1, 0.09, 0.0), dtype=np.float32)
    lay(picture, mask, light[..., None] * tone * skin)
    _paint_nose(picture, face, x, y)
    _paint_wrinkles(picture, face, x, y)


def _half_width(face: Traits, y: Plane) -> Plane:
    """How far the face reaches to each side at a height: round above, with a jaw below."""
    along = np.clip(np.abs(y) / face.face_height, 0, 1)
    above = np.sqrt(1 - along**2)
    below = np.sqrt(1 - along**face.jaw) * (1 - 0.16 * along)
    return np.where(y < 0, above, below)


def _light(face: Traits, x: Plane, y: Plane, reach: Plane) -> Plane:
    """Lambert's law on the height field, from a lamp above and a little to one side."""
    nose = face.nose_length
    across = np.clip(1 - (x / (reach * 1.03)) ** 2, 0.02, 1)
    along = np.clip(1 - (np.abs(y) / (face.face_height * 1.05)) ** 3, 0.02, 1)
    z = 0.85 * np.sqrt(across) * along**0.4
    z += 0.13 * blob(x, y, 0, nose * 0.45, 0.09, nose * 0.75) + 0.17 * blob(x, y, 0, nose, 0.12, 0.09)
    z += 0.07 * pair(x, y, face.nose_width * 0.8, nose + 0.03, 0.06, 0.06)
    z -= 0.12 * pair(x, y, face.eye_gap * 0.95, -0.08, 0.22, 0.14)
    z += 0.05 * pair(x, y, face.eye_gap, -0.3, 0.26, 0.08) + 0.07 * pair(x, y, 0.55, 0.22, 0.24, 0.2)
    mouth = _mouth_height(face)
    z += 0.05 * blob(x, y, 0, mouth - 0.05, 0.24, 0.05) + 0.06 * blob(x, y, 0, mouth + 0.07, 0.2, 0.05)
    z -= 0.05 * blob(x, y, 0, mouth + 0.19, 0.16, 0.05)
    z += 0.07 * blob(x, y, 0, face.face_height - 0.22, 0.22, 0.14)
    down, right = np.gradient(z, 1 / face.face_width_px)
    lamp = np.asarray((face.light_from, -0.4, 1.0)) / np.linalg.norm((face.light_from, -0.4, 1.0))
    facing = (-right * lamp[0] - down * lamp[1] + lamp[2]) / np.sqrt(right**2 + down**2 + 1)
    return np.asarray(0.42 + 0.64 * np.clip(facing, 0, 1), dtype=np.float32)


def _paint_nose(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    nose = face.nose_length
    darken(picture, pair(x, y, face.nose_width * 0.5, nose + 0.085, 0.05, 0.025), 0.6)
    darken(picture, blob(x, y, 0, nose + 0.12, face.nose_width * 1.1, 0.035), 0.22)
    darken(picture, pair(x, y, face.nose_width * 1.1, nose + 0.03, 0.025, 0.06), 0.22)


def _paint_wrinkles(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    side = np.abs(x)
    fold = np.exp(-(((side - 0.24 - 0.35 * (y - 0.45)) / 0.025) ** 2)) * inside((y - 0.42) * (0.75 - y), 0.01)
    darken(picture, fold, 0.08 + 0.22 * min(1.0, face.wrinkles))
    darken(picture, pair(x, y, face.eye_gap, 0.13, 0.18, 0.035), 0.06 + 0.2 * min(1.0, face.wrinkles))
    for height in (-0.62, -0.74, -0.86):
        line = np.exp(-(((y - height - 0.03 * np.cos(4 * x)) / 0.012) ** 2)) * inside(0.45 - side, 0.05)
        darken(picture, line, 0.18 * min(1.0, face.wrinkles))


def _paint_eyes(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    side = np.abs(x) - face.eye_gap
    level = y + 0.07 + face.eye_slant * side
    along = np.clip(1 - (side / face.eye_width) ** 2, 0, 1)
    upper, lower = -face.eye_height * along**0.7, face.eye_height * 0.75 * along
    within = np.abs(side) < face.eye_width
    opening = inside(np.minimum(level - upper, lower - level), 0.008) * within
    lay(picture, opening, (205, 212, 218))
    darken(picture, opening * np.exp(-(((level - upper) / 0.04) ** 2)), 0.45)
    distance = np.sqrt(side**2 + (level + 0.008) ** 2)
    lay(picture, opening * inside(0.092 - distance, 0.008), face.iris)
    lay(picture, opening * inside(0.042 - distance, 0.006), (8, 8, 8))
    lay(picture, opening * blob(side, level, 0.03, -0.035, 0.02, 0.02), (240, 240, 240))
    lash = np.exp(-(((level - upper) / 0.018) ** 2)) * within
    lay(picture, 0.85 * lash, (25, 25, 32))
    darken(picture, np.exp(-(((level - lower) / 0.014) ** 2)) * within, 0.3)
    crease = np.exp(-(((level - upper * 1.2 + 0.05) / 0.014) ** 2)) * within
    darken(picture, crease, 0.25)


def _paint_brows(picture: Picture, face: Traits, x: Plane, y: Plane, seed: int) -> None:
    side = np.abs(x) - face.eye_gap - 0.02
    middle = -0.31 - face.brow_arch * (1 - (side / 0.27) ** 2) - 0.1 * face.eye_slant * side
    thickness = face.brow_thickness * (1.1 - np.clip(side / 0.27, -1, 1) * 0.45)
    hairs = 0.75 + 0.25 * np.random.default_rng(seed + 1).random(x.shape)
    brow = inside(thickness - np.abs(y - middle), 0.014) * inside(0.27 - np.abs(side), 0.03)
    tint = tuple(value * 0.8 + 8 for value in face.hair)
    lay(picture, (0.85 * brow * hairs).astype(np.float32), (tint[0], tint[1], tint[2]))


def _paint_mouth(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    along = np.clip(1 - (x / face.mouth_width) ** 2, 0, 1)
    middle = _mouth_height(face) - face.smile * (1 - along)
    bow = along**0.8 * (1 - 0.22 * blob(x, y, 0, _mouth_height(face), 0.05, 9))
    within = np.abs(x) < face.mouth_width
    upper = inside(np.minimum(y - middle + face.lip * bow, middle - y), 0.012) * within
    lower = inside(np.minimum(middle + face.lip * 1.3 * along**0.8 - y, y - middle), 0.012) * within
    skin = np.asarray(face.skin, dtype=np.float32)
    red = skin * np.asarray((0.66, 0.6, 0.88), dtype=np.float32)
    lay(picture, 0.85 * upper, red * 0.84)
    lay(picture, 0.8 * lower, red)
    lay(
        picture,
        0.25 * lower * blob(x, y, 0, _mouth_height(face) + face.lip * 0.6, 0.14, 0.025),
        (215, 220, 240),
    )
    darken(picture, np.exp(-(((y - middle) / 0.014) ** 2)) * inside(face.mouth_width * 1.04 - np.abs(x)), 0.6)


def _mouth_height(face: Traits) -> float:
    return face.nose_length + 0.34
