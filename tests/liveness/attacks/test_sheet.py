"""A print is what it claims to be: a plane, or a cylinder, and never a head."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from liveness.attacks.sheet import bent, flat
from tests.virtual_person import Pose, VirtualPerson, flat_photo_clip
from tests.virtual_person.portrait import Floats

SHAPE = (640, 480)
PAPER = (532, 392)
TILTED = Pose(yaw_degrees=28, pitch_degrees=6, roll_degrees=3, shift_x=0.02)


def _residual(columns: Floats, rows: Floats) -> float:
    """Greatest distance, in pixels of the print, from the best homography of frame to print."""
    frame = np.stack(np.meshgrid(np.arange(120, 360, 20), np.arange(160, 460, 20)), axis=-1).reshape(-1, 2)
    prints = np.stack([columns, rows], axis=-1)[frame[:, 1], frame[:, 0]].astype(np.float64)
    best, _ = cv2.findHomography(frame.astype(np.float64), prints, 0)
    fitted = cv2.perspectiveTransform(frame[None].astype(np.float64), best)[0]
    return float(np.linalg.norm(fitted - prints, axis=1).max())


def test_a_flat_print_moves_by_a_homography() -> None:
    assert _residual(*flat(PAPER, TILTED, SHAPE)) < 0.01


def test_a_bent_print_does_not() -> None:
    assert _residual(*bent(PAPER, TILTED, 0.6, SHAPE)) > 1


@pytest.mark.parametrize("bend", [0.0, 0.6])
def test_the_print_is_held_before_the_same_wall(person: VirtualPerson, bend: float) -> None:
    frames = flat_photo_clip(person, "turn_left", bend=bend)
    live = person.frame(Pose())
    assert len(frames) == 29
    assert all(frame.shape == live.shape for frame in frames)
    assert abs(frames[0][5:25, 5:25].mean() - live[5:25, 5:25].mean()) < 6
    assert np.abs(frames[0].astype(int) - frames[14]).mean() > 5
