"""A screen before the camera, showing a photo or a film.

Screen physics, each with its own part of the picture:
- pixels: stripes of red, green and blue in a black grid; where the camera's pixels sample that grid too
  coarsely it aliases into moire. The camera integrates over its pixel, which weakens the grid by a sinc.
- refresh: the backlight flickers while the rolling shutter reads row after row, so dark bands cross the frame
  and wander from frame to frame.
- reflection: the glass mirrors a lamp and lifts the blacks with the room's light; the lamp's image moves
  over the screen as it tilts, twice as far as the tilt.
- light: the picture shines by itself; neither the room's lamp nor the page's own light changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from liveness.attacks.material import SETTLE_SECONDS, Attack, Material
from liveness.attacks.motion import action_poses, idle_poses
from liveness.attacks.pose import Pose
from liveness.attacks.recordings import Reel
from liveness.attacks.sheet import Seen, flat, lay
from liveness.attacks.stage import Bytes, Floats
from liveness.types import Action

BEZEL = 22
"""The black frame around the picture, in frame pixels."""
_FILL = 0.8  # of a camera pixel that collects light


@dataclass(frozen=True, slots=True)
class Panel:
    """One screen as one camera sees it.

    ``density``: screen pixels to a pixel of the shown picture. ``grid``: depth of the pixel grid, 0 to 1.
    ``bands``: dark bands in a frame's height, ``band_depth`` how dark, ``beat`` how far they wander a frame.
    ``glare``: grey values of the lamp's mirror image. ``haze``: of the room's light on the glass.
    """

    density: float
    grid: float
    bands: float
    band_depth: float
    beat: float
    glare: float
    haze: float
    lamp: tuple[float, float]

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Panel:
        """From a desk monitor seen close to a good phone in the dark."""
        return cls(
            density=float(random.uniform(0.8, 2.2)),
            grid=float(random.uniform(0.1, 0.5)),
            bands=float(random.uniform(0.6, 2.5)),
            band_depth=float(random.uniform(0.02, 0.12)),
            beat=float(random.uniform(0.02, 0.3)),
            glare=float(random.uniform(15, 90)),
            haze=float(random.uniform(4, 20)),
            lamp=(float(random.uniform(-0.3, 0.3)), float(random.uniform(-0.4, 0.0))),
        )

    def shown(self, picture: Floats, seen: Seen, pose: Pose, frame: int) -> Floats:
        """What the camera sees of the lit panel at each of its pixels, before the scene is put around it."""
        height, width = picture.shape[:2]
        columns, rows = (np.nan_to_num(part, nan=-1e4).astype(np.float32) for part in seen)
        light = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        light *= self._grid(columns, rows)
        share = np.arange(seen[0].shape[0], dtype=np.float32) / seen[0].shape[0]
        phase = 2 * np.pi * (self.bands * share + self.beat * frame)
        light *= (1 - self.band_depth * (0.5 + 0.5 * np.cos(phase)))[:, None, None].astype(np.float32)
        lamp_x = width * (0.5 + self.lamp[0] + 2 * np.sin(np.radians(pose.yaw_degrees)))
        lamp_y = height * (0.5 + self.lamp[1] + 2 * np.sin(np.radians(pose.pitch_degrees)))
        near = ((columns - lamp_x) / (0.12 * width)) ** 2 + ((rows - lamp_y) / (0.08 * height)) ** 2
        return np.asarray(light + self.haze + (self.glare * np.exp(-near))[..., None], np.float32)

    def _grid(self, columns: Floats, rows: Floats) -> Floats:
        """Transmission of the pixel grid: first harmonics of the stripes and of the black lines."""
        across, down = columns * np.float32(self.density), rows * np.float32(self.density)
        footprint = _FILL * self.density
        depth = self.grid * abs(float(np.sinc(footprint)))
        stripes = [np.cos(2 * np.pi * (across - colour / 3)) for colour in (2, 1, 0)]  # BGR
        lines = 1 + depth * np.cos(2 * np.pi * down)
        return np.asarray(np.stack([(1 + depth * s) * lines for s in stripes], axis=-1), np.float32)


def screen(material: Material) -> Attack:
    """A tablet that shows the still photo, tilted as the challenge asks."""
    held, picture = _Held(material), material.portrait.picture

    def attack(action: Action | None) -> Iterable[Bytes]:
        random = material.random
        poses = action_poses(action, random) if action else idle_poses(SETTLE_SECONDS, random)
        return [held.frame(picture, pose) for pose in poses]

    return attack


def replay(material: Material) -> Attack:
    """A screen that plays a recording of another session. It cannot know the order that is asked."""
    held, reel = _Held(material), Reel(material.film)

    def attack(action: Action | None) -> Iterable[Bytes]:
        poses = idle_poses(SETTLE_SECONDS if action is None else 2.0, material.random)
        return [
            held.frame(picture.astype(np.float32), replace(pose, blink=0.0))
            for picture, pose in zip(reel.take(len(poses)), poses, strict=True)
        ]

    return attack


class _Held:
    """One panel in the attacker's hand; it counts its frames for the refresh."""

    def __init__(self, material: Material) -> None:
        self._stage = material.stage
        self._panel = Panel.drawn(material.random)
        self._scale = float(material.random.uniform(0.95, 1.1))
        self._frame = 0

    def frame(self, picture: Floats, pose: Pose) -> Bytes:
        lit = cv2.copyMakeBorder(picture, BEZEL, BEZEL, BEZEL, BEZEL, cv2.BORDER_CONSTANT, value=(8, 8, 8))
        height, width = picture.shape[:2]
        pose = replace(pose, scale=pose.scale * self._scale)
        scene = self._stage.wall(pose, width, height)
        seen = flat(lit.shape[:2], pose, (height, width))
        light = self._panel.shown(np.asarray(lit, np.float32), seen, pose, self._frame)
        there = np.zeros_like(scene)
        lay(there, np.ones_like(lit, np.float32), np.ones(lit.shape[:2], np.float32), seen)
        self._frame += 1
        return self._stage.sensor(np.asarray(scene + (light - scene) * there, np.float32))


KINDS: dict[str, Callable[[Material], Attack]] = {"screen": screen, "replay": replay}
