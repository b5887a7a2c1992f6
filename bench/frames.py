"""`python -m bench.frames DIR`: write a session of the rendered person, for `python -m liveness bench`.

Three seconds at ten frames a second as a phone's camera page sends them, upright, with a turn to the left:
settling, the turn, and waiting for the rest.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from liveness.attacks.material import SETTLE_SECONDS
from liveness.attacks.motion import ACTIONS, action_poses, idle_poses
from liveness.attacks.session import jpeg
from tests.virtual_person import VirtualPerson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--height", type=int, default=848)
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--actions", nargs="+", choices=ACTIONS, default=["turn_left"])
    options = parser.parse_args()
    person, random = VirtualPerson(), np.random.default_rng(3)
    poses = idle_poses(SETTLE_SECONDS, random, fps=options.fps)
    for action in options.actions:
        poses += action_poses(action, random, fps=options.fps)
    poses += idle_poses(options.frames / options.fps, random, fps=options.fps)
    options.directory.mkdir(parents=True, exist_ok=True)
    for index, pose in enumerate(poses[: options.frames]):
        frame = person.frame(pose, width=options.width, height=options.height)
        (options.directory / f"{index:04}.jpg").write_bytes(jpeg(frame))
    (options.directory.parent / f"{options.directory.name}-photo.jpg").write_bytes(person.photo())


if __name__ == "__main__":
    main()
