"""What tells a screen from skin is in the picture: its grid, its bands, its glass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from liveness.attacks.pose import Pose
from liveness.attacks.screen import Panel
from liveness.attacks.sheet import flat
from liveness.attacks.stage import Floats

GREY = np.full((640, 480, 3), 120, np.float32)
DARK = Panel(density=1.3, grid=0, bands=2, band_depth=0, beat=0.1, glare=0, haze=0, lamp=(0.0, 0.0))


def shown(panel: Panel, pose: Pose | None = None, *, frame: int = 0) -> Floats:
    pose = pose or Pose()
    return panel.shown(GREY, flat(GREY.shape[:2], pose, GREY.shape[:2]), pose, frame)[100:500, 60:420]


def test_a_perfect_panel_shows_its_picture() -> None:
    assert np.allclose(shown(DARK), 120)


def test_a_grid_that_is_sampled_too_coarsely_makes_moire() -> None:
    panel = replace(DARK, grid=0.4)
    row = shown(panel)[200, :, 1] - 120
    spectrum = np.abs(np.fft.rfft(row * np.hanning(len(row))))
    strongest = float(np.argmax(spectrum[1:]) + 1) / len(row)
    assert strongest == pytest.approx(0.3, abs=0.02)  # 1.3 periods a pixel are seen as .3
    assert float(np.abs(row).max()) > 1


def test_a_camera_that_blurs_whole_screen_pixels_sees_no_grid() -> None:
    assert np.allclose(shown(replace(DARK, grid=0.4, density=1 / 0.8)), 120, atol=0.5)


def test_dark_bands_cross_the_frame_and_wander() -> None:
    panel = replace(DARK, band_depth=0.1)
    first, second = (shown(panel, frame=number)[:, 200, 1] for number in (0, 3))
    assert np.ptp(first) == pytest.approx(12, abs=1)
    assert np.abs(first - second).max() > 3


def test_the_lamp_in_the_glass_moves_with_the_tilt() -> None:
    panel = replace(DARK, glare=60)
    straight, tilted = (np.argmax(shown(panel, Pose(yaw_degrees=yaw))[220, :, 1]) for yaw in (0, 4))
    assert tilted - straight > 30


def test_the_room_lifts_the_blacks() -> None:
    assert shown(replace(DARK, haze=9)).mean() == pytest.approx(129)
