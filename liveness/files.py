"""Files of networks, and whether they are the pinned ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

from liveness.errors import ModelMissing, ModelTampered
from liveness.manifest import Model

_CHUNK_BYTES = 1 << 20


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces to spare memory."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def check_file(model: Model) -> None:
    """:raises ModelMissing, ModelTampered: the file is not there, or is not the pinned one."""
    if not model.path.is_file():
        raise ModelMissing(f"{model.name}: {model.path.name} is not in {model.path.parent}")
    if file_sha256(model.path) != model.sha256:
        raise ModelTampered(f"{model.name}: {model.path.name} does not have the pinned sha256")


def is_whole(model: Model) -> bool:
    """Is the pinned file there?"""
    try:
        check_file(model)
    except (ModelMissing, ModelTampered):
        return False
    return True
