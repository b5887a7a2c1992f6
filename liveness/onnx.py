"""Networks that are what their manifest says: hashed at load, opened once, safe from many threads.

Loading hashes the files and nothing more, so that a provider can check its models while it
starts; onnxruntime itself comes with the first picture.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liveness.errors import ManifestInvalid, ModelMissing, ModelTampered
from liveness.manifest import BUILT_IN, ROLES, Model, Role, read_manifest
from liveness.thresholds import Thresholds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


class ModelPack:
    """All networks of an engine, by role. Sessions open lazily, once each."""

    def __init__(self, models: Iterable[Model], thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self._models = tuple(models)
        self._sessions: dict[str, Any] = {}
        self._locks = {model.name: threading.Lock() for model in self._models}
        if len(self._locks) != len(self._models):
            raise ManifestInvalid("two models have the same name")
        for role in ROLES:
            count = len(self.all(role))
            if count == 0 or (count > 1 and role != "pad"):
                raise ManifestInvalid(f"{count} models have the role {role}")

    @classmethod
    def load(
        cls, directory: Path | str, manifest: Path | None = None, *, override: Path | None = None
    ) -> ModelPack:
        """Check every file and return the pack.

        :param directory: where `models install` put the files.
        :param override: an operator's own manifest (or the directory that holds its `models.toml`);
            each role that it names is taken from it alone, its files from beside it.
        :raises ManifestInvalid, ModelMissing, ModelTampered: then no face check can be offered.
        """
        built_in = read_manifest(manifest or BUILT_IN, Path(directory))
        models, thresholds = built_in.models, Thresholds.of(built_in.gates)
        if override is not None:
            path = override / "models.toml" if override.is_dir() else override
            own = read_manifest(path, path.parent)
            replaced = {model.role for model in own.models}
            models = tuple(model for model in models if model.role not in replaced) + own.models
            thresholds = thresholds.but(own.gates)
        for model in models:
            check_file(model)
        return cls(models, thresholds)

    def all(self, role: Role) -> tuple[Model, ...]:
        return tuple(model for model in self._models if model.role == role)

    def one(self, role: Role) -> Model:
        return self.all(role)[0]

    @property
    def hashes(self) -> Mapping[str, str]:
        """Role (with the network's name where a role has several) -> sha256, for the verdict."""
        return {
            model.role if len(self.all(model.role)) == 1 else f"{model.role}/{model.name}": model.sha256
            for model in self._models
        }

    def run(self, model: Model, tensor: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """All outputs of the network by name, for an NCHW float32 tensor."""
        session = self._sessions.get(model.name) or self._open(model)
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {session.get_inputs()[0].name: tensor}), strict=True))

    def _open(self, model: Model) -> Any:
        with self._locks[model.name]:
            if model.name not in self._sessions:
                self._sessions[model.name] = _new_session(model)
            return self._sessions[model.name]


def _new_session(model: Model) -> Any:
    import onnxruntime  # here, so that importing this module stays cheap

    try:
        weights = model.path.read_bytes()
    except OSError as error:
        raise ModelMissing(f"{model.name}: {model.path.name} is gone") from error
    # Hashed again: the file may have been exchanged between start-up and first use.
    if hashlib.sha256(weights).hexdigest() != model.sha256:
        raise ModelTampered(f"{model.name}: {model.path.name} does not have the pinned sha256")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Workers are many and sessions live long: what a run needed is given back to the next one, not kept.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
