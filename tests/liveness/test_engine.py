"""The whole engine on a rendered person. That person is an injection attack: nothing here measures PAD."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest

from liveness import Action, Engine, ImageRefused, Refusal, new_challenge
from tests.liveness.playing import NOW, Frames, Session, ask, jpeg, willing
from tests.virtual_person import VirtualPerson, flat_photo_clip


@pytest.mark.parametrize("seed", range(6))
def test_who_does_what_is_asked_passes_at_the_first_try(engine: Engine, person: VirtualPerson, seed: int):
    challenge = new_challenge(NOW, random=Random(seed))
    session = Session(engine, challenge)
    session.play(willing(person))
    verdict = engine.judge(challenge, session.facts, person.photo())
    assert (verdict.live, verdict.matched, verdict.refused_by) == (True, True, None)


@pytest.mark.parametrize(
    "asked",
    [
        (Action.TURN_LEFT, Action.OPEN_MOUTH, Action.NOD),
        (Action.NOD, Action.TURN_RIGHT, Action.BLINK),
        (Action.BLINK, Action.TURN_LEFT, Action.TURN_RIGHT),
        (Action.OPEN_MOUTH, Action.TURN_RIGHT, Action.TURN_LEFT),
    ],
)
def test_the_right_motions_in_the_wrong_order_are_refused(
    engine: Engine, person: VirtualPerson, asked: tuple[Action, ...]
):
    played = iter([*asked[1:], asked[0]])

    def actor(action: Action | None) -> Frames:
        return person.idle(0.7) if action is None else person.clip(next(played))

    session = Session(engine, ask(*asked))
    assert session.play(actor).refused_by is Refusal.WRONG_ORDER
    assert engine.judge(session.challenge, session.facts).refused_by is Refusal.WRONG_ORDER


def test_a_recording_of_another_session_is_refused(engine: Engine, person: VirtualPerson, passed: Session):
    session = Session(engine, ask(Action.OPEN_MOUTH, Action.TURN_LEFT, Action.BLINK))
    session.film(passed.images)
    verdict = engine.judge(session.challenge, session.facts, person.photo())
    assert verdict.refused_by is Refusal.WRONG_ORDER


@pytest.mark.parametrize("bend", [0.0, 0.6, 1.0], ids=["flat", "bent", "bent far"])
@pytest.mark.parametrize("asked", [Action.TURN_LEFT, Action.OPEN_MOUTH, Action.BLINK])
def test_a_print_waved_as_asked_is_refused(engine: Engine, person: VirtualPerson, asked: Action, bend: float):
    session = Session(engine, ask(asked, Action.TURN_RIGHT, window_ms=2_500))
    session.play(lambda action: flat_photo_clip(person, action or "blink", bend=bend))
    verdict = engine.judge(session.challenge, session.facts, person.photo())
    failed = {gate.name for gate in verdict.gates if not gate.passed}
    assert not verdict.live
    assert {"challenge", "planarity"} <= failed


def test_mirrored_frames_turn_the_wrong_way(engine: Engine, person: VirtualPerson):
    session = Session(engine, ask(Action.TURN_LEFT))

    def mirrored(action: Action | None) -> list[np.ndarray]:
        return [np.ascontiguousarray(frame[:, ::-1]) for frame in willing(person)(action)]

    assert session.play(mirrored).refused_by is Refusal.WRONG_ORDER


def test_an_empty_room_has_no_face(engine: Engine):
    facts = engine.read(jpeg(np.full((640, 480, 3), 90, np.uint8)), t_ms=0, received_ms=0)
    assert (facts.faces, facts.face, facts.pad, facts.embedding) == (0, None, None, None)


def test_what_is_no_picture_is_refused(engine: Engine):
    with pytest.raises(ImageRefused) as refused:
        engine.read(b"GIF89a", t_ms=0, received_ms=0)
    assert refused.value.reason == "unknown_format"


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (1280, 720), (1920, 1080)])
def test_cameras_of_other_shapes_serve_as_well(
    engine: Engine, person: VirtualPerson, width: int, height: int
):
    def actor(action: Action | None) -> list[np.ndarray]:
        return [
            cv2.resize(letterboxed(frame, width, height), (width, height))
            for frame in willing(person)(action)
        ]

    session = Session(engine, ask(Action.TURN_RIGHT, Action.BLINK))
    session.play(actor)
    assert engine.judge(session.challenge, session.facts, person.photo()).refused_by is None


def letterboxed(frame: np.ndarray, width: int, height: int) -> np.ndarray:
    """The frame in the middle of a plain wall of another shape."""
    rows, columns = frame.shape[:2]
    side = max(0, round(rows * width / height) - columns) // 2
    return cv2.copyMakeBorder(frame, 0, 0, side, side, cv2.BORDER_REPLICATE)


def test_with_the_facts_so_far_the_costly_networks_run_rarely(passed: Session):
    facts = passed.facts
    assert 5 <= sum(f.pad is not None for f in facts) <= len(facts) / 5
    assert 4 <= sum(f.embedding is not None for f in facts) <= len(facts) / 8
    turned = [f for f in facts if f.face is not None and abs(f.face.yaw) > 15]
    assert any(f.embedding is not None for f in turned)


def test_without_them_every_frame_is_read_in_full_and_means_the_same(engine: Engine, passed: Session):
    frame = passed.facts[5]
    full = engine.read(passed.images[5], t_ms=frame.t_ms, received_ms=frame.received_ms)
    assert full.pad is not None
    assert full.embedding is not None
    assert full.face == frame.face
