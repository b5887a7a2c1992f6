"""Bring a pack into the models directory: from the web, or from a directory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from liveness.errors import InstallFailed, ManifestInvalid
from liveness.files import check_file, file_sha256, is_whole
from liveness.installing import STAGING_PREFIX, one_at_a_time, place
from liveness.manifest import Download, Manifest, Model, read_manifest
from liveness.packs import as_installed, known_pack, pack_directory, pack_names, pins
from liveness.packs.downloading import download
from liveness.trying import try_out


def install_pack(
    pack: Manifest,
    folder: Path,
    *,
    fetch: Callable[[str, Path], None] = download,
    say: Callable[[str], None] = print,
) -> tuple[Path, ...]:
    """Fetch what is missing of a pack of ours into its `folder`; return the files that were written.

    :raises InstallFailed: no answer, or other bytes than the pinned ones.
    :raises ModelUnfit: the pinned bytes are no network for their role.
    """
    written: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder), tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=folder) as staging:
        for model in pack.models:
            if not isinstance(model.source, Download) or is_whole(as_installed(model)):
                continue
            say(f"fetching {model.source.url}")
            fetched = Path(staging) / "fetched"
            fetch(model.source.url, fetched)
            _place(fetched, model, Path(staging))
            written.append(model.path)
    return tuple(written)


def add_pack(source: Path, directory: Path, *, name: str | None = None) -> str:
    """Copy the networks of a directory into a pack; return its name.

    With a `models.toml` in it, it is the operator's own pack, called `name` or as the directory is. Without
    one, its files are those of a pack of ours, recognised by their SHA-256 whatever they are called.

    :raises InstallFailed: neither the one nor the other.
    :raises ManifestInvalid, ModelMissing, ModelTampered, ModelUnfit: an own pack that is not what it says.
    """
    if (source / "models.toml").is_file():
        return _add_own(source, directory, name or source.resolve().name)
    files = {file_sha256(path): path for path in sorted(source.glob("*")) if path.is_file()}
    for known in pack_names():
        pack = known_pack(directory, known)
        found = [] if pack is None else _found(pack.models, files)
        if pack is not None and len(found) == len(pack.models):
            _copy(pack_directory(directory, known), found)
            return known
    wanted = "; ".join(f"{known} ({_described(known, directory)})" for known in pack_names())
    raise InstallFailed(f"{source} has no models.toml, nor all networks of a pack that is known: {wanted}")


def _add_own(source: Path, directory: Path, name: str) -> str:
    folder = pack_directory(directory, name)
    if name in pack_names():
        raise ManifestInvalid(f"{name} is the name of a pack of ours; choose another with --name")
    pack = read_manifest(source / "models.toml", source)
    if not pack.models:
        raise ManifestInvalid(f"{source / 'models.toml'} names no network")
    for model in pack.models:
        check_file(model)
    _copy(folder, [(model.path, replace(model, path=folder / model.path.name)) for model in pack.models])
    draft = folder / f"{STAGING_PREFIX}models.toml"
    draft.write_bytes((source / "models.toml").read_bytes())
    draft.replace(folder / "models.toml")  # last: before it the pack is not installed
    return name


def _found(models: tuple[Model, ...], files: Mapping[str, Path]) -> list[tuple[Path, Model]]:
    """The networks whose files are there, each pinned to the export that is."""
    pairs = (
        (files[pin], replace(model, sha256=pin)) for model in models for pin in pins(model) if pin in files
    )
    return list({model.name: (file, model) for file, model in pairs}.values())


def _copy(folder: Path, models: list[tuple[Path, Model]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder), tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=folder) as staging:
        for file, model in models:
            _place(file, model, Path(staging))


def _place(file: Path, model: Model, staging: Path) -> None:
    weights = file.read_bytes()
    place(weights, model, staging, before=lambda draft: try_out(replace(model, path=draft)))


def _described(name: str, directory: Path) -> str:
    pack = known_pack(directory, name)
    models = () if pack is None else pack.models
    return ", ".join(f"{model.path.name} with sha256 {' or '.join(pins(model))}" for model in models)
