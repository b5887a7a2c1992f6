from __future__ import annotations

from collections.abc import Callable

import numpy as np

from liveness.attacks import KINDS, Material, Portrait
from liveness.attacks.pose import Pose
from liveness.attacks.prints import printed
from liveness.attacks.sheet import shading
from liveness.types import Action


def test_ink_on_paper_spans_less_contrast(portrait: Portrait) -> None:
    sheet = printed(portrait.picture)[16:-16, 16:-16]
    height, width = portrait.picture.shape[:2]
    part = portrait.picture[height * 12 // 100 : height * 88 // 100, width * 12 // 100 : width * 88 // 100]
    assert sheet.shape == part.shape
    assert sheet.std() < part.std() * 0.9
    assert sheet.min() > 15


def test_paper_darkens_as_it_turns_away_from_the_lamp() -> None:
    towards, straight, away = (shading(Pose(yaw_degrees=yaw)) for yaw in (-20, 0, 40))
    assert away < straight < towards
    assert straight == 1


def test_the_eyes_behind_a_cut_out_blink_and_the_paper_stays(
    portrait: Portrait, material: Callable[[int], Material]
) -> None:
    left, right, top, bottom = (
        round(float(portrait.landmarks[i][axis])) for i, axis in ((36, 0), (45, 0), (37, 1), (41, 1))
    )
    attack = KINDS["cutout"](material(1))
    frames = [np.asarray(frame, np.float32) for frame in attack(Action.BLINK)]
    still = [np.asarray(frame, np.float32) for frame in KINDS["print"](material(1))(None)]

    def change(clip: list[np.ndarray]) -> float:
        eyes = [frame[top - 4 : bottom + 4, left:right].mean(axis=2) for frame in clip]
        return max(float(np.abs(eye - eyes[0]).mean()) for eye in eyes)

    assert change(frames) > change(still) * 1.5
