"""The photo an attacker has of the person: framed as a camera would show the face, with its 68 points."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from liveness.attacks.stage import Bytes, Floats
from liveness.detector import detect
from liveness.images import PHOTO_LIMITS, decode
from liveness.landmarks import find_landmarks
from liveness.onnx import ModelPack

WIDTH, HEIGHT = 480, 640
FACE_WIDTH = 185.0
"""Of the detector's box, in frame pixels: the size at which nobody is asked to come closer."""
_FACE_COLUMN, _FACE_ROW = 0.5, 0.46


class NoFace(Exception):
    """The photo shows no face that could be presented."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """``picture``: 640 x 480 x 3, BGR 0-255. ``landmarks``: 68 x 2, in its pixels (iBUG scheme)."""

    picture: Floats
    landmarks: Floats

    @classmethod
    def of(cls, pack: ModelPack, photo: Bytes) -> Portrait:
        """Scale and shift the photo until its largest face is where a camera would see it.

        :raises NoFace: the detector finds none.
        """
        faces = detect(pack, photo)
        if not faces:
            raise NoFace("no face was found in the photo")
        x, y, width, height = faces[0].box
        size = FACE_WIDTH / width
        shift_x = WIDTH * _FACE_COLUMN - size * (x + width / 2)
        shift_y = HEIGHT * _FACE_ROW - size * (y + height / 2)
        move = np.array([[size, 0, shift_x], [0, size, shift_y]], np.float32)
        how = cv2.INTER_AREA if size < 1 else cv2.INTER_CUBIC
        framed = cv2.warpAffine(photo, move, (WIDTH, HEIGHT), flags=how, borderMode=cv2.BORDER_REPLICATE)
        found = find_landmarks(pack, photo, faces[0])
        landmarks = found * np.float32(size) + np.array([shift_x, shift_y], np.float32)
        return cls(framed.astype(np.float32), landmarks.astype(np.float32))

    @classmethod
    def decoded(cls, pack: ModelPack, data: bytes) -> Portrait:
        """Like `of`, from an encoded picture.

        :raises ImageRefused: what cannot be decoded safely.
        """
        return cls.of(pack, decode(data, PHOTO_LIMITS))
