"""Find faces with five points: YuNet on a picture of at most 320 pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.onnx import ModelPack
from liveness.preprocessing import shrunk, tensor

_STRIDES = (8, 16, 32)
_MULTIPLE = 32
_OVERLAP = 0.3
_NOTABLE = 0.4  # a face this wide, in widths of the largest, is a second person and no passer-by


@dataclass(frozen=True, slots=True)
class Detection:
    """In pixels of the picture. `points`: 5 x 2; eyes, nose, mouth corners, image left first."""

    box: tuple[float, float, float, float]
    points: NDArray[np.float32]
    score: float


def detect(pack: ModelPack, image: NDArray[np.uint8]) -> tuple[Detection, ...]:
    """All faces above the threshold that are of notable size, the largest first."""
    model = pack.one("detector")
    factor = model.size / max(image.shape[:2])
    rows, columns = (max(1, round(side * factor)) for side in image.shape[:2])
    small = shrunk(image, columns, rows)
    down, right = (-side % _MULTIPLE for side in small.shape[:2])
    padded = cv2.copyMakeBorder(small, 0, down, 0, right, cv2.BORDER_CONSTANT)
    outputs = pack.run(model, tensor(model, padded))
    decoded = [_decode(outputs, stride, padded.shape[1], model.threshold) for stride in _STRIDES]
    boxes, points, scores = (np.concatenate(parts) for parts in zip(*decoded, strict=True))
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), model.threshold, _OVERLAP) if len(boxes) else ()
    found = [
        Detection((float(x), float(y), float(w), float(h)), points[i] / np.float32(factor), float(scores[i]))
        for i in kept
        for x, y, w, h in (boxes[i] / factor,)
    ]
    found.sort(key=lambda face: face.box[2] * face.box[3], reverse=True)
    return tuple(face for face in found if face.box[2] >= _NOTABLE * found[0].box[2])


def _decode(
    outputs: dict[str, NDArray[np.float32]], stride: int, columns: int, threshold: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Anchors of one stride -> boxes (x, y, w, h), points (n x 5 x 2) and scores above the threshold."""
    cls, obj = (np.clip(outputs[f"{kind}_{stride}"][0, :, 0], 0, 1) for kind in ("cls", "obj"))
    scores = np.sqrt(cls * obj)
    (index,) = np.nonzero(scores > threshold)
    row, column = np.divmod(index, columns // stride)
    anchor = np.stack([column, row], axis=1).astype(np.float32)
    raw = outputs[f"bbox_{stride}"][0, index]
    centre = (anchor + raw[:, :2]) * stride
    size = np.exp(raw[:, 2:]) * stride
    points = (outputs[f"kps_{stride}"][0, index].reshape(-1, 5, 2) + anchor[:, None]) * stride
    return np.hstack([centre - size / 2, size]), points, scores[index]
