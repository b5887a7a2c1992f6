from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness import Action, Engine, ModelPack
from liveness.evaluation.fingerprint import of_content, of_setup
from liveness.evaluation.scoring import Outcome, score
from liveness.recordings import Kind
from tests.liveness.networks import write_pad_override
from tests.liveness.playing import FPS, Session, jpeg
from tests.liveness.recordings.videos import grey, write_video

ASKED = (Action.TURN_LEFT, Action.BLINK, Action.OPEN_MOUTH)


@pytest.fixture(scope="module")
def frames(passed: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("frames")
    for index, image in enumerate(passed.images):
        (directory / f"{index}.jpg").write_bytes(image)
    return directory


def scored(engine: Engine, path: Path, kind: Kind, *actions: Action) -> Outcome:
    return score(engine, path, kind, actions=actions, fps=FPS)


def test_a_directory_is_judged_as_the_session_that_it_was(engine: Engine, frames: Path, passed: Session):
    verdict = engine.judge(passed.challenge, passed.facts)
    outcome = scored(engine, frames, Kind.DIRECTORY, *ASKED)
    assert (outcome.live, outcome.refused_by, outcome.failed) == (True, "", ())
    assert outcome.frames == len(passed.images)
    assert outcome.score == next(gate.score for gate in verdict.gates if gate.name == "antispoof")
    assert outcome.unproved == verdict.unproved


def test_another_challenge_than_was_asked_is_refused(engine: Engine, frames: Path):
    outcome = scored(engine, frames, Kind.DIRECTORY, Action.BLINK, Action.TURN_LEFT)
    assert (outcome.live, outcome.refused_by) == (False, "wrong_order")
    assert "challenge" in outcome.failed
    assert outcome.score is not None


def test_without_a_challenge_its_gates_are_unproved(engine: Engine, frames: Path):
    assert {"challenge", "planarity"} <= set(scored(engine, frames, Kind.DIRECTORY).unproved)


def test_a_still_picture_has_a_score_and_no_verdict(engine: Engine, frames: Path, passed: Session):
    outcome = scored(engine, frames / "0.jpg", Kind.STILL)
    facts = engine.read(passed.images[0], t_ms=0, received_ms=0)
    assert facts.pad is not None
    assert outcome == Outcome(Kind.STILL, 1, pytest.approx(facts.pad[0]))


def test_a_turned_face_in_a_still_picture_has_a_score_too(engine: Engine, passed: Session, tmp_path: Path):
    turned = max(
        range(len(passed.facts)), key=lambda i: passed.facts[i].face.yaw if passed.facts[i].face else 0
    )
    (tmp_path / "turned.jpg").write_bytes(passed.images[turned])
    assert scored(engine, tmp_path / "turned.jpg", Kind.STILL).score is not None


def test_a_video_is_a_session(engine: Engine, passed: Session, tmp_path: Path):
    images = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in passed.images[:30]]
    path = write_video(tmp_path / "film.avi", images, fps=FPS)
    outcome = scored(engine, path, Kind.VIDEO)
    assert (outcome.kind, outcome.frames, outcome.live) == ("video", 30, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xd8\xff\xd9", None),
        (jpeg(grey(1)[0]), "too_small"),
        (jpeg(grey(1, width=320, height=240)[0]), "no_face"),
    ],
)
def test_a_picture_without_a_face_or_that_is_none_has_no_answer(
    engine: Engine, content: bytes, reason: str | None, tmp_path: Path
):
    (tmp_path / "a.jpg").write_bytes(content)
    outcome = scored(engine, tmp_path / "a.jpg", Kind.STILL)
    assert outcome.score is None
    assert outcome.no_answer
    assert reason in (None, outcome.no_answer)


def test_sessions_without_an_answer_say_why(engine: Engine, tmp_path: Path):
    small = write_video(tmp_path / "small.avi", grey(3), fps=10)
    assert scored(engine, small, Kind.VIDEO).no_answer == "too_small"
    empty = write_video(tmp_path / "empty.avi", grey(3, width=320, height=240), fps=10)
    assert scored(engine, empty, Kind.VIDEO).no_answer == "no_face"
    (tmp_path / "none").mkdir()
    assert scored(engine, tmp_path / "none", Kind.DIRECTORY).no_answer == "no_pictures"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(999))
    assert scored(engine, broken, Kind.VIDEO).no_answer == "undecodable"


def test_content_is_known_by_its_bytes_in_their_order(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    for directory, contents in ((one, b"ab"), (other, b"ba")):
        directory.mkdir()
        for index, content in enumerate(contents):
            (directory / f"{index}.jpg").write_bytes(bytes([content]))
    assert of_content(one, Kind.DIRECTORY) != of_content(other, Kind.DIRECTORY)
    (other / "0.jpg").rename(other / "2.jpg")
    assert of_content(one, Kind.DIRECTORY) == of_content(other, Kind.DIRECTORY)


def test_a_setup_is_another_one_with_other_networks_or_thresholds(pack: ModelPack, tmp_path: Path):
    directory = pack.one("detector").path.parent
    manifest = write_pad_override(tmp_path / "own", (0.0, 1.0, 0.0))
    first = of_setup(ModelPack.load(directory, override=manifest))
    assert first == of_setup(ModelPack.load(directory, override=manifest))
    assert first != of_setup(pack)
    manifest.write_text(manifest.read_text().replace("crop = 2.7", "crop = 4.0"))
    second = of_setup(ModelPack.load(directory, override=manifest))
    assert second != first
    manifest.write_text("[gates]\nantispoof = 0.7\n" + manifest.read_text())
    assert of_setup(ModelPack.load(directory, override=manifest)) not in (first, second)
