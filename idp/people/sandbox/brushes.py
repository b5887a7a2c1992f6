"""Soft shapes and flat colours: what a portrait is painted with."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from idp.people.sandbox.traits import Colour

Plane: TypeAlias = npt.NDArray[np.floating[Any]]
"""One value a pixel."""
Picture: TypeAlias = npt.NDArray[np.float32]
"""Blue, green and red of each pixel, 0 to 255; the brushes change it in place."""


def blob(x: Plane, y: Plane, x0: float, y0: float, width: float, height: float) -> Plane:
    """A soft spot of height 1."""
    return np.exp(-(((x - x0) / width) ** 2) - ((y - y0) / height) ** 2)


def pair(x: Plane, y: Plane, x0: float, y0: float, width: float, height: float) -> Plane:
    """The same spot on both sides of the face."""
    return blob(np.abs(x), y, x0, y0, width, height)


def inside(distance: Plane, softness: float = 0.02) -> Plane:
    """1 where the distance to the edge is positive, 0 outside, soft between."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(distance / softness, -30, 30))))


def lay(picture: Picture, mask: Plane, colour: Colour | Plane) -> None:
    opacity = mask[..., None]
    picture *= 1 - opacity
    picture += opacity * np.asarray(colour, dtype=np.float32)


def darken(picture: Picture, mask: Plane, strength: float) -> None:
    picture *= 1 - strength * mask[..., None]
