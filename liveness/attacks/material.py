"""What an attacker has, and what every attack is: something that is told an action and answers in frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from liveness.attacks.portrait import Portrait
from liveness.attacks.stage import Bytes, Stage
from liveness.types import Action

FPS = 12
SETTLE_SECONDS = 0.7

Frame = Bytes | bytes
"""BGR pixels that the camera encodes, or bytes that somebody encoded before."""
Attack = Callable[[Action | None], Iterable[Frame]]
"""Told what the page asks (None: to settle), it answers with about as many frames as the action takes."""


@dataclass(frozen=True, slots=True)
class Material:
    """``portrait``: the victim's photo. ``film``: a recording of the victim, frames in order.

    ``accomplice``: a living person who does what is asked, but has another face.
    """

    portrait: Portrait
    stage: Stage
    random: np.random.Generator
    film: Sequence[Bytes] = ()
    accomplice: Attack | None = None
