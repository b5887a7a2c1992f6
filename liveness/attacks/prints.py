"""Paper before the camera: a flat print, a bent one, and a mask with holes cut into it.

Print physics: paper reflects the room's light (Lambert), so it darkens as it turns away from the lamp; ink
on paper spans less contrast than skin in life. The hands move it as the challenge asks: a turn is a tilt
about the upright axis, a nod one about the level axis. For a blink the sheet is tipped until the printed
eyes are narrow; for an open mouth there is nothing that hands can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import cv2
import numpy as np

from liveness.attacks.material import SETTLE_SECONDS, Attack, Material
from liveness.attacks.motion import action_poses, idle_poses
from liveness.attacks.pose import Pose
from liveness.attacks.sheet import Seen, bent, flat, lay, shading
from liveness.attacks.stage import Bytes, Floats, Stage
from liveness.attacks.warps import Puppet
from liveness.types import Action

MARGIN = 16
"""White border of the print, in frame pixels."""
_PAPER_WHITE = 235.0
_PAPER_CONTRAST, _PAPER_BLACK = 0.82, 22.0
_WEARER_BEHIND = 14.0  # frame pixels, about 1 cm: a paper mask does not lie on the eyes
_WEARER_FOLLOWS = 0.85  # the sheet tilts more than the face behind it can turn
_HOLE = 1.25  # of the printed eye or mouth


def flat_print(material: Material) -> Attack:
    """A sheet, tilted and moved; a homography whatever is done."""
    return _moved_by_hand(material, bend=0.0)


def bent_print(material: Material) -> Attack:
    """A sheet on a cylinder: half of it spans .3 to 1 rad, drawn for each session."""
    return _moved_by_hand(material, bend=float(material.random.uniform(0.3, 1.0)))


def cutout(material: Material) -> Attack:
    """A print with eyes and mouth cut out; the eyes and the mouth behind are alive and obey.

    The wearer's face is drawn as a flat layer a centimetre behind the sheet, which is kind to the
    attacker: the holes show no depth of their own. Blink and mouth are as good as the wearer's.
    """
    holes = _holes(material.portrait.landmarks, material.portrait.picture.shape)
    sheet = printed(material.portrait.picture)
    matte = _trimmed(1 - holes, 1.0)
    wearer = Puppet(material.portrait)

    def frame(pose: Pose) -> Bytes:
        scene = material.stage.wall(pose, *_size(material))
        face = wearer.drawn(pose) * np.float32(shading(pose))
        turned = replace(pose, yaw_degrees=pose.yaw_degrees * _WEARER_FOLLOWS)
        whole = np.ones(face.shape[:2], np.float32)
        lay(scene, face, whole, flat(face.shape[:2], turned, scene.shape[:2], behind=_WEARER_BEHIND))
        seen = flat(sheet.shape[:2], pose, scene.shape[:2])
        # The sheet hides the wearer all around its edge: only the holes let the face through.
        scene = _outside_from(material.stage.wall(pose, *_size(material)), scene, sheet, seen)
        lay(scene, sheet * np.float32(shading(pose)), matte, seen)
        return material.stage.sensor(scene)

    gain = float(material.random.uniform(1.0, 1.4))

    def attack(action: Action | None) -> Iterable[Bytes]:
        return [frame(_stronger(pose, gain)) for pose in _poses(action, material.random)]

    return attack


def held_up(stage: Stage, sheet: Floats, pose: Pose, *, bend: float, width: int, height: int) -> Bytes:
    """One frame of a sheet at a pose."""
    scene = stage.wall(pose, width, height)
    size = (sheet.shape[0], sheet.shape[1])
    seen = bent(size, pose, bend, (height, width)) if bend else flat(size, pose, (height, width))
    lay(scene, sheet * np.float32(shading(pose)), np.ones(size, np.float32), seen)
    return stage.sensor(scene)


def printed(picture: Floats) -> Floats:
    """A framed portrait on paper: what ink keeps of its contrast, trimmed, with a white margin."""
    ink = picture * np.float32(_PAPER_CONTRAST) + np.float32(_PAPER_BLACK)
    return _trimmed(np.asarray(ink, np.float32), _PAPER_WHITE)


def _moved_by_hand(material: Material, *, bend: float) -> Attack:
    sheet = printed(material.portrait.picture)
    gain = float(material.random.uniform(0.8, 1.5))
    width, height = _size(material)

    def attack(action: Action | None) -> Iterable[Bytes]:
        return [
            held_up(material.stage, sheet, _stronger(pose, gain), bend=bend, width=width, height=height)
            for pose in _poses(action, material.random)
        ]

    return attack


def _poses(action: Action | None, random: np.random.Generator) -> list[Pose]:
    if action is None:
        return idle_poses(SETTLE_SECONDS, random)
    poses = action_poses(action, random)
    if action is Action.BLINK:
        return [replace(pose, pitch_degrees=pose.pitch_degrees + 40 * pose.blink) for pose in poses]
    return poses


def _stronger(pose: Pose, gain: float) -> Pose:
    return replace(pose, yaw_degrees=pose.yaw_degrees * gain, pitch_degrees=pose.pitch_degrees * gain)


def _trimmed(picture: Floats, border: float) -> Floats:
    height, width = picture.shape[:2]
    part = picture[height * 12 // 100 : height * 88 // 100, width * 12 // 100 : width * 88 // 100]
    sides = (MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.copyMakeBorder(part, *sides, value=(border,) * 3), np.float32)


def _size(material: Material) -> tuple[int, int]:
    height, width = material.portrait.picture.shape[:2]
    return width, height


def _holes(landmarks: Floats, shape: tuple[int, ...]) -> Floats:
    holes = np.zeros(shape[:2], np.uint8)
    for part in (landmarks[36:42], landmarks[42:48], landmarks[48:60]):
        middle = part.mean(axis=0)
        outline = middle + (part - middle) * _HOLE
        cv2.fillConvexPoly(holes, cv2.convexHull(np.rint(outline).astype(np.int32)), 255)
    grown = cv2.dilate(holes, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.GaussianBlur(grown.astype(np.float32) / 255, (0, 0), 0.8), np.float32)


def _outside_from(wall: Floats, scene: Floats, sheet: Floats, seen: Seen) -> Floats:
    inside = np.zeros_like(scene)
    whole = np.ones(sheet.shape[:2], np.float32)
    lay(inside, np.ones_like(sheet), whole, seen)
    return np.asarray(wall + (scene - wall) * inside, np.float32)


KINDS: dict[str, Callable[[Material], Attack]] = {"print": flat_print, "bent": bent_print, "cutout": cutout}
