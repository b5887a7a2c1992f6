"""Real pictures and better networks, where they lie beside the repository; they are not part of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liveness import Engine, ModelPack
from liveness.packs.adding import add_pack

LIVE, ATTACKS = "image_T1.jpg", ("image_F1.jpg", "image_F2.jpg")


@pytest.fixture(scope="module")
def faces(shared: Path) -> Path:
    if not (shared / "faces" / LIVE).is_file():
        pytest.skip("no faces beside the repository")
    return shared / "faces"


@pytest.fixture(scope="module")
def minivision(shared: Path, pack: ModelPack, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The pack, added from the directory that holds the files."""
    source = shared / "models" / "minivision"
    if len(list(source.glob("*.onnx"))) != 2:
        pytest.skip("no minivision networks beside the repository")
    directory = tmp_path_factory.mktemp("models")
    installed = pack.one("detector").path.parent
    shutil.copytree(installed, directory, ignore=shutil.ignore_patterns("packs"), dirs_exist_ok=True)
    assert add_pack(source, directory) == "minivision"
    found = ModelPack.load(directory, packs=["minivision"])
    assert [model.name for model in found.all("pad")] == ["fr_liveness", "minifasnet_v2", "minifasnet_v1se"]
    return Engine(found)


@pytest.mark.parametrize("which", ["registry", "minivision"])
def test_live_and_attack_pictures_are_told_apart(
    which: str, faces: Path, engine: Engine, request: pytest.FixtureRequest
):
    chosen = engine if which == "registry" else request.getfixturevalue("minivision")

    def least_and_most(name: str) -> tuple[float, float]:
        facts = chosen.read((faces / name).read_bytes(), t_ms=0, received_ms=0)
        assert facts.faces == 1
        assert facts.pad is not None
        return min(facts.pad), max(facts.pad)

    assert least_and_most(LIVE)[0] > 0.9
    assert all(least_and_most(name)[1] < 0.3 for name in ATTACKS)


def test_a_head_turned_to_its_own_left_has_a_positive_yaw(faces: Path, engine: Engine):
    facts = engine.read((faces / LIVE).read_bytes(), t_ms=0, received_ms=0)
    assert facts.face is not None
    assert 10 < facts.face.yaw < 35
