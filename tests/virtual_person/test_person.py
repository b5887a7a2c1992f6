"""The rendering itself, without any network: sizes, motion, parallax, expression, speed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from liveness.attacks.pose import rotation
from tests.virtual_person import Pose, VirtualPerson
from tests.virtual_person.head_shape import height_field
from tests.virtual_person.portrait import Bytes, Floats, load_layers
from tests.virtual_person.projection import Window, trace

EYES = np.s_[225:275, 165:320]
MOUTH = np.s_[325:420, 190:290]
WALL = np.s_[4:64, 20:460]


def _difference(one: Bytes, other: Bytes) -> float:
    """Mean absolute difference in grey levels, noise smoothed away."""
    first, second = (cv2.GaussianBlur(part.astype(np.float32), (0, 0), 2) for part in (one, other))
    return float(np.abs(first - second).mean())


@pytest.mark.parametrize(("width", "height"), [(480, 640), (640, 480), (1280, 720)])
def test_frames_have_the_size_asked_for(person: VirtualPerson, width: int, height: int) -> None:
    frame = person.frame(Pose(), width=width, height=height)
    assert frame.shape == (height, width, 3)
    assert frame.dtype == np.uint8


def test_the_same_seed_gives_the_same_frames() -> None:
    first, second = VirtualPerson(seed=3), VirtualPerson(seed=3)
    assert np.array_equal(first.frame(Pose()), second.frame(Pose()))


def test_no_two_frames_are_equal(person: VirtualPerson) -> None:
    assert not np.array_equal(person.frame(Pose()), person.frame(Pose()))


def test_another_portrait_is_refused() -> None:
    with pytest.raises(ValueError, match="astronaut"):
        VirtualPerson("stranger")


def test_a_blink_changes_the_eyes_alone(person: VirtualPerson) -> None:
    resting, shut = person.frame(Pose()), person.frame(Pose(blink=1))
    assert _difference(resting[EYES], shut[EYES]) > 8
    assert _difference(resting[MOUTH], shut[MOUTH]) < 2


def test_an_open_mouth_is_dark_inside(person: VirtualPerson) -> None:
    def darkest(frame: Bytes) -> float:
        return float(np.percentile(cv2.GaussianBlur(frame[MOUTH], (0, 0), 2).max(axis=2), 5))

    assert darkest(person.frame(Pose(mouth=1))) < 80
    assert darkest(person.frame(Pose())) > 100


@pytest.mark.parametrize("yaw", [-30.0, 30.0])
def test_a_turn_leaves_the_wall_alone(person: VirtualPerson, yaw: float) -> None:
    resting, turned = person.frame(Pose()), person.frame(Pose(yaw_degrees=yaw))
    assert _difference(resting[WALL], turned[WALL]) < 3
    assert _difference(resting, turned) > 5


def test_the_camera_shakes_the_wall_less_than_the_person(person: VirtualPerson) -> None:
    def moved(region: tuple[slice, slice]) -> float:
        frames = [person.frame(Pose(camera_x=x))[region].mean(axis=2).astype(np.float32) for x in (0.0, 0.05)]
        window = cv2.createHanningWindow(
            (region[1].stop - region[1].start, region[0].stop - region[0].start), 5
        )
        return float(cv2.phaseCorrelate(frames[0], frames[1], window)[0][0])

    assert 0 < moved(WALL) < 0.6 * moved(np.s_[200:430, 120:360])


def _where(picture_point: tuple[float, float], depth: Floats, window: Window, yaw: float) -> float:
    """Frame column at which a point of the portrait is seen."""
    columns, rows = window.grid()
    seen_x, seen_y = trace(columns, rows, rotation(yaw, 0, 0), depth, window)
    nearest = np.hypot(seen_x - picture_point[0], seen_y - picture_point[1]).argmin()
    return float(columns.ravel()[nearest])


@pytest.mark.parametrize("yaw", [-25.0, 25.0])
def test_the_nose_travels_farther_than_the_eyes(yaw: float) -> None:
    window = Window(130, 5, 196, 197, 1.0)
    whole = height_field(load_layers().head_matte)
    depth = np.ascontiguousarray(whole[5:202, 130:326])
    nose, left, right = (
        _where(point, depth, window, yaw) - point[0]
        for point in ((224.7, 127.1), (205.0, 101.0), (247.0, 103.0))
    )
    towards_own_left = np.sign(yaw)
    assert nose * towards_own_left > (left + right) / 2 * towards_own_left + 4


def test_the_registers_photo_is_a_jpeg_of_the_same_person(person: VirtualPerson) -> None:
    photo = cv2.imdecode(np.frombuffer(person.photo(), np.uint8), cv2.IMREAD_COLOR)
    assert photo is not None
    assert photo.shape == (640, 480, 3)
    assert _difference(photo, person.frame(Pose(scale=0.9))) < 2
