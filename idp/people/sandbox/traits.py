"""What makes one drawn face differ from the next. Lengths are in half widths of the face."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, TypeVar

from idp.people.resident_number import Sex

Colour = tuple[float, float, float]
"""Blue, green, red; 0 to 255."""
Choice = TypeVar("Choice")
HairStyle = Literal["cropped", "parted", "bob", "long", "receding"]

_SKIN: tuple[Colour, ...] = (
    (158, 186, 226),
    (142, 174, 218),
    (166, 194, 232),
    (124, 158, 206),
    (150, 182, 220),
)
_CLOTHES: tuple[Colour, ...] = (
    (70, 45, 35),
    (110, 80, 60),
    (60, 60, 65),
    (120, 110, 140),
    (85, 70, 110),
    (90, 95, 70),
)
_BACKGROUNDS: tuple[Colour, ...] = ((246, 246, 246), (238, 228, 214), (232, 236, 238))


@dataclass(frozen=True, slots=True)
class Traits:
    skin: Colour
    hair: Colour
    clothes: Colour
    background: Colour
    style: HairStyle
    face_width_px: float
    face_height: float
    jaw: float
    eye_gap: float
    eye_width: float
    eye_height: float
    eye_slant: float
    iris: Colour
    brow_thickness: float
    brow_arch: float
    nose_length: float
    nose_width: float
    mouth_width: float
    lip: float
    smile: float
    wrinkles: float
    glasses: bool
    light_from: float


def traits(seed: int, *, sex: Sex | None, age: int) -> Traits:
    """The same face for the same seed, for ever: `random.Random` keeps its sequence between versions."""
    choose = random.Random(seed)  # noqa: S311 - a drawing, not a secret

    def between(low: float, high: float) -> float:
        return low + (high - low) * choose.random()

    def one_of(options: tuple[Choice, ...]) -> Choice:
        return options[int(choose.random() * len(options))]

    female = sex is Sex.FEMALE
    grey = min(1.0, max(0.0, (age - 45) / 35))
    shade = between(18, 42)
    hair = tuple(shade * tint * (1 - grey) + 185 * grey for tint in (1.0, 1.1, 1.35))
    styles: tuple[HairStyle, ...] = ("bob", "long", "parted") if female else ("cropped", "parted")
    if not female and age > 60:
        styles = ("receding", "cropped")
    child = max(0.0, (18 - age) / 18)
    return Traits(
        skin=one_of(_SKIN),
        hair=(hair[0], hair[1], hair[2]),
        clothes=one_of(_CLOTHES),
        background=one_of(_BACKGROUNDS),
        style=one_of(styles),
        face_width_px=between(108, 122),
        face_height=between(1.27, 1.42) - 0.15 * child,
        jaw=between(2.1, 2.4) if female else between(2.3, 3.0),
        eye_gap=between(0.39, 0.46),
        eye_width=between(0.185, 0.225) + 0.02 * child,
        eye_height=between(0.062, 0.095) + 0.015 * child - 0.012 * grey,
        eye_slant=between(-0.02, 0.1),
        iris=one_of(((22, 32, 48), (18, 26, 36), (30, 48, 72))),
        brow_thickness=between(0.025, 0.04) if female else between(0.035, 0.06),
        brow_arch=between(0.02, 0.09),
        nose_length=between(0.36, 0.46) - 0.06 * child,
        nose_width=between(0.13, 0.19),
        mouth_width=between(0.29, 0.38),
        lip=between(0.065, 0.095) if female else between(0.05, 0.075),
        smile=between(0.0, 0.05),
        wrinkles=max(0.0, (age - 40) / 50),
        glasses=choose.random() < (0.3 if age > 12 else 0.0),
        light_from=between(-0.35, 0.35),
    )
