"""A photo brought to life by warps of the picture alone, as photo-animation apps do it.

The eyelid's skin is drawn down over the eye, the jaw slides down and leaves a dark hole. A head turn is
either a shear with a squeeze, which keeps the face a plane, or a bulge: points near the nose move farther
than those near the ears, which imitates the parallax of a head (a poor man's deepfake).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.attacks.material import SETTLE_SECONDS, Attack, Material
from liveness.attacks.motion import action_poses, idle_poses
from liveness.attacks.portrait import Portrait
from liveness.attacks.pose import Pose
from liveness.attacks.stage import Bytes, Floats, noisy
from liveness.types import Action

_EYES = (((36, 37, 38, 39), (36, 41, 40, 39)), ((42, 43, 44, 45), (42, 47, 46, 45)))
_LIPS = ((60, 61, 62, 63, 64), (60, 67, 66, 65, 64))
_JAW_ENDS, _CHIN, _NOSE_TIP, _MOUTH = (0, 16), 8, 30, slice(48, 68)
# BGR, inside the mouth, from the upper lip down to the lower one: share of the way, colour.
_MOUTH_LAYERS = (
    (0.0, (180, 190, 200)),
    (0.22, (180, 190, 200)),  # teeth
    (0.3, (26, 20, 48)),
    (0.6, (26, 20, 48)),
    (0.8, (58, 52, 120)),  # tongue
    (1.0, (58, 52, 120)),
)

# In widths of the eye, or of the face between the ends of its jaw line.
_LID_SKIN, _LID_SLACK, _EYE_TAPERS = 0.45, 0.07, 0.12
_JAW_DROP = 0.2
_HOLE = 0.9  # of the lips' width
_NOSE_STANDS_OUT = (
    0.8  # the nose's tip before the jaw's ends: more than in life, as the detector's yaw needs it
)
_BULGE_WIDE, _BULGE_HIGH = 0.38, 0.52
_NOSE_WIDE, _ROUND = 0.16, 0.7
_SHEAR_PER_TURN = 0.25  # rows slide by this, a radian
_COMPRESSION_NOISE = 1.2


class Puppet:
    """A portrait that shuts its eyes, opens its mouth, and is turned by a flat or a bulging warp."""

    def __init__(self, portrait: Portrait) -> None:
        height, width = portrait.picture.shape[:2]
        self._picture, self._points = portrait.picture, portrait.landmarks
        self._columns, self._rows = np.meshgrid(
            np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
        )
        left, right = (self._points[end] for end in _JAW_ENDS)
        self._face_width = float(np.linalg.norm(right - left))

    def drawn(self, pose: Pose) -> Floats:
        """The expression alone; the head stays where it is."""
        columns, rows = self._columns, self._rows
        hole = np.full_like(rows, np.nan)
        if pose.mouth > 0:
            rows, hole = self._jaw_down(rows, pose.mouth)
        if pose.blink > 0:
            rows = self._lids_down(rows, pose.blink)
        face = cv2.remap(self._picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        inside = np.isfinite(hole)
        soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8)[..., None]
        shares, colours = zip(*_MOUTH_LAYERS, strict=True)
        for channel, values in enumerate(zip(*colours, strict=True)):
            layer = np.interp(hole, shares, values)
            face[..., channel] = np.where(inside, layer, face[..., channel])
        return np.asarray(cv2.GaussianBlur(face, (0, 0), 0.8) * soft + face * (1 - soft), np.float32)

    def sheared(self, pose: Pose) -> Floats:
        """A turn as a squeeze and a shear, a nod as a squeeze: affine, so the face stays a plane."""
        yaw, pitch = math.radians(pose.yaw_degrees), math.radians(pose.pitch_degrees)
        nose = self._points[_NOSE_TIP].astype(np.float64)
        warp = np.array([[math.cos(yaw), 0], [_SHEAR_PER_TURN * yaw, math.cos(pitch)]])
        return self._moved(pose, warp, nose - warp @ nose)

    def bulged(self, pose: Pose) -> Floats:
        """A turn or nod that moves each point by a guessed depth: round in the middle, the nose farthest."""
        (x, y), wide = self._points[_NOSE_TIP], self._face_width
        across, down = (self._columns - x) / wide, (self._rows - y) / wide
        round_head = np.exp(-((across / _BULGE_WIDE) ** 2) - (down / _BULGE_HIGH) ** 2)
        nose = np.exp(-((across / _NOSE_WIDE) ** 2) - (down / (2 * _NOSE_WIDE)) ** 2)
        depth = (_NOSE_STANDS_OUT * wide * (_ROUND * round_head + (1 - _ROUND) * nose)).astype(np.float32)
        right = np.float32(math.sin(math.radians(pose.yaw_degrees))) * depth
        below = np.float32(math.sin(math.radians(pose.pitch_degrees))) * depth
        seen = cv2.remap(
            self.drawn(pose),
            self._columns - right,
            self._rows - below,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(seen, np.float32)

    def _moved(self, pose: Pose, warp: NDArray[np.float64], shift: NDArray[np.float64]) -> Floats:
        height, width = self._picture.shape[:2]
        matrix = np.hstack([warp, shift[:, None]]).astype(np.float32)
        matrix[:, 2] += (pose.shift_x * width, pose.shift_y * width)
        moved = cv2.warpAffine(self.drawn(pose), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.float32)

    def _lids_down(self, read: Floats, blink: float) -> Floats:
        """Rows to read from when the upper lids' margins have come down by ``blink``, 0 to 1."""
        read, rows, columns = read.copy(), self._rows, self._columns[0]
        for above, below in _EYES:
            first, last = self._points[above[0]][0], self._points[above[-1]][0]
            wide = float(last - first)
            here = np.flatnonzero((columns > first) & (columns < last))
            across = columns[here]
            slack = _LID_SLACK * wide  # the network's points lie inside the lids' margins
            upper = self._line(above, across) - slack
            lower = np.maximum(self._line(below, across) + slack, upper + 1)
            taper = np.clip(np.minimum(across - first, last - across) / (_EYE_TAPERS * wide), 0, 1)
            edge = upper + blink * (lower - upper) * taper
            brow = upper - _LID_SKIN * wide
            part = rows[:, here]
            share = (part - brow) / (edge - brow)
            read[:, here] = np.where(
                (part > brow) & (part < edge), brow + share * (upper - brow), read[:, here]
            )
        return np.asarray(read, np.float32)

    def _jaw_down(self, read: Floats, mouth: float) -> tuple[Floats, Floats]:
        """Rows to read from, and how far down the hole between the lips a pixel is; not a number outside."""
        rows, columns, wide = self._rows, self._columns[0], self._face_width
        corners = self._points[_MOUTH]
        middle, half = float(corners[:, 0].mean()), float(np.ptp(corners[:, 0])) / 2
        across = np.clip(columns, self._points[60][0], self._points[64][0])
        meeting = (self._line(_LIPS[0], across) + self._line(_LIPS[1], across)) / 2
        drop = mouth * _JAW_DROP * wide * np.exp(-(((columns - middle) / (1.5 * half)) ** 4))
        bow = np.sqrt(np.clip(1 - ((columns - middle) / (_HOLE * half)) ** 2, 0, 1))
        gap = drop * bow
        below = float(self._points[_CHIN][1]) + 0.45 * wide  # the collar: nothing moves from there on
        end = meeting + gap
        # Between the lower lip and the collar the picture is squeezed together.
        squeezed = meeting + (rows - end) * (below - meeting) / np.maximum(below - end, 1)
        lowered = np.where((rows >= end) & (rows < below), squeezed, read)
        inside = (gap > 0.5) & (rows >= meeting) & (rows < end)
        hole = np.where(inside, (rows - meeting) / np.maximum(gap, 0.5), np.nan)
        return np.asarray(lowered, np.float32), np.asarray(hole, np.float32)

    def _line(self, indices: tuple[int, ...], columns: Floats) -> Floats:
        """A parabola through landmarks, at columns."""
        points = self._points[list(indices)]
        centre = points[:, 0].mean()
        fitted = np.polyfit(points[:, 0] - centre, points[:, 1], 2)
        return np.asarray(np.polyval(fitted, columns - centre), np.float32)


def animated(material: Material) -> Attack:
    """Injected without a camera: painted lids and mouth, turns by shear."""
    return _played(material, Puppet(material.portrait).sheared)


def reenacted(material: Material) -> Attack:
    """Injected without a camera: painted lids and mouth, turns by a bulging warp."""
    return _played(material, Puppet(material.portrait).bulged)


def _played(material: Material, draw: Callable[[Pose], Floats]) -> Attack:
    random = material.random

    def attack(action: Action | None) -> Iterable[Bytes]:
        poses = action_poses(action, random) if action else idle_poses(SETTLE_SECONDS, random)
        return [noisy(draw(pose), random, deviation=_COMPRESSION_NOISE) for pose in poses]

    return attack


KINDS: dict[str, Callable[[Material], Attack]] = {"animated": animated, "reenacted": reenacted}
