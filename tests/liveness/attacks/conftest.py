"""The rendered person as the victim: the attacker has a photo, and a film of another session."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from liveness import Action, ModelPack
from liveness.attacks import Material, Portrait, Room
from liveness.images import PHOTO_LIMITS, decode
from tests.liveness.playing import willing
from tests.virtual_person import VirtualPerson

RECORDED = (Action.NOD, Action.TURN_RIGHT, Action.BLINK)
"""What the film's session was asked."""


@pytest.fixture(scope="session")
def portrait(pack: ModelPack, modelled: VirtualPerson) -> Portrait:
    return Portrait.of(pack, decode(modelled.again().photo(), PHOTO_LIMITS))


@pytest.fixture(scope="session")
def film(modelled: VirtualPerson) -> list[np.ndarray]:
    willingly = willing(modelled.again())
    return [frame for action in (None, *RECORDED) for frame in willingly(action)]


@pytest.fixture
def material(portrait: Portrait, film: list[np.ndarray], person: VirtualPerson) -> Callable[[int], Material]:
    """An attacker's means, drawn from a seed."""

    def drawn(seed: int) -> Material:
        random = np.random.default_rng(seed)
        return Material(portrait, Room(random), random, film, accomplice=willing(person))

    return drawn
