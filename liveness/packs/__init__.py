"""Packs: networks that are installed beside the built-in ones, and used where the operator names them.

A pack lies in `packs/NAME` of the models directory. For a pack of ours the manifest is the TOML file here,
with its pins; an operator's own pack brings its `models.toml` along.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from liveness.errors import ManifestInvalid, ModelMissing
from liveness.files import file_sha256
from liveness.manifest import Download, Manifest, Model, read_manifest

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def pack_names() -> tuple[str, ...]:
    """The packs whose pins we know."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.toml")))


def installed_packs(directory: Path) -> tuple[str, ...]:
    """Those of which there is a file; a download that failed leaves an empty directory."""
    folders = (path.parent.name for path in (directory / "packs").glob("*/[!.]*"))
    return tuple(sorted({name for name in folders if _NAME.fullmatch(name)}))


def pack_directory(directory: Path, name: str) -> Path:
    """:raises ManifestInvalid: a name that is no plain one."""
    if not _NAME.fullmatch(name):
        raise ManifestInvalid(f"a pack's name is lower-case letters, digits, - and _, not {name!r}")
    return directory / "packs" / name


def known_pack(directory: Path, name: str) -> Manifest | None:
    """The pins of a pack of ours, for files in the models directory; None when it is none of ours."""
    recipe = Path(__file__).with_name(f"{name}.toml")
    return read_manifest(recipe, pack_directory(directory, name)) if name in pack_names() else None


def read_pack(directory: Path, name: str) -> Manifest:
    """:raises ModelMissing, ManifestInvalid: it is not installed, or does not say what it must."""
    folder = pack_directory(directory, name)
    ours = known_pack(directory, name)
    if ours is not None:
        # Our pins alone count: a manifest beside the files could be exchanged with them.
        return replace(ours, models=tuple(map(as_installed, ours.models)))
    if not (folder / "models.toml").is_file():
        raise ModelMissing(
            f"the pack {name} is not in {directory}: add it with `python -m liveness models add DIR`"
        )
    return read_manifest(folder / "models.toml", folder)


def as_installed(model: Model) -> Model:
    """Pinned to the export that is there, where several are as good."""
    if isinstance(model.source, Download) and model.path.is_file():
        digest = file_sha256(model.path)
        if digest in model.source.also:
            return replace(model, sha256=digest)
    return model


def pins(model: Model) -> tuple[str, ...]:
    """Every SHA-256 that the network's file may have."""
    return (model.sha256, *(model.source.also if isinstance(model.source, Download) else ()))
