"""`python -m liveness attack`: what it writes can be checked, and what it judges is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from liveness import ModelPack
from liveness.__main__ import main
from liveness.attacks import KINDS
from liveness.commands import attack
from tests.virtual_person import VirtualPerson


@pytest.fixture
def networks(pack: ModelPack) -> list[str]:
    return ["--directory", str(pack.one("detector").path.parent)]


@pytest.fixture
def photo(person: VirtualPerson, tmp_path: Path) -> str:
    (tmp_path / "photo.jpg").write_bytes(person.photo())
    return str(tmp_path / "photo.jpg")


def test_help_names_every_kind() -> None:
    assert sorted(attack.KINDS) == sorted(KINDS)


def test_written_frames_are_checked_like_any_others(
    photo: str, networks: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "frames"
    asked = ["--actions", "turn_left"]
    assert main(["attack", photo, "--kind", "bent", "--out", str(out), *asked, *networks]) == 0
    assert len(list(out.glob("*.jpg"))) > 30
    assert main(["check", str(out), *asked, *networks]) == 1
    assert "flat" in capsys.readouterr().out


def test_a_judged_attack_names_the_gates(
    photo: str, networks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["attack", photo, "--kind", "frozen", "--judge", "--actions", "blink", *networks]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "refused as frames_repeated by frames, challenge" in said


def test_a_film_is_replayed_from_a_directory(
    photo: str,
    film: list[np.ndarray],
    networks: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    for number, frame in enumerate(film[:60]):
        cv2.imwrite(str(folder / f"{number:03}.jpg"), frame)
    replay = ["attack", photo, "--kind", "virtual_camera", "--film", str(folder), "--judge", *networks]
    assert main([*replay, "--actions", "open_mouth,turn_left"]) == 0
    assert "refused as wrong_order" in capsys.readouterr().out
    # The film's own first action is what a recording of the right question does: nothing refuses it.
    assert main([*replay, "--actions", "nod"]) == 1
    assert "NOT refused" in capsys.readouterr().out
    # Without a photo the film's first frame with a face is one.
    alone = ["attack", str(folder), "--kind", "loop", "--out", str(tmp_path / "out"), *networks]
    assert main(alone) == 0


@pytest.mark.parametrize(
    "more",
    [
        ["--kind", "print"],
        ["--kind", "print", "--judge", "--actions", ""],
        ["--kind", "replay", "--judge"],
        ["--kind", "swap", "--judge"],
    ],
    ids=["nothing to do", "no actions", "no film", "no accomplice"],
)
def test_wrong_use_is_said(photo: str, networks: list[str], more: list[str]) -> None:
    assert main(["attack", photo, *more, *networks]) == 2


def test_a_photo_without_a_face_cannot_be_attacked_with(
    networks: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((300, 300, 3), 120, np.uint8))
    assert main(["attack", str(tmp_path / "wall.png"), "--kind", "print", "--judge", *networks]) == 2
    assert "no face" in capsys.readouterr().err
