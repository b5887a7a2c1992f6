"""The virtual person: one portrait, a head with depth, and a camera that looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from liveness.attacks.motion import action_poses, idle_poses
from liveness.attacks.pose import Pose, rotation
from tests.virtual_person.expression import STILL_ROW, Mouth, lid_rows, paint_mouth
from tests.virtual_person.head_shape import NOWHERE, height_field, normals
from tests.virtual_person.portrait import Bytes, Floats, load_layers
from tests.virtual_person.projection import Window, trace

HEAD = Window(x=130, y=5, width=196, height=197, scale=2.5)
FACE_CENTRE = (226.0, 118.0)
"""Picture position that stands at the frame's centre of interest."""
PIXELS_AT_480 = 2.1
"""Frame pixels to a picture pixel in a frame 480 wide: her face is then 190 px wide."""
_LIGHT = np.array((-0.35, -0.45, 0.82), np.float32)
"""Direction of the room's main lamp: over the camera, to the picture's left."""


class VirtualPerson:
    """Renders one person; the same seed and the same poses give the same pictures."""

    def __init__(self, picture: str = "astronaut", *, seed: int = 0) -> None:
        """Cut out and model the portrait (about a second)."""
        if picture != "astronaut":
            raise ValueError("scikit-image carries one portrait large enough: astronaut")
        self._seed = seed
        self._noise = np.random.default_rng(seed)
        self._sway = np.random.default_rng(seed + 2)
        layers = load_layers()
        columns, rows = HEAD.grid()
        self._columns, self._rows = columns, rows
        sharp = _magnify(layers.picture, columns, rows)
        self._texture = _with_pores(sharp, seed)
        depth = height_field(layers.head_matte)
        self._depth = cv2.remap(depth, columns, rows, cv2.INTER_LINEAR)
        self._normals = cv2.remap(normals(depth), columns, rows, cv2.INTER_LINEAR)
        self._matte = cv2.remap(layers.head_matte, columns, rows, cv2.INTER_LINEAR)
        self._body, self._body_matte = layers.body, layers.body_matte
        self._expression = lru_cache(maxsize=64)(self._draw_expression)

    def again(self) -> VirtualPerson:
        """As it was when it was made, for the next test: noise and sway hang on nothing played before."""
        one = copy(self)
        one._noise = np.random.default_rng(self._seed)
        one._sway = np.random.default_rng(self._seed + 2)
        return one

    def frame(self, pose: Pose, *, width: int = 480, height: int = 640) -> Bytes:
        """One camera frame, BGR. Successive calls differ by sensor noise."""
        zoom = PIXELS_AT_480 * min(width / 480, height / 520)
        scene = self.wall(pose, width, height)
        self._lay_body(scene, pose, zoom)
        self._lay_head(scene, pose, zoom)
        return self.sensor(scene)

    def clip(self, action: str, fps: float = 12) -> list[Bytes]:
        """Neutral, the action, neutral again. ``action`` is a ``liveness.Action`` or its string."""
        return [self.frame(pose) for pose in action_poses(action, self._sway, fps=fps)]

    def idle(self, seconds: float, fps: float = 12) -> list[Bytes]:
        """Looking at the camera, doing nothing but living."""
        return [self.frame(pose) for pose in idle_poses(seconds, self._sway, fps=fps)]

    def photo(self) -> bytes:
        """The frontal portrait as a register would keep it: a JPEG, neutral, before the room's wall."""
        picture = self.frame(Pose(scale=0.9), width=480, height=640)
        ok, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        if not ok:
            raise RuntimeError("this build of OpenCV writes no JPEG")
        return encoded.tobytes()

    def wall(self, pose: Pose, width: int, height: int) -> Floats:
        """The room behind the person, BGR 0-255."""
        wall = _wall_picture()
        size = 1.12 * max(width, height) / wall.shape[0]
        move = _array(
            [
                [size, 0, (width - size * wall.shape[1]) / 2 + pose.camera_x * 0.4 * width],
                [0, size, (height - size * wall.shape[0]) / 2 + pose.camera_y * 0.4 * width],
            ]
        )
        return np.asarray(
            cv2.warpAffine(wall, move, (width, height), borderMode=cv2.BORDER_REFLECT), np.float32
        )

    def _lay_body(self, scene: Floats, pose: Pose, zoom: float) -> None:
        height, width = scene.shape[:2]
        size = zoom * (1 + (pose.scale - 1) * 0.6)
        move = _array(
            [
                [size, 0, width / 2 - size * FACE_CENTRE[0] + (pose.shift_x * 0.5 + pose.camera_x) * width],
                [0, size * (1 + 0.004 * pose.breath), 0],
            ]
        )
        anchored = (
            height * 0.45 + (290 - FACE_CENTRE[1]) * size + (pose.shift_y * 0.5 + pose.camera_y) * width
        )
        move[1, 2] = anchored - move[1, 1] * 290
        body = cv2.warpAffine(
            self._body, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        matte = cv2.warpAffine(self._body_matte, move, (width, height), borderMode=cv2.BORDER_REPLICATE)[
            ..., None
        ]
        scene += (body - scene) * matte

    def _lay_head(self, scene: Floats, pose: Pose, zoom: float) -> None:
        height, width = scene.shape[:2]
        size = zoom * pose.scale
        origin_x = width / 2 + (pose.shift_x + pose.camera_x) * width
        origin_y = height * 0.45 + (pose.shift_y + pose.camera_y) * width - 0.6 * pose.breath
        left, right = int(max(0, origin_x - 112 * size)), int(min(width, origin_x + 112 * size))
        top, bottom = int(max(0, origin_y - 122 * size)), int(min(height, origin_y + 96 * size))
        if right - left < 8 or bottom - top < 8:
            return
        texture, depth, head = self._expression(round(pose.blink, 2), round(pose.mouth, 2))
        across = (np.arange(left, right, 2, dtype=np.float32) - origin_x) / size + FACE_CENTRE[0]
        down = (np.arange(top, bottom, 2, dtype=np.float32) - origin_y) / size + FACE_CENTRE[1]
        columns, rows = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
        turn = rotation(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees)
        seen_x, seen_y = trace(columns, rows, turn, depth, HEAD)
        light = self._shading(turn, seen_x, seen_y)
        seen_x, seen_y = (_double(part, bottom - top, right - left) for part in (seen_x, seen_y))
        colour = HEAD.sample(texture, seen_x, seen_y)
        matte = np.clip(2.5 * HEAD.sample(head, seen_x, seen_y) - 0.75, 0, 1)[..., None]
        light = _double(light, bottom - top, right - left)[..., None]
        patch = scene[top:bottom, left:right]
        patch += (colour * light - patch) * matte

    def _shading(self, turn: NDArray[np.float64], seen_x: Floats, seen_y: Floats) -> Floats:
        """How much brighter each point is than in the portrait, now that it faces elsewhere."""
        facing = HEAD.sample(self._normals, seen_x, seen_y)
        before = facing @ _LIGHT
        now = facing @ (turn.T.astype(np.float32) @ _LIGHT)
        return np.asarray(np.clip(1 + 0.35 * (now - before), 0.6, 1.25), np.float32)

    def _draw_expression(self, blink: float, mouth: float) -> tuple[Floats, Floats, Floats]:
        """Texture, depth and matte for one expression; the few that a motion passes through are kept."""
        columns, rows = self._columns, self._rows
        jaw = Mouth(columns, rows, mouth)
        read_rows = np.where(rows < STILL_ROW, lid_rows(columns, rows, blink), jaw.rows_old)
        texture = HEAD.sample(self._texture, jaw.columns_old, read_rows.astype(np.float32))
        depth = HEAD.sample(self._depth, jaw.columns_old, jaw.rows_old, outside=NOWHERE)
        teeth = HEAD.sample(self._texture, jaw.columns_old, jaw.teeth_row)
        matte = HEAD.sample(self._matte, jaw.columns_old, jaw.rows_old)
        return paint_mouth(texture, teeth, jaw), depth, matte

    def sensor(self, scene: Floats) -> Bytes:
        """Noise of a small camera, and an exposure that wanders a little."""
        height, width = scene.shape[:2]
        grain = self._noise.standard_normal((height, width), dtype=np.float32)
        scene *= np.float32(1 + self._noise.normal(0, 0.004))
        scene += (grain * np.float32(2.2))[..., None]
        return np.clip(scene, 0, 255).astype(np.uint8)


def _array(values: Sequence[float] | Sequence[Sequence[float]]) -> Floats:
    return np.array(values, dtype=np.float32)


def _double(half: Floats, height: int, width: int) -> Floats:
    """Every second pixel's value -> every pixel's: positions line up at even pixels."""
    move = _array([[2, 0, 0], [0, 2, 0]])
    return np.asarray(
        cv2.warpAffine(half, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def _magnify(picture: Bytes, columns: Floats, rows: Floats) -> Floats:
    large = cv2.remap(picture.astype(np.float32), columns, rows, cv2.INTER_LANCZOS4)
    return np.asarray(large + 0.6 * (large - cv2.GaussianBlur(large, (0, 0), 2.5)), np.float32)


def _with_pores(texture: Floats, seed: int) -> Floats:
    """Fine detail that the small picture lacks; it sticks to the skin, unlike the sensor's noise."""
    pores = np.random.default_rng(seed + 1).normal(0, 1, texture.shape[:2]).astype(np.float32)
    pores = cv2.GaussianBlur(pores, (0, 0), 0.9)
    return np.asarray(np.clip(texture * (1 + 0.05 * pores[..., None]), 0, 255), np.float32)


@lru_cache(maxsize=1)
def _wall_picture() -> Floats:
    """A painted brick wall, out of focus: detail enough to follow its motion."""
    bricks = cv2.GaussianBlur(data.brick().astype(np.float32), (0, 0), 1.6)
    bricks = (bricks - bricks.mean()) * 0.5 + 170
    falloff = np.linspace(1.08, 0.86, bricks.shape[1], dtype=np.float32)[None, :, None]
    return np.asarray(bricks[..., None] * _array((0.92, 0.98, 1.0)) * falloff, np.float32)
