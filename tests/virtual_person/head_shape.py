"""A depth for every pixel of the frontal portrait: the head as a height field.

Depths are in picture pixels (one is about 1.43 mm: her pupils are 44 px apart, people's about 63 mm)
towards the camera, 0 in the plane of the ears. The field is a rounded head, hollowed at the eyes, with
nose, lips, chin and cheeks added, and the neck set back behind the jaw. It is anatomy by hand, not a fit:
enough for true parallax between nose, cheeks and ears when the head turns.
"""

from __future__ import annotations

import cv2
import numpy as np

from tests.virtual_person.portrait import LANDMARKS, Bytes, Floats

NOWHERE = -40.0
"""Depth outside the head: farther back than any ray goes."""
RIM = -30.0
"""Depth of the outermost visible hair."""

# Distance from the middle line (px, scaled to a face 46 px half wide) -> depth.
_ACROSS = ((0, 10, 20, 30, 38, 44, 48, 60, 75), (55, 54.5, 51, 43, 32, 18, 4, -8, RIM))
# The same where hair hides the ears: it stands out farther.
_ACROSS_HAIR = ((0, 10, 20, 30, 38, 44, 48, 58, 66, 75), (56, 55.5, 52, 45, 36, 28, 24, 14, 2, RIM))
# Picture row -> depth added along the middle line.
_DOWN = ((15, 30, 45, 60, 75, 100, 120, 145, 160, 172, 180), (-30, -15, -6, 0, 1, -3, 0, 2, 1, -2, -8))
# Picture row -> half width of the face.
_HALF_WIDTH = ((100, 136, 148, 158, 166, 174, 180), (46, 44, 40.5, 35, 29, 22, 18))


def height_field(head_matte: Floats) -> Floats:
    """Depth at each pixel of the picture; ``NOWHERE`` outside the head."""
    rows, columns = np.mgrid[0 : head_matte.shape[0], 0 : head_matte.shape[1]].astype(np.float32)
    mask = (head_matte > 0.5).astype(np.uint8)
    skull = cv2.bitwise_and(mask, _without_neck(mask))
    depth = np.minimum(_face(columns, rows), _rounded_edge(skull))
    neck = np.minimum(_rounded_edge(mask), 18)
    depth = np.where(skull > 0, np.maximum(depth, RIM), neck).astype(np.float32)
    depth = np.asarray(cv2.GaussianBlur(depth, (0, 0), 1.2), np.float32)
    return np.where(mask > 0, depth, NOWHERE).astype(np.float32)


def _without_neck(mask: Bytes) -> Bytes:
    """White above the jaw line, which runs through the first seventeen landmarks."""
    above = np.zeros(mask.shape, np.uint8)
    jaw = LANDMARKS[:17].copy()
    jaw[3:14, 1] += 2.5
    outline = np.vstack([jaw[1:16], [(274, 135), (330, 135), (330, 0), (100, 0), (100, 135), (177, 135)]])
    cv2.fillPoly(above, [np.rint(outline).astype(np.int32)], 1)
    return above


def _face(columns: Floats, rows: Floats) -> Floats:
    middle = 226 - 0.05 * (rows - 100)  # her head leans a little
    across = np.abs(columns - middle) * 46 / np.interp(rows, *_HALF_WIDTH)
    hair = np.clip((116 - rows) / 12, 0, 1)
    depth = np.interp(across, *_ACROSS) * (1 - hair) + np.interp(across, *_ACROSS_HAIR) * hair
    depth += np.interp(rows, *_DOWN)

    def bump(x: float, y: float, wide: float, high: float, by: float) -> Floats:
        return np.asarray(by * np.exp(-(((columns - x) / wide) ** 2) - ((rows - y) / high) ** 2), np.float32)

    for eye in (LANDMARKS[36:42].mean(0), LANDMARKS[42:48].mean(0)):
        depth += bump(eye[0], eye[1], 12, 8, -4) + bump(eye[0], eye[1], 7, 5, 2)
    ridge = np.interp(rows, (92, 102, 112, 122, 127.5, 131, 135, 139), (0, 3, 9, 15, 18, 14, 4, 0))
    width = np.interp(rows, (100, 115, 128), (5, 6, 7.5))
    depth += ridge * np.exp(-(((columns - 225) / width) ** 2))
    depth += bump(215.5, 129, 5, 5, 6) + bump(233.5, 130, 5, 5, 6)  # wings of the nose
    depth += bump(223.5, 146, 15, 8, 4)  # lips
    depth += bump(222, 168, 12, 8, 4)  # chin
    depth += bump(200, 121, 11, 11, 3) + bump(249, 123, 11, 11, 3)  # cheeks
    return np.asarray(depth, np.float32)


def _rounded_edge(skull: Bytes) -> Floats:
    """The greatest depth allowed at each distance from the outline: a quarter circle 34 px wide."""
    inward = np.clip(cv2.distanceTransform(skull, cv2.DIST_L2, 5) / 34, 0, 1)
    return np.asarray(RIM + 92 * np.sqrt(1 - (1 - inward) ** 2), np.float32)


def normals(depth: Floats) -> Floats:
    """Unit normals (x, y, z) of the field, smoothed: for shading, not for silhouettes."""
    smooth = cv2.GaussianBlur(np.maximum(depth, RIM), (0, 0), 2)
    towards = np.dstack(
        (
            -cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8),
            -cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8),
            np.ones_like(smooth),
        )
    )
    return np.asarray(towards / np.linalg.norm(towards, axis=2, keepdims=True), np.float32)
