import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from liveness import ManifestInvalid, ModelMissing, ModelPack, ModelTampered
from tests.liveness.networks import write_pad_override


@pytest.fixture
def copied(pack: ModelPack, tmp_path: Path) -> Path:
    directory = tmp_path / "models"
    shutil.copytree(pack.one("detector").path.parent, directory)
    return directory


def test_a_missing_file_refuses_to_load(copied: Path):
    (copied / "fr_eye.onnx").unlink()
    with pytest.raises(ModelMissing, match="fr_eye"):
        ModelPack.load(copied)


def test_one_changed_byte_refuses_to_load(copied: Path):
    weights = bytearray((copied / "fr_eye.onnx").read_bytes())
    weights[-1] ^= 1
    (copied / "fr_eye.onnx").write_bytes(weights)
    with pytest.raises(ModelTampered, match="fr_eye"):
        ModelPack.load(copied)


def test_a_file_exchanged_after_loading_is_not_opened(copied: Path):
    pack = ModelPack.load(copied)
    (copied / "fr_eye.onnx").write_bytes((copied / "fr_landmark.onnx").read_bytes())
    with pytest.raises(ModelTampered):
        pack.run(pack.one("eyes"), np.zeros((1, 1, 24, 24), np.float32))
    (copied / "fr_eye.onnx").unlink()
    with pytest.raises(ModelMissing):
        pack.run(pack.one("eyes"), np.zeros((1, 1, 24, 24), np.float32))


def test_an_operator_replaces_a_role_by_configuration_alone(copied: Path, tmp_path: Path):
    manifest = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0), (1.0, 2.0, 3.0))
    for override in (manifest, manifest.parent):
        pack = ModelPack.load(copied, override=override)
        assert [model.name for model in pack.all("pad")] == ["own_0", "own_1"]
        assert pack.one("detector").name == "yunet"
        assert {"detector/yunet", "pad/own_0", "pad/own_1"} <= pack.hashes.keys()
    (logits,) = pack.run(pack.all("pad")[1], np.ones((1, 3, 80, 80), np.float32)).values()
    assert logits.tolist() == [[1.0, 2.0, 3.0]]


def test_the_operators_networks_are_hashed_too(copied: Path, tmp_path: Path):
    manifest = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0))
    (manifest.parent / "own_0.onnx").write_bytes(b"other")
    with pytest.raises(ModelTampered):
        ModelPack.load(copied, override=manifest)


def test_two_networks_for_a_role_of_one_are_refused(copied: Path, tmp_path: Path):
    manifest = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0), (0.0, 5.0, 0.0))
    manifest.write_text(manifest.read_text().replace('role = "pad"', 'role = "eyes"'))
    with pytest.raises(ManifestInvalid, match="role eyes"):
        ModelPack.load(copied, override=manifest)


def test_threads_share_one_session_and_get_the_same_answer(copied: Path):
    pack = ModelPack.load(copied)
    picture = np.full((1, 1, 24, 24), 0.5, np.float32)
    start = threading.Barrier(8)
    answers: list[bytes] = []

    def run() -> None:
        start.wait()
        answers.append(next(iter(pack.run(pack.one("eyes"), picture).values())).tobytes())

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
