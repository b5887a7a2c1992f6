"""Timelines: they start and end at rest, do what they are called, and never jump."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from liveness.attacks.motion import action_poses, idle_poses, strength_at
from tests.virtual_person import ACTIONS, Pose, VirtualPerson


def _random() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_begins_and_ends_at_rest(action: str) -> None:
    poses = action_poses(action, _random())
    assert poses[0] == Pose()
    last = poses[-1]
    assert abs(last.yaw_degrees) < 2
    assert abs(last.pitch_degrees) < 2
    assert last.blink < 0.1
    assert last.mouth < 0.1


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_done_plainly_and_the_others_are_not(action: str) -> None:
    poses = action_poses(action, _random())
    done = {
        "turn_left": max(pose.yaw_degrees for pose in poses) > 28,
        "turn_right": min(pose.yaw_degrees for pose in poses) < -28,
        "nod": max(pose.pitch_degrees for pose in poses) > 15,
        "blink": max(pose.blink for pose in poses) > 0.95,
        "open_mouth": max(pose.mouth for pose in poses) > 0.95,
    }
    assert [name for name, seen in done.items() if seen] == [action]


@pytest.mark.parametrize("action", ACTIONS)
def test_heads_turn_no_faster_than_heads_do(action: str) -> None:
    for before, after in pairwise(action_poses(action, _random(), fps=12)):
        assert abs(after.yaw_degrees - before.yaw_degrees) * 12 < 120
        assert abs(after.pitch_degrees - before.pitch_degrees) * 12 < 120


def test_waiting_people_sway_and_blink() -> None:
    poses = idle_poses(8, _random())
    assert len(poses) == 96
    assert 0.3 < np.ptp([pose.yaw_degrees for pose in poses]) < 8
    assert max(pose.blink for pose in poses) > 0.5
    assert max(pose.mouth for pose in poses) == 0


def test_an_unknown_action_is_refused(person: VirtualPerson) -> None:
    with pytest.raises(KeyError):
        person.clip("somersault")


def test_strength_keeps_its_ends() -> None:
    keys = ((1.0, 0.0), (2.0, 1.0))
    assert strength_at(0, keys) == 0
    assert strength_at(1.5, keys) == pytest.approx(0.5)
    assert strength_at(9, keys) == 1
