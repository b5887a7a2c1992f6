"""Light on a face: what is read off a frame, who follows the colours, and what can be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from liveness import (
    Challenge,
    Colour,
    Flash,
    FrameFacts,
    Refusal,
    Screen,
    new_challenge,
)
from liveness.colours import LEAST_STEP_MS, LIGHT, STEPS, new_flash
from liveness.course import follow
from liveness.flash import light_of
from liveness.gates import flash as flash_gate
from liveness.gates.case import Case
from liveness.onnx import ModelPack
from tests.liveness.playing import FPS, NOW, ask
from tests.virtual_person import VirtualPerson
from tests.virtual_person.light import Camera, Room, Subject, film_flash
from tests.virtual_person.portrait import LANDMARKS, Bytes

STYLES = Path(__file__).parents[2] / "idp" / "static" / "css" / "capture.css"
PLAIN, INDOORS = Camera(), Room()


@dataclass(frozen=True)
class Sitter:
    """A person who holds still, with what a detector would find."""

    frames: list[Bytes]
    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]


@pytest.fixture(scope="module")
def sitter(modelled: VirtualPerson) -> Sitter:
    from tests.virtual_person.person import FACE_CENTRE, PIXELS_AT_480

    points = (LANDMARKS - np.array(FACE_CENTRE)) * PIXELS_AT_480 + (240, 0.45 * 640)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    box = (float(left), float(top) - 40, float(right - left), float(bottom - top) + 40)
    return Sitter(modelled.again().idle(1.5, FPS), box, points.astype(np.float32))


def shown(
    sitter: Sitter,
    flash: Flash,
    subject: Subject = "live",
    *,
    room: Room = INDOORS,
    camera: Camera = PLAIN,
    seed: int = 1,
) -> list[FrameFacts]:
    shot = film_flash(
        lambda number: sitter.frames[number % len(sitter.frames)],
        flash.colours,
        step_ms=flash.step_ms,
        room=room,
        camera=camera,
        subject=subject,
        random=np.random.default_rng(seed),
        start_ms=500,
    )
    facts = []
    for t_ms, data in shot.frames:
        places = [place for place, begin in enumerate(shot.begins) if begin <= t_ms]
        if not places:
            continue
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        light = light_of(np.asarray(image, np.uint8), sitter.box, sitter.landmarks)
        screen = Screen(places[-1], shot.begins[places[-1]])
        facts.append(FrameFacts(t_ms, t_ms, 480, 640, str(t_ms), 1, screen=screen, light=light))
    return facts


@pytest.fixture
def flash() -> Flash:
    return new_flash(Random(4), refuses=True)


def gate(pack: ModelPack, flash: Flash, facts: list[FrameFacts]):
    challenge = replace(ask(), flash=flash)
    return flash_gate.gate(Case(challenge, facts, follow(challenge, facts), pack.thresholds, ()))


def test_every_sequence_is_drawn_and_none_repeats_a_colour_at_once():
    drawn = {new_flash(Random(seed), refuses=False).colours for seed in range(300)}
    assert len(drawn) > 280
    assert {colours[0] for colours in drawn} == set(Colour)
    assert all(a is not b for colours in drawn for a, b in pairwise(colours))
    assert {len(colours) for colours in drawn} == {STEPS}


def test_the_colours_are_below_the_flash_thresholds():
    """WCAG 2.2, 2.3.1: no saturated red, and never more than two changes, one flash, in a second."""
    for red, green, blue in LIGHT.values():
        assert red / (red + green + blue) < 0.8
    assert 1000 / LEAST_STEP_MS <= 2


def test_the_page_shows_the_colours_that_the_gate_expects():
    found = dict(
        re.findall(r'\.flash\[data-colour="(\w+)"\] \{ background: #(\w{3}); \}', STYLES.read_text())
    )
    expected = {c.value: "".join("f" if part else "0" for part in rgb) for c, rgb in LIGHT.items()}
    assert found == expected


def test_a_challenge_with_colours_survives_the_store():
    challenge = new_challenge(NOW, random=Random(1), flash="gate")
    assert challenge.flash is not None
    assert Challenge.from_json(challenge.to_json()) == challenge
    left_out = challenge.without_flash()
    assert Challenge.from_json(left_out.to_json()) == left_out
    assert left_out.flash == replace(challenge.flash, colours=())
    assert ask().without_flash() == ask()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("lux", [50, 300, 1000])
def test_a_face_in_a_room_follows(pack: ModelPack, sitter: Sitter, lux: int, seed: int):
    flash = new_flash(Random(seed), refuses=True)
    score = gate(pack, flash, shown(sitter, flash, room=Room(lux=lux), seed=seed))
    assert score is not None
    assert score.passed
    assert score.score > 0.99


@pytest.mark.parametrize("subject", ["recording", "tinted_recording", "matte_screen"])
def test_what_is_no_face_before_the_screen_is_refused(
    pack: ModelPack, sitter: Sitter, flash: Flash, subject: Subject
):
    score = gate(pack, flash, shown(sitter, flash, subject, seed=2))
    assert score is not None
    assert (score.passed, score.reason) == (False, Refusal.FLASH)


@pytest.mark.parametrize("subject", ["recorded_flash", "glossy_screen"])
def test_colours_that_are_not_the_faces_prove_nothing(
    pack: ModelPack, sitter: Sitter, flash: Flash, subject: Subject
):
    score = gate(pack, flash, shown(sitter, flash, subject, seed=3))
    assert score is None or not score.passed


def test_of_the_sequences_each_recording_fits_some(sitter: Sitter):
    """The test is exact: over all sequences that might have been drawn, one in a hundred passes."""
    facts = shown(sitter, new_flash(Random(0), refuses=True), "recording", seed=5)
    drawn = [new_flash(Random(seed), refuses=True) for seed in range(200)]
    found = [flash_gate.evidence(flash, facts) for flash in drawn]
    passed = sum(one is not None and one.p <= 0.01 for one in found)
    assert passed <= 9  # two are expected; the chance of ten is 0.005 %


def wavered(frame: FrameFacts, red: float) -> FrameFacts:
    assert frame.light is not None
    skin = tuple(patch and (red * patch[0], *patch[1:]) for patch in frame.light.skin)
    return replace(frame, light=replace(frame.light, skin=skin))


def test_where_colours_waver_anyway_nothing_can_be_said(pack: ModelPack, sitter: Sitter, flash: Flash):
    """By the light of a television, say: neither for the face nor against it."""
    random = np.random.default_rng(6)
    facts = [wavered(frame, random.uniform(0.8, 1.2)) for frame in shown(sitter, flash, "recording")]
    assert gate(pack, flash, facts) is None


@pytest.mark.parametrize("fps", [6, 15])
def test_cameras_of_any_pace(pack: ModelPack, sitter: Sitter, flash: Flash, fps: int):
    score = gate(pack, flash, shown(sitter, flash, camera=replace(PLAIN, fps=fps), seed=7))
    assert score is not None
    assert score.passed


def _without_a_colour(facts: list[FrameFacts]) -> list[FrameFacts]:
    return [f for f in facts if f.screen is not None and f.screen.place != 3]


def _faster(facts: list[FrameFacts]) -> list[FrameFacts]:
    return [
        replace(f, t_ms=f.t_ms // 2, screen=Screen(f.screen.place, f.screen.since_ms // 2))
        for f in facts
        if f.screen is not None
    ]


def _without_light(facts: list[FrameFacts]) -> list[FrameFacts]:
    return [replace(f, light=None) for f in facts]


def _without_ground(facts: list[FrameFacts]) -> list[FrameFacts]:
    return [replace(f, light=f.light and replace(f.light, ground=None)) for f in facts]


def _without_skin(facts: list[FrameFacts]) -> list[FrameFacts]:
    return [replace(f, light=f.light and replace(f.light, skin=(None, None, None))) for f in facts]


@pytest.mark.parametrize(
    "change", [_without_a_colour, _faster, _without_light, _without_ground, _without_skin, lambda _: []]
)
def test_what_cannot_be_measured_is_not_weighed(pack, sitter, flash, change):
    assert gate(pack, flash, change(shown(sitter, flash))) is None


def test_a_patch_in_the_shade_of_hair_is_done_without(pack: ModelPack, sitter: Sitter, flash: Flash):
    facts = [
        replace(f, light=f.light and replace(f.light, skin=(*f.light.skin[:2], None)))
        for f in shown(sitter, flash)
    ]
    score = gate(pack, flash, facts)
    assert score is not None
    assert score.passed


def test_light_is_read_in_linear_numbers(sitter: Sitter):
    image = np.full((640, 480, 3), (64, 128, 188), np.uint8)
    light = light_of(image, sitter.box, sitter.landmarks)
    for patch in (*light.skin, light.ground):
        assert patch == pytest.approx((0.503, 0.216, 0.0513), abs=1e-3)


@pytest.mark.parametrize(("value", "ground"), [(255, None), (0, (0.0, 0.0, 0.0))])
def test_clipped_and_black_pixels_say_nothing_of_skin(sitter: Sitter, value: int, ground: object):
    image = np.full((640, 480, 3), value, np.uint8)
    light = light_of(image, sitter.box, sitter.landmarks)
    assert light.skin == (None, None, None)
    assert light.ground == ground


def test_a_face_that_fills_the_frame_has_nothing_beside_it(sitter: Sitter):
    image = np.full((640, 480, 3), 120, np.uint8)
    assert light_of(image, (0.0, 0.0, 480.0, 640.0), sitter.landmarks).ground is None


def test_facts_with_light_survive_the_store(sitter: Sitter, flash: Flash):
    for frame in shown(sitter, flash)[:3]:
        assert FrameFacts.from_json(frame.to_json()) == frame
