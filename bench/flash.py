"""`python -m bench.flash`: who follows the colours of the screen, by light, camera and attack. Simulated.

The virtual person sits in a room whose light, screen and camera `tests.virtual_person.light` makes up, and
the gate weighs what `liveness.flash` reads off the frames. No real camera was at hand: the figures say what
the test can do where its model holds, and nothing of how often it holds.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from bench.table import show
from liveness.colours import Screen, new_flash
from liveness.detector import detect
from liveness.flash import light_of
from liveness.gates.flash import LEAST_GAIN, Evidence, evidence
from liveness.landmarks import find_landmarks
from liveness.onnx import ModelPack
from liveness.types import FrameFacts
from tests.virtual_person import VirtualPerson
from tests.virtual_person.light import Camera, Room, Subject, film_flash

MODELS = Path("var/models")
FPS, SECONDS = 12, 6
STARTS_MS = 500


@dataclass(frozen=True)
class Look:
    """A frame of the person in plain light, and where the networks find the face in it."""

    picture: NDArray[np.uint8]
    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    name: str
    subject: Subject = "live"
    room: Room = field(default=Room())
    camera: Camera = field(default=Camera())


ROWS = (
    *(Row(f"face, {lux:g} lx", room=Room(lux=lux)) for lux in (20, 100, 300, 1000, 3000, 10_000, 30_000)),
    *(Row(f"face, screen of {lux:g} lx", room=Room(screen_lux=lux)) for lux in (5, 90)),
    Row("face, wall 0.7 m away", room=Room(wall_metres=0.7)),
    *(Row(f"face, {fps:g} frames a second", camera=Camera(fps=fps)) for fps in (4, 8, 15, 30)),
    *(Row(f"face, JPEG {quality}", camera=Camera(jpeg_quality=quality)) for quality in (30, 60, 95)),
    *(Row(f"face, {ms:g} ms of delay", camera=Camera(delay_ms=ms)) for ms in (50, 350, 600)),
    Row("face, fast white balance", camera=Camera(white_s=0.2, white_share=1.0)),
    Row("recording", "recording"),
    Row("recording, 10000 lx", "recording", Room(lux=10_000)),
    Row("recording under other colours", "recorded_flash"),
    Row("recording, tinted as a whole", "tinted_recording"),
    Row("matte screen", "matte_screen"),
    Row("glossy screen", "glossy_screen"),
    Row("mirroring screen", "mirroring_screen"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=60, help="of each kind")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--alpha", type=float, default=0.01)
    chosen = parser.parse_args()
    looks = _looks()
    lines = []
    for row in (row for row in ROWS if chosen.only in row.name):
        found = [
            _session(row, looks, seed) for seed in track(range(chosen.sessions), row.name, transient=True)
        ]
        lines.append((row.name, *_counts(found, chosen.alpha)))
    headings = ("simulated", "n", "follow", "do not", "unmeasured", "median gain", "median p")
    show(f"Colour flash, alpha {chosen.alpha:g}", headings, lines)


def _looks() -> list[Look]:
    pack = ModelPack.load(MODELS)
    looks = []
    for picture in VirtualPerson(seed=3).idle(SECONDS, FPS):
        face = detect(pack, picture)[0]
        left, top, width, height = face.box
        looks.append(Look(picture, (left, top, width, height), find_landmarks(pack, picture, face)))
    return looks


def _session(row: Row, looks: Sequence[Look], seed: int) -> Evidence | None:
    flash = new_flash(Random(seed), refuses=True)  # noqa: S311 - the same sessions in every run
    random = np.random.default_rng(seed)
    first = int(random.integers(len(looks)))
    # The person sways at the same pace, however many frames the camera takes.
    pace = FPS / row.camera.fps

    def look(number: int) -> Look:
        return looks[(first + int(number * pace)) % len(looks)]

    shot = film_flash(
        lambda number: look(number).picture,
        flash.colours,
        step_ms=flash.step_ms,
        room=row.room,
        camera=row.camera,
        subject=row.subject,
        random=random,
        start_ms=STARTS_MS,
    )
    facts = []
    for number, (t_ms, data) in enumerate(shot.frames):
        places = [place for place, begin in enumerate(shot.begins) if begin <= t_ms]
        if not places:
            continue
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        here = look(number)
        light = light_of(np.asarray(image, np.uint8), here.box, here.landmarks)
        screen = Screen(places[-1], shot.begins[places[-1]])
        facts.append(FrameFacts(t_ms, t_ms, 480, 640, str(number), 1, screen=screen, light=light))
    return evidence(flash, facts)


def _counts(found: Sequence[Evidence | None], alpha: float) -> tuple[str, ...]:
    seen = [one for one in found if one is not None]
    follow = [one for one in seen if one.p <= alpha]
    against = [one for one in seen if one.p > alpha and one.most_gain < LEAST_GAIN]
    unmeasured = len(found) - len(follow) - len(against)
    gain = f"{np.median([one.gain for one in seen]):.4f}" if seen else "-"
    p = f"{np.median([one.p for one in seen]):.4f}" if seen else "-"
    return str(len(found)), str(len(follow)), str(len(against)), str(unmeasured), gain, p


if __name__ == "__main__":
    main()
