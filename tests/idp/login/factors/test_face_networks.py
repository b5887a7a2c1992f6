"""What the settings say of networks and gates reaches the engine; what is wrong closes the face alone."""

import shutil
from dataclasses import fields
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from idp import settings
from idp.login.factors.face import Caller, FaceChecks
from idp.settings import Gate, Settings, SettingsWrong
from liveness.attacks.session import jpeg
from liveness.packs.adding import add_pack
from liveness.thresholds import Thresholds
from tests.liveness.networks import write_pad_override

MODELS = settings.ROOT / "var" / "models"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The installed networks, and a pack of the operator beside them."""
    directory = tmp_path / "models"
    shutil.copytree(MODELS, directory, ignore=shutil.ignore_patterns("packs"))
    add_pack(write_pad_override(tmp_path / "certified", (0.0, 5.0, 0.0)).parent, directory)
    return directory


def configured(models: Path, **more: str) -> Settings:
    chosen = {f"IDP_LIVENESS__{name.upper()}": value for name, value in more.items()}
    return settings.load({"IDP_LIVENESS__MODELS_DIRECTORY": str(models), **chosen})


def test_the_settings_know_every_gate_and_no_other() -> None:
    assert set(get_args(Gate)) == {field.name for field in fields(Thresholds)}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("THRESHOLDS__PLANARITEE", "0.5", r"liveness\.thresholds\.planaritee"),
        ("THRESHOLDS__PLANARITY", "high", r"liveness\.thresholds\.planarity"),
        ("THRESHOLDS__MATCH", "1.5", r"liveness\.thresholds\.match"),
        ("MATCH_FAR", "0", r"liveness\.match_far"),
        ("PACKS", "../up", r"liveness\.packs"),
    ],
)
def test_a_wrong_one_stops_the_start_by_its_name(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsWrong, match=said):
        settings.load({f"IDP_LIVENESS__{name}": value})


def test_thresholds_of_the_settings_are_those_of_the_engine(models: Path) -> None:
    found = configured(models, thresholds__planarity="0.08", thresholds__match="0.55", packs="certified")
    pack = FaceChecks.pack_of(found)
    assert (pack.thresholds.planarity, pack.thresholds.match, pack.thresholds.quality) == (0.08, 0.55, 0.5)
    assert [model.name for model in pack.all("pad")] == ["own_0"]
    assert FaceChecks.of(found).is_available()


def tamper(models: Path) -> None:
    file = models / "packs" / "certified" / "own_0.onnx"
    file.write_bytes(file.read_bytes()[:-1] + b"\1")


def lose(models: Path) -> None:
    (models / "packs" / "certified" / "own_0.onnx").unlink()


def never_install(models: Path) -> None:
    shutil.rmtree(models / "packs")


@pytest.mark.parametrize(
    ("happens", "said"), [(tamper, "sha256"), (lose, "own_0"), (never_install, "certified")]
)
def test_a_pack_that_is_not_whole_closes_the_face(
    models: Path, caplog: pytest.LogCaptureFixture, happens: object, said: str
) -> None:
    happens(models)  # type: ignore[operator]
    assert not FaceChecks.of(configured(models, packs="certified")).is_available()
    assert said in caplog.text
    assert FaceChecks.of(configured(models)).is_available()


@pytest.mark.parametrize(("name", "value"), [("match_far", "0.000001"), ("match_network", "fr_feature")])
def test_a_match_without_a_figure_closes_the_face(
    models: Path, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    assert not FaceChecks.of(configured(models, **{name: value})).is_available()
    assert "no figure for" in caplog.text


def test_the_providers_engine_draws_lots() -> None:
    """Whoever knows the rules of `liveness.schedule` does not know which frames are compared."""
    wall = jpeg(np.full((200, 200, 3), 90, np.uint8))
    frames = [(wall, t_ms) for t_ms in range(150)]
    caller = Caller("a session", "a browser", "192.0.2.7")
    facts = FaceChecks.of(configured(MODELS)).read(frames, caller=caller, received_ms=0, previous=())
    drawn = sum(one.by_lot for one in facts)
    assert 0 < drawn < 75  # missed once in half a billion runs
