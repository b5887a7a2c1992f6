"""Networks that are what their manifest says: hashed at load, opened once, safe from many threads.

Loading hashes the files and nothing more, so that a provider can check its models while it
starts; onnxruntime itself comes with the first picture.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from liveness.choosing import MATCH_FAR, choose
from liveness.errors import ManifestInvalid, ModelMissing, ModelTampered
from liveness.files import check_file
from liveness.manifest import BUILT_IN, ROLES, Model, Role
from liveness.thresholds import Thresholds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_CHUNK_BYTES = 1 << 20


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
        cls,
        directory: Path | str,
        manifest: Path = BUILT_IN,
        *,
        packs: Sequence[str] = (),
        override: Path | None = None,
        match_network: str | None = None,
        match_far: float = MATCH_FAR,
        thresholds: Mapping[str, float] | None = None,
    ) -> ModelPack:
        """Check every file and return the pack.

        :param directory: where `models install` put the files.
        :param packs: names of installed packs (`models install --pack`, `models add`) to work with.
        :param override: an operator's own manifest (or the directory that holds its `models.toml`);
            each role that it names is taken from it alone, its files from beside it.
        :param match_network: the network for the match, by name, where there are several.
        :param match_far: how often a stranger may pass the match; see `liveness.matching`.
        :param thresholds: of gates, by name; over all that manifests say.
        :raises ManifestInvalid, ModelMissing, ModelTampered: then no face check can be offered.
        """
        choice = choose(
            Path(directory),
            manifest=manifest,
            packs=packs,
            override=override,
            match_network=match_network,
            match_far=match_far,
            thresholds=thresholds,
        )
        for model in choice.models:
            check_file(model)
        return cls(choice.models, choice.thresholds)

    def all(self, role: Role) -> tuple[Model, ...]:
        return tuple(model for model in self._models if model.role == role)

    def one(self, role: Role) -> Model:
        return self.all(role)[0]

    @property
    def hashes(self) -> Mapping[str, str]:
        """role/name -> sha256, for the verdict."""
        return {f"{model.role}/{model.name}": model.sha256 for model in self._models}

    def run(self, model: Model, tensor: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """All outputs of the network by name, for an NCHW float32 tensor."""
        session = self._sessions.get(model.name) or self._open(model)
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, {session.get_inputs()[0].name: tensor}), strict=True))

    def _open(self, model: Model) -> Any:
        with self._locks[model.name]:
            if model.name not in self._sessions:
                self._sessions[model.name] = open_session(model)
            return self._sessions[model.name]


def open_session(model: Model) -> Any:
    """:raises ModelMissing, ModelTampered: the file changed since it was checked."""
    import onnxruntime  # here, so that importing this module stays cheap

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # onnxruntime's own arena is one for all threads of a process. Without it every thread that ever ran
    # a network keeps its scratch memory in malloc's arena of that thread: 16 threads took 457 MB, now 282.
    options.enable_cpu_mem_arena = True
    with _memory() as memory:
        _copy(model, memory)
        # A session keeps the bytes that it is opened from for as long as it lives; a file it forgets.
        source = memory.getvalue() if isinstance(memory, BytesIO) else f"/proc/self/fd/{memory.fileno()}"
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _memory() -> BinaryIO:
    """A file of this process alone: what was hashed is what is opened, whoever writes to the disk."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("network", os.MFD_CLOEXEC), "w+b")
    return BytesIO()


def _copy(model: Model, memory: BinaryIO) -> None:
    """Hashed again: the file may have been exchanged between start-up and first use."""
    digest = hashlib.sha256()
    try:
        with model.path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                memory.write(chunk)
    except OSError as error:
        raise ModelMissing(f"{model.name}: {model.path.name} is gone") from error
    memory.flush()
    if digest.hexdigest() != model.sha256:
        raise ModelTampered(f"{model.name}: {model.path.name} does not have the pinned sha256")
