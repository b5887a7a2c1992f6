"""What a score depends on besides the file: networks, thresholds, and the code that reads and judges."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import liveness
from liveness.files import file_sha256
from liveness.manifest import ROLES
from liveness.onnx import ModelPack
from liveness.recordings import DirectoryRecording, Kind


def of_setup(pack: ModelPack) -> str:
    """Scores of the same setup may be put together; after any change they are made anew."""
    # The whole entry of each network, as its crop and threshold move a score as much as its weights do.
    models = [
        {**asdict(model), "path": model.path.name, "source": None}
        for role in ROLES
        for model in pack.all(role)
    ]
    package = Path(liveness.__file__).parent
    code = {str(file.relative_to(package)): file_sha256(file) for file in sorted(package.rglob("*.py"))}
    libraries = [cv2.__version__, onnxruntime.__version__, np.__version__]
    return _digest([models, asdict(pack.thresholds), code, libraries])


def of_content(path: Path, kind: Kind) -> str:
    """Of a file its SHA-256; of a directory that of its pictures in their order.

    :raises RecordingRefused: the directory holds no pictures, or too many.
    :raises OSError: a file went away.
    """
    if kind is not Kind.DIRECTORY:
        return file_sha256(path)
    return _digest([file_sha256(file) for file in DirectoryRecording(path, fps=1).files])


def _digest(document: object) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
