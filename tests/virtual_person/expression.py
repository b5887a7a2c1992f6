"""Eyelids and mouth: how the flat texture is redrawn before it is laid over the head.

Both are vertical, piecewise-linear warps per picture column, given as a map from the new picture back
to the old one. The lid draws skin (and its lashes) down over a resting eyeball; the jaw moves down as a
whole, and the hole between the lips is painted: teeth under the upper lip, darkness below.
"""

from __future__ import annotations

import cv2
import numpy as np

from tests.virtual_person.portrait import LANDMARKS, LIDS, Floats

LID_HEIGHT, LASHES = 6.0, 2.2
"""Skin above the lid margin that moves with it, and the lashes' part of that, in picture pixels."""
JAW_DROP = 15.0
"""How far the chin drops at ``mouth=1``, in picture pixels (about 21 mm)."""
MOUTH_NARROWS = 0.28
"""Part of its smiling width that the mouth loses at ``mouth=1``."""
STILL_ROW, LIPS_ROW, COLLAR_ROW = 133.0, 144.0, 196.0
"""Picture rows: nothing above the first moves with the mouth, nothing below the last."""


def _curve(points: Floats, columns: Floats, degree: int = 2) -> Floats:
    """A polynomial through landmark points, evaluated at columns."""
    middle = points[:, 0].mean()
    return np.asarray(
        np.polyval(np.polyfit(points[:, 0] - middle, points[:, 1], degree), columns - middle), np.float32
    )


def lid_rows(columns: Floats, rows: Floats, blink: float) -> Floats:
    """Old row to read at each pixel when the lids are closed by ``blink``, 0 to 1."""
    answer = rows.copy()
    if blink <= 0:
        return answer
    for upper_points, lower_points in LIDS:
        first, last = upper_points[0, 0], upper_points[-1, 0]
        here = np.flatnonzero((columns[0] >= first) & (columns[0] <= last))
        across = columns[0, here]
        upper = _curve(upper_points, across, 4)
        lower = np.maximum(_curve(lower_points, across, 4), upper + 0.2)
        taper = np.clip(np.minimum(across - first, last - across) / 2.5, 0, 1)
        edge = upper + min(blink / 0.95, 1) * (lower + 0.4 - upper) * taper
        brow, below = upper - LID_HEIGHT, lower + 2
        lashes = np.minimum(LASHES, edge - brow)
        part = rows[:, here]
        # Skin stretches, lashes keep their thickness; under the closed edge the lower lid begins at once.
        lid = _piecewise(part, np.stack([brow, edge - lashes, edge]), np.stack([brow, upper - lashes, upper]))
        covered = (part >= edge) & (part < below) & (edge > lower - 1)
        skin = lower + 0.8 + (part - edge) * (below - lower - 0.8) / np.maximum(below - edge, 0.1)
        answer[:, here] = np.where(covered, skin, lid)
    return answer


class Mouth:
    """The warp of the lower face for one opening of the mouth, 0 (lips closed) to 1."""

    def __init__(self, columns: Floats, rows: Floats, mouth: float) -> None:
        """Prepare over a grid of picture ``columns`` and ``rows`` of equal shape."""
        across = columns[0]
        left, right = LANDMARKS[48] + (1.5, 0), LANDMARKS[54] - (1.5, 0)
        centre, half = (left[0] + right[0]) / 2, (right[0] - left[0]) / 2
        self._centre, self._half = centre, half
        self._pull = mouth * MOUTH_NARROWS / (1 - mouth * MOUTH_NARROWS)
        old = self._columns_old(across, np.full_like(across, LIPS_ROW))
        bow = np.sqrt(np.clip(1 - ((old - centre) / half) ** 2, 0, 1)).astype(np.float32)
        corner = np.interp(old, (left[0], right[0]), (left[1] + 1, right[1] + 1)).astype(np.float32)
        # Old picture: the parted lips of a smile; outside the mouth both lines run on from its corners.
        teeth_top = np.maximum(_curve(LANDMARKS[[60, 61, 62, 63, 64]], old), corner)
        teeth_top = np.where(bow > 0, teeth_top, corner)
        teeth_end = np.where(bow > 0, _curve(LANDMARKS[[60, 67, 66, 65, 64]], old) + 1, corner)
        teeth_end = np.maximum(teeth_end, teeth_top)
        # New picture: closed lips meet in the smile's middle; open ones leave a gap, the jaw following.
        meeting = teeth_top + 0.55 * (teeth_end - teeth_top)
        jaw = mouth * JAW_DROP * np.exp(-(((across - centre) / 34) ** 4)).astype(np.float32)
        top = meeting - min(mouth * 6, 1) * (meeting - teeth_top) - mouth * 2 * bow
        end = np.maximum(top, meeting + jaw * 1.1 * bow**0.8)
        still = np.full_like(across, STILL_ROW)
        chin = np.interp(across, LANDMARKS[2:15, 0], LANDMARKS[2:15, 1]).astype(np.float32)
        collar = np.maximum(chin + 20, COLLAR_ROW)
        self.rows_old = _piecewise(
            rows,
            np.stack([still, top, end, chin + jaw, collar]),
            np.stack([still, teeth_top, teeth_end, chin, collar]),
        )
        self.columns_old = self._columns_old(columns, self.rows_old)
        hole = np.clip(rows - top + 0.5, 0, 1) * np.clip(end - rows + 0.5, 0, 1)
        self.hole = np.asarray(np.where(bow > 0, hole, 0), np.float32)
        self.teeth_row = np.asarray(teeth_top + (rows - top), np.float32)
        self.teeth = np.asarray(np.clip(teeth_end - 1 - self.teeth_row, 0, 1) * self.hole, np.float32)
        self.depth_in = np.asarray((rows - top) / np.maximum(end - top, 1), np.float32)

    def _columns_old(self, columns: Floats, rows: Floats) -> Floats:
        """An open mouth is narrower than a smile: its corners move inwards, the cheeks follow less."""
        out = columns - self._centre
        near = np.exp(-((out / (1.7 * self._half)) ** 4) - ((rows - LIPS_ROW) / 20) ** 2)
        return np.asarray(columns + out * self._pull * near, np.float32)


def _piecewise(rows: Floats, new: Floats, old: Floats) -> Floats:
    """Old row of each new row, linear between knots, column by column; beyond the knots nothing moves."""
    answer = rows.copy()
    for upper_new, lower_new, upper_old, lower_old in zip(new[:-1], new[1:], old[:-1], old[1:], strict=True):
        span = np.maximum(lower_new - upper_new, 1e-3)
        here = (rows >= upper_new) & (rows < lower_new)
        line = upper_old + (rows - upper_new) * (lower_old - upper_old) / span
        answer = np.where(here, line, answer)
    return np.asarray(answer, np.float32)


def paint_mouth(texture: Floats, teeth: Floats, mouth: Mouth) -> Floats:
    """Fill the hole between the lips: teeth hang from the upper jaw, a tongue lies below, the rest dark."""
    dark = np.array((26, 20, 48), np.float32)
    tongue = np.array((58, 52, 120), np.float32)
    low = np.clip((mouth.depth_in - 0.55) / 0.3, 0, 1)[..., None]
    inside = dark * (1 - low) + tongue * low
    lit = mouth.teeth[..., None] * 0.9
    inside = inside * (1 - lit) + teeth * lit
    hole = cv2.GaussianBlur(mouth.hole, (0, 0), 0.8)[..., None]
    return np.asarray(texture * (1 - hole) + inside * hole, np.float32)
