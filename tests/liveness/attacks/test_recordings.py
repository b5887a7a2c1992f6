from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from liveness.attacks import KINDS, Material
from liveness.attacks.recordings import Reel
from liveness.types import Action

FILM = [np.full((640, 480, 3), 20 + 4 * number, np.uint8) for number in range(50)]


@pytest.fixture
def numbered(material: Callable[[int], Material]) -> Material:
    """A film of grey frames, whose brightness is their number."""
    means = material(2)
    return Material(means.portrait, means.stage, means.random, FILM)


def numbers(material: Material, kind: str, rounds: int = 3) -> list[int]:
    attack = KINDS[kind](material)
    frames = [np.asarray(frame) for _ in range(rounds) for frame in attack(Action.NOD)]
    return [round((float(frame.mean()) - 20) / 4) for frame in frames]


def test_a_reel_begins_anew_at_its_end() -> None:
    reel = Reel(FILM[:3])
    assert [int(frame[0, 0, 0]) for frame in reel.take(4)] == [20, 24, 28, 20]
    assert int(reel.take(1)[0][0, 0, 0]) == 24


def test_there_is_no_reel_without_a_film() -> None:
    with pytest.raises(ValueError, match="there is none"):
        Reel([])


def test_a_virtual_camera_plays_the_film_as_it_was(numbered: Material) -> None:
    assert numbers(numbered, "virtual_camera", 2) == list(range(48))


def test_a_loop_comes_back_every_two_seconds(numbered: Material) -> None:
    played = numbers(numbered, "loop")
    assert played[:24] == played[24:48] == list(range(played[0], played[0] + 24))


def test_a_reordered_film_has_its_frames_in_pieces(numbered: Material) -> None:
    played = numbers(numbered, "reorder", 2)
    cuts = sum(after - before != 1 for before, after in pairwise(played))
    assert len(set(played)) == 48
    assert 3 <= cuts <= 15
