"""Hair, in five styles: a cap, a hairline, and what falls behind the shoulders."""

from __future__ import annotations

import numpy as np

from idp.people.sandbox.brushes import Picture, Plane, blob, darken, inside, lay
from idp.people.sandbox.traits import Traits


def paint_behind(picture: Picture, face: Traits, x: Plane, y: Plane) -> None:
    reach = {"bob": 0.95, "long": 2.2}.get(face.style)
    if reach is not None:
        side = _half_width(face, y)
        lay(picture, inside(np.minimum(side - np.abs(x), reach - y), 0.05), face.hair)


def paint_front(picture: Picture, face: Traits, x: Plane, y: Plane, seed: int) -> None:
    side = _half_width(face, y)
    cap = inside(side - np.abs(x), 0.04)
    if face.style == "receding":
        line = -0.98 + 0.75 * np.abs(x) ** 2.2
    elif face.style == "cropped":
        line = -0.86 + 0.55 * np.clip(np.abs(x) - 0.55, 0, 1) * 3.2
    else:
        line = -0.72 - 0.22 * np.cos(2.2 * (x - 0.35)) + 1.35 * np.clip(np.abs(x) - 0.62, 0, 1) * 2.0
    lowest = {"bob": 0.95, "long": 2.0}.get(face.style, -0.05)
    strip = inside(np.abs(x) - 0.93 - 0.05 * np.clip(y, 0, 1), 0.03) if lowest > 0 else np.zeros_like(x)
    mask = cap * inside(np.minimum(line, lowest) - y, 0.03)
    mask = np.maximum(mask, cap * strip * inside(lowest - y, 0.05))
    darken(picture, np.exp(-(((y - line) / 0.06) ** 2)) * cap * (np.abs(x) < 0.9), 0.15)
    strands = _strands(x, y, seed)
    shine = 0.5 * blob(x, y, 0.2 + face.light_from, -1.05, 0.6, 0.14)
    colour = (0.75 + 0.45 * strands + shine)[..., None] * np.asarray(face.hair, dtype=np.float32)
    lay(picture, mask, colour.astype(np.float32))


def _half_width(face: Traits, y: Plane) -> Plane:
    """How far the hair reaches to each side: round over the crown, nearly straight below the ears."""
    outer = {"cropped": 1.06, "receding": 1.03, "parted": 1.12, "bob": 1.2, "long": 1.18}[face.style]
    crown = face.face_height + {"cropped": 0.1, "receding": 0.03}.get(face.style, 0.2)
    above = np.clip(1 - (np.minimum(y, 0) / crown) ** 2, 0, 1)
    return np.asarray(
        outer * np.sqrt(above) - 0.06 * np.clip(y, 0, 2) ** 2 - 1.0 * (y < -crown), dtype=np.float32
    )


def _strands(x: Plane, y: Plane, seed: int) -> Plane:
    """Fine lines that run away from the parting, 0 to 1."""
    phase = np.random.default_rng(seed + 2).random(4) * 6
    angle = np.arctan2(x - 0.2, 1.6 + y)
    waves = sum(np.sin(angle * rate + phase[i] + 2 * y) for i, rate in enumerate((41, 67, 97, 143)))
    return (0.5 + np.asarray(waves) / 8).astype(np.float32)
