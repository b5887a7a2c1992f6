"""Packs from the web and from directories: what is not the pinned file, or is no network, never gets in."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from liveness import ManifestInvalid, ModelMissing, ModelTampered
from liveness.errors import InstallFailed, ModelUnfit
from liveness.manifest import Manifest, read_manifest
from liveness.packs import installed_packs, known_pack, read_pack
from liveness.packs.adding import add_pack, install_pack
from liveness.packs.downloading import download
from tests.liveness.networks import constant_network, write_pad_override

NETWORK = constant_network((1, 3, 80, 80), [0.0, 1.0, 0.0])
ANOTHER_EXPORT = constant_network((1, 3, 80, 80), [0.0, 1.0, 0.5])


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def web() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A server on this machine: what lies where; /moved leads on, /short breaks off."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/network")
                self.end_headers()
            elif self.path in files:
                self.send_response(200)
                content = files[self.path]
                self.send_header("Content-Length", str(len(content) + 9 * (self.path == "/short")))
                self.end_headers()
                self.wfile.write(content)
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", files
    server.shutdown()
    thread.join()
    server.server_close()


def recipe(tmp_path: Path, url: str, content: bytes = NETWORK) -> tuple[Manifest, Path]:
    path = tmp_path / "recipe.toml"
    path.write_text(
        'joins = ["pad"]\n[[models]]\nname = "one"\nrole = "pad"\nfile = "one.onnx"\n'
        f'sha256 = "{sha(content)}"\n'
        'size = 80\ncolour = "bgr"\nlive_class = 1\nlicence = "own"\n'
        f'[models.source]\nurl = "{url}"\nalso = ["{sha(ANOTHER_EXPORT)}"]\n'
    )
    folder = tmp_path / "models" / "packs" / "one"
    return read_manifest(path, folder), folder


def quiet(_: str) -> None:
    return None


def fetch_nothing(url: str, target: Path) -> None:
    raise AssertionError(url)


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".lock"}


@pytest.mark.parametrize("path", ["/network", "/moved"])
def test_a_pack_is_fetched_once(tmp_path: Path, web: tuple[str, dict[str, bytes]], path: str):
    origin, files = web
    files["/network"] = NETWORK
    pack, folder = recipe(tmp_path, origin + path)
    assert [file.name for file in install_pack(pack, folder, say=quiet)] == ["one.onnx"]
    assert (folder / "one.onnx").read_bytes() == NETWORK
    assert install_pack(pack, folder, fetch=fetch_nothing, say=quiet) == ()


def test_another_export_that_is_there_is_left_alone(tmp_path: Path):
    pack, folder = recipe(tmp_path, "http://127.0.0.1:1/never")
    folder.mkdir(parents=True)
    (folder / "one.onnx").write_bytes(ANOTHER_EXPORT)
    assert install_pack(pack, folder, fetch=fetch_nothing, say=quiet) == ()


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("/network", NETWORK + b"\0", "not the pinned ones"),
        ("/nowhere", b"", "404"),
        ("/short", NETWORK, "could not be fetched|cut short"),
    ],
)
def test_other_bytes_than_the_pinned_ones_are_not_kept(
    tmp_path: Path, web: tuple[str, dict[str, bytes]], path: str, content: bytes, says: str
):
    origin, files = web
    if content:
        files[path] = content
    pack, folder = recipe(tmp_path, origin + path)
    with pytest.raises(InstallFailed, match=says):
        install_pack(pack, folder, say=quiet)
    assert files_of(folder) == set()
    assert installed_packs(tmp_path / "models") == ()


def test_pinned_bytes_that_are_no_network_are_not_kept(tmp_path: Path, web: tuple[str, dict[str, bytes]]):
    origin, files = web
    files["/network"] = b"no network"
    pack, folder = recipe(tmp_path, origin + "/network", b"no network")
    with pytest.raises(ModelUnfit, match="one"):
        install_pack(pack, folder, say=quiet)
    assert files_of(folder) == set()


def test_a_download_is_bounded(tmp_path: Path, web: tuple[str, dict[str, bytes]]):
    origin, files = web
    files["/network"] = NETWORK
    with pytest.raises(InstallFailed, match="larger or slower"):
        download(origin + "/network", tmp_path / "file", most_bytes=10)
    times = iter((0.0, 10_000.0))
    with pytest.raises(InstallFailed, match="larger or slower"):
        download(origin + "/network", tmp_path / "file", clock=lambda: next(times))
    with pytest.raises(InstallFailed, match="only http"):
        download("file:///etc/hostname", tmp_path / "file")
    with pytest.raises(InstallFailed, match="could not be fetched"):
        download("http://127.0.0.1:1/", tmp_path / "file")


def test_an_operators_directory_becomes_a_pack(tmp_path: Path):
    source = write_pad_override(tmp_path / "certified", (0.0, 5.0, 0.0), (0.0, 3.0, 0.0)).parent
    models = tmp_path / "models"
    assert add_pack(source, models) == "certified"
    assert installed_packs(models) == ("certified",)
    assert [model.name for model in read_pack(models, "certified").models] == ["own_0", "own_1"]
    assert add_pack(source, models, name="again") == "again"


@pytest.mark.parametrize("name", ["minivision", "../up", "Upper", ""])
def test_a_pack_has_a_plain_name_of_its_own(tmp_path: Path, name: str):
    source = write_pad_override(tmp_path / "CERTIFIED", (0.0, 5.0, 0.0)).parent
    with pytest.raises(ManifestInvalid):
        add_pack(source, tmp_path / "models", name=name)


def test_a_directory_that_is_not_what_it_says_is_not_added(tmp_path: Path):
    models = tmp_path / "models"
    source = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0)).parent
    (source / "own_0.onnx").write_bytes(b"other")
    with pytest.raises(ModelTampered):
        add_pack(source, models)
    (source / "own_0.onnx").unlink()
    with pytest.raises(ModelMissing):
        add_pack(source, models)
    (source / "models.toml").write_text("")
    with pytest.raises(ManifestInvalid, match="no network"):
        add_pack(source, models)
    assert installed_packs(models) == ()
    with pytest.raises(ModelMissing, match="models add"):
        read_pack(models, "own")


@pytest.mark.parametrize(
    ("answer", "live_class", "says"),
    [((1.0,), 0, "no answer"), ((1.0, 2.0), 2, "no class 2"), ((float("nan"), 2.0), 1, "no answer")],
)
def test_a_network_that_cannot_vote_is_not_added(
    tmp_path: Path, answer: tuple[float, ...], live_class: int, says: str
):
    source = write_pad_override(tmp_path / "own", answer).parent  # type: ignore[arg-type]
    manifest = source / "models.toml"
    manifest.write_text(manifest.read_text().replace("live_class = 1", f"live_class = {live_class}"))
    with pytest.raises(ModelUnfit, match=says):
        add_pack(source, tmp_path / "models")
    assert installed_packs(tmp_path / "models") == ()


def test_a_network_for_pictures_of_another_size_is_not_added(tmp_path: Path):
    manifest = write_pad_override(tmp_path / "own", (0.0, 5.0, 0.0))
    manifest.write_text(manifest.read_text().replace("size = 80", "size = 112"))
    with pytest.raises(ModelUnfit, match="own_0"):
        add_pack(manifest.parent, tmp_path / "models")


def test_files_without_a_manifest_have_to_be_all_those_of_a_known_pack(tmp_path: Path):
    (tmp_path / "some.onnx").write_bytes(NETWORK)
    with pytest.raises(InstallFailed, match=r"minivision \(2\.7_80x80_MiniFASNetV2\.onnx with sha256 b32929"):
        add_pack(tmp_path, tmp_path / "models")


def test_the_known_packs_pin_every_file_to_one_address():
    pack = known_pack(Path("models"), "minivision")
    assert pack is not None
    assert pack.joins == ("pad",)
    for model in pack.models:
        assert model.source is not None
        assert model.source.url.startswith("https://")  # type: ignore[union-attr]
        assert all(len(pin) == 64 for pin in (model.sha256, *model.source.also))  # type: ignore[union-attr]
    assert known_pack(Path("models"), "other") is None
