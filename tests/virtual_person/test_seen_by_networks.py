"""What the real networks make of the virtual person: the reason why it may stand in for one."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness import Engine, Face, FrameFacts, ModelPack
from liveness.gates.planarity import residual
from tests.virtual_person import ACTIONS, Pose, VirtualPerson, flat_photo_clip, stranger_photo
from tests.virtual_person.portrait import Bytes, Floats
from tests.virtual_person.scenes import Scenes

MODELS = Path(__file__).parents[2] / "var" / "models"
SAME_PERSON = 0.40
FLAT = 0.06


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(ModelPack.load(MODELS))


def _read(engine: Engine, picture: Bytes | bytes) -> FrameFacts:
    encoded = picture if isinstance(picture, bytes) else cv2.imencode(".jpg", picture)[1].tobytes()
    return engine.read(encoded, t_ms=0, received_ms=0)


def _face(engine: Engine, picture: Bytes | bytes) -> Face:
    facts = _read(engine, picture)
    assert facts.faces == 1
    assert facts.face is not None
    return facts.face


def _embedding(engine: Engine, picture: Bytes | bytes) -> Floats:
    found = _read(engine, picture).embedding
    assert found is not None
    vector = np.array(found, np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _points(face: Face) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(face.landmarks, np.float64).reshape(68, 2)


@pytest.mark.parametrize("yaw", [-35, -25, -12, 12, 25, 35])
def test_a_turned_head_is_one_face_and_the_same(engine: Engine, person: VirtualPerson, yaw: int) -> None:
    frame = person.frame(Pose(yaw_degrees=yaw))
    assert _face(engine, frame).yaw * np.sign(yaw) > 6
    assert float(_embedding(engine, frame) @ _embedding(engine, person.photo())) >= SAME_PERSON


def test_the_measured_yaw_follows_the_real_one(engine: Engine, person: VirtualPerson) -> None:
    real = np.arange(-36, 37, 6)
    measured = [_face(engine, person.frame(Pose(yaw_degrees=float(yaw)))).yaw for yaw in real]
    assert np.corrcoef(real, measured)[0, 1] > 0.96


def test_a_nod_is_seen_as_one(engine: Engine, person: VirtualPerson) -> None:
    def pitch(degrees: float) -> float:
        return _face(engine, person.frame(Pose(pitch_degrees=degrees))).pitch

    assert pitch(18) - pitch(0) > 10
    assert pitch(-12) - pitch(0) < -4


def test_open_eyes_are_open_and_shut_eyes_are_shut(engine: Engine, person: VirtualPerson) -> None:
    assert _face(engine, person.frame(Pose())).closed < 0.1
    assert _face(engine, person.frame(Pose(blink=1))).closed > 0.9


def test_the_mouth_opens(engine: Engine, person: VirtualPerson) -> None:
    def aspect_ratio(mouth: float) -> float:
        at = _points(_face(engine, person.frame(Pose(mouth=mouth))))
        gaps = np.linalg.norm(at[[61, 62, 63]] - at[[67, 66, 65]], axis=1)
        return float(gaps.mean() / np.linalg.norm(at[60] - at[64]))

    assert aspect_ratio(0) < 0.15
    assert aspect_ratio(1) > 0.25


@pytest.mark.parametrize("action", ACTIONS)
def test_the_face_is_never_lost_during_an_action(engine: Engine, person: VirtualPerson, action: str) -> None:
    for frame in person.clip(action, fps=4):
        assert _read(engine, frame).faces == 1


@pytest.mark.parametrize("action", ["turn_left", "turn_right"])
def test_a_head_has_depth_and_a_print_has_none(engine: Engine, person: VirtualPerson, action: str) -> None:
    def depth(clip: list[Bytes]) -> float:
        resting, turned = (_points(_face(engine, clip[at])) for at in (0, len(clip) // 2))
        return residual(resting, turned)

    assert depth(person.clip(action, fps=4)) > FLAT * 1.5
    assert depth(flat_photo_clip(person, action, fps=4)) < FLAT * 0.6
    assert depth(flat_photo_clip(person, action, bend=0.6, fps=4)) < FLAT * 0.8


def test_a_strangers_photo_does_not_match(engine: Engine, person: VirtualPerson) -> None:
    stranger = _embedding(engine, stranger_photo(person))
    for pose in (Pose(), Pose(yaw_degrees=15), Pose(pitch_degrees=10)):
        assert float(_embedding(engine, person.frame(pose)) @ stranger) < SAME_PERSON - 0.1


@pytest.mark.parametrize(
    ("subject", "faces"), [("nobody", 0), ("two_people", 2), ("far_away", 1), ("print", 1)]
)
def test_other_subjects_show_as_many_faces(
    engine: Engine, person: VirtualPerson, subject: str, faces: int
) -> None:
    frame = base64.b64decode(Scenes(person).clip(subject, "idle")[0])
    assert _read(engine, frame).faces == faces
