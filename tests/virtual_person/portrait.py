"""The picture the virtual person is made of, and what is known about it.

``skimage.data.astronaut()`` is NASA's portrait of Eileen Collins, in the public domain, and one of the
few pictures of a face that scikit-image carries inside its wheel (no download). The landmark positions
were measured once and are constants, so that rendering a person needs no network: a person rendered
with the very model that later judges it would prove little.

All coordinates are pixels of that 512 x 512 picture; "left" and "right" without an owner are the
picture's, not the person's.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def _points(*pairs: tuple[float, float]) -> Floats:
    return np.array(pairs, dtype=np.float32)


# The 68 points in the customary order: 0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-67 mouth.
LANDMARKS: Floats = np.array(
    [
        *[(180.2, 100.0), (179.5, 112.0), (180.1, 124.2), (181.3, 136.5), (184.8, 148.0), (191.7, 158.0)],
        *[(200.1, 166.6), (209.7, 174.5), (221.7, 177.5), (234.2, 175.9), (245.0, 169.2), (254.5, 161.4)],
        *[(262.7, 151.8), (267.3, 140.5), (269.6, 128.2), (271.5, 116.1), (272.0, 103.9)],
        *[(186.3, 92.9), (192.2, 87.6), (200.8, 86.5), (209.4, 88.0), (217.4, 92.3)],
        *[(234.5, 93.3), (242.8, 90.2), (251.6, 89.7), (260.0, 91.7), (265.5, 97.6)],
        *[(225.6, 102.2), (225.3, 110.5), (225.1, 118.8), (224.7, 127.1)],
        *[(214.5, 130.0), (219.1, 132.1), (224.2, 134.1), (229.4, 132.6), (234.4, 131.1)],
        *[(196.0, 100.2), (201.4, 97.5), (208.2, 98.2), (213.5, 103.4), (207.1, 103.5), (200.6, 102.7)],
        *[(238.0, 105.0), (243.7, 100.5), (250.5, 100.6), (255.5, 103.9), (250.6, 105.8), (244.2, 105.7)],
        *[(202.6, 139.2), (210.7, 138.9), (218.6, 139.2), (223.9, 140.5), (229.4, 139.8), (237.2, 140.5)],
        *[(245.1, 141.5), (237.2, 150.6), (228.8, 153.9), (223.0, 154.3), (217.3, 153.1), (209.6, 149.0)],
        *[(205.3, 140.2), (218.4, 142.3), (223.7, 143.6), (229.1, 143.0), (242.4, 142.3)],
        *[(228.9, 148.8), (223.3, 149.0), (217.9, 148.0)],
    ],
    dtype=np.float32,
)

# Lid margins traced by hand, for the network's points miss them by a pixel: (upper, lower) of either eye.
LIDS: tuple[tuple[Floats, Floats], tuple[Floats, Floats]] = (
    (
        _points(
            (192, 101), (195, 99.5), (198, 98), (201, 97.3), (204, 97.3), (207, 98), (210, 99.5), (213.5, 103)
        ),
        _points(
            (192, 101.6), (195, 102.5), (198, 103.2), (201, 104.3), (204, 104.7), (207, 104.3), (213.5, 103.6)
        ),
    ),
    (
        _points(
            (237, 104),
            (239, 102.5),
            (241, 101),
            (243, 100.2),
            (246, 99.8),
            (249, 99.9),
            (253, 101.3),
            (258, 104),
        ),
        _points(
            (237, 105),
            (239, 105.6),
            (241, 106),
            (243, 106.5),
            (246, 106.9),
            (249, 106.5),
            (253, 105.8),
            (258, 104.4),
        ),
    ),
)

# Where head and neck end and the black collar begins; the polygon is generous elsewhere.
HEAD_OUTLINE: NDArray[np.int32] = np.array(
    [
        *[
            (100, 0),
            (340, 0),
            (340, 150),
            (272, 142),
            (264, 156),
            (257, 168),
            (255, 180),
            (252, 191),
            (236, 197),
        ],
        *[(220, 197), (203, 193), (187, 186), (185, 176), (185, 158), (182, 146), (172, 140), (100, 150)],
    ],
    dtype=np.int32,
)

# The opening of the helmet's ring, behind and below the neck.
RING: NDArray[np.int32] = np.array(
    [(172, 153), (186, 148), (255, 172), (270, 188), (280, 205), (200, 215), (160, 180)], dtype=np.int32
)

# Rough guesses for the foreground, refined by GrabCut.
_HEAD_ELLIPSE = ((227, 95), (74, 98))
_FACE_ELLIPSE = ((225, 95), (45, 75))
_BODY_PROBABLY: NDArray[np.int32] = np.array(
    [(140, 200), (320, 200), (420, 260), (470, 511), (20, 511), (70, 240)], dtype=np.int32
)
_BODY_SURELY: NDArray[np.int32] = np.array(
    [(180, 180), (270, 180), (340, 300), (400, 511), (100, 511), (120, 300)], dtype=np.int32
)


@dataclass(frozen=True, slots=True)
class Layers:
    """The portrait taken apart: each colour is BGR float32 0-255, each matte float32 0-1, 512 x 512."""

    picture: Bytes
    head_matte: Floats
    body: Floats
    body_matte: Floats


def load_layers() -> Layers:
    """Cut the portrait into head (with neck) and body; what the head hides of the body is filled in."""
    picture = np.ascontiguousarray(data.astronaut()[:, :, ::-1]).astype(np.uint8)
    person = _person_matte(picture)
    outline = np.zeros(person.shape, np.uint8)
    cv2.fillPoly(outline, [HEAD_OUTLINE], 255)
    head = cv2.bitwise_and(person, outline)
    hidden = cv2.dilate(head, np.ones((9, 9), np.uint8))
    body = cv2.inpaint(picture, hidden, 3, cv2.INPAINT_TELEA)
    # Inside the helmet's ring the collar goes on behind the neck; above it there is only the wall.
    ring = np.zeros(person.shape, np.uint8)
    cv2.fillPoly(ring, [RING], 255)
    body_only = cv2.bitwise_or(cv2.bitwise_and(person, cv2.bitwise_not(hidden)), ring)
    body_only[:140] = 0
    return Layers(picture, _soft(head), body.astype(np.float32), _soft(body_only))


def _person_matte(picture: Bytes) -> Bytes:
    labels = np.full(picture.shape[:2], cv2.GC_PR_BGD, np.uint8)
    cv2.ellipse(labels, *_HEAD_ELLIPSE, 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.fillPoly(labels, [_BODY_PROBABLY], cv2.GC_PR_FGD)
    cv2.ellipse(labels, *_FACE_ELLIPSE, 0, 0, 360, cv2.GC_FGD, -1)
    cv2.fillPoly(labels, [_BODY_SURELY], cv2.GC_FGD)
    labels[:140, :110] = cv2.GC_BGD
    labels[:160, 330:] = cv2.GC_BGD
    cv2.setRNGSeed(1)  # GrabCut seeds its k-means from the global generator
    cv2.grabCut(picture, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK)
    matte = np.where((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(matte, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _soft(mask: Bytes) -> Floats:
    """An anti-aliased edge, drawn in by a pixel so that no fringe of the old backdrop shows."""
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(inner.astype(np.float32) / 255, (0, 0), 0.8), np.float32)
