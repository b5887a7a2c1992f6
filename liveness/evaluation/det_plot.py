"""The DET curve as a picture: both errors on normal-deviate axes, where good detectors stay apart.

Martin and others, "The DET curve in assessment of detection task performance", Eurospeech 1997;
ISO/IEC 19795-1. Drawn by OpenCV, which the engine needs anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.evaluation.metrics import OperatingPoint, Tradeoff, equal_error

Canvas = NDArray[np.uint8]
_SIDE, _LEFT, _TOP, _RIGHT, _BOTTOM = 800, 110, 70, 40, 96  # pixels
_LEGEND, _LONGEST_NAME = 28, 48  # pixels a line, characters
_LEAST, _MOST = 0.001, 0.6
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
_INK, _GRID, _FAINT, _PAPER = (40, 40, 40), (225, 225, 225), (150, 150, 150), 255
# Okabe and Ito's colours, which colour-blind people tell apart; as BGR.
_COLOURS = (
    (178, 114, 0),
    (0, 94, 213),
    (115, 158, 0),
    (167, 121, 204),
    (233, 180, 86),
    (0, 159, 230),
    (0, 0, 0),
)
_SHIFT = 4  # OpenCV draws at sixteenths of a pixel
_deviate = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Line:
    """One curve. `in_use`: the point at the threshold that is configured."""

    name: str
    curve: Tradeoff
    in_use: OperatingPoint


def draw(title: str, lines: Sequence[Line]) -> bytes:
    """A PNG; the same lines give the same bytes."""
    height = _TOP + _SIDE + _BOTTOM + _LEGEND * (len(lines) + 1)
    canvas: Canvas = np.full((height, _LEFT + _SIDE + _RIGHT, 3), _PAPER, np.uint8)
    _axes(canvas, title)
    for index, line in enumerate(lines):
        _curve(canvas, line, _COLOURS[index % len(_COLOURS)])
    _legend(canvas, lines)
    ok, encoded = cv2.imencode(".png", canvas)
    if not ok:
        raise RuntimeError("this build of OpenCV writes no PNG")
    data: bytes = encoded.tobytes()
    return data


def place(apcer: float, bpcer: float) -> tuple[float, float]:
    """Column and row in the picture; errors beyond the axes lie on their ends."""
    across, up = (_along(min(max(rate, _LEAST), _MOST)) for rate in (apcer, bpcer))
    return _LEFT + across * _SIDE, _TOP + (1 - up) * _SIDE


def _along(rate: float) -> float:
    low, high = _deviate(_LEAST), _deviate(_MOST)
    return (_deviate(rate) - low) / (high - low)


def _axes(canvas: Canvas, title: str) -> None:
    for tick in _TICKS:
        x, y = place(tick, tick)
        _polyline(canvas, [(x, _TOP), (x, _TOP + _SIDE)], _GRID, 1)
        _polyline(canvas, [(_LEFT, y), (_LEFT + _SIDE, y)], _GRID, 1)
        label = f"{tick * 100:g}"
        _text(canvas, label, (x, _TOP + _SIDE + 26), 18, align=0.5)
        _text(canvas, label, (_LEFT - 12, y + 6), 18, align=1.0)
    corners = [place(_LEAST, _LEAST), place(_MOST, _LEAST), place(_MOST, _MOST), place(_LEAST, _MOST)]
    _polyline(canvas, [corners[0], corners[2]], _FAINT, 1)  # equal errors
    _polyline(canvas, [*corners, corners[0]], _INK, 2)
    _text(canvas, title, (_LEFT, 42), 24)
    _text(
        canvas, "APCER, % (attacks taken for a person)", (_LEFT + _SIDE / 2, _TOP + _SIDE + 64), 20, align=0.5
    )
    sideways: Canvas = np.full((36, _SIDE, 3), _PAPER, np.uint8)
    _text(sideways, "BPCER, % (people taken for an attack)", (_SIDE / 2, 24), 20, align=0.5)
    canvas[_TOP : _TOP + _SIDE, 8:44] = cv2.rotate(sideways, cv2.ROTATE_90_COUNTERCLOCKWISE)


def _curve(canvas: Canvas, line: Line, colour: tuple[int, int, int]) -> None:
    curve = line.curve
    points = [place(curve[index].apcer, curve[index].bpcer) for index in range(len(curve.thresholds))]
    _polyline(canvas, _steps(points), colour, 2)
    equal = equal_error(curve)
    x, y = place(equal.apcer, equal.bpcer)
    _disc(canvas, x, y, 7, colour)
    x, y = place(line.in_use.apcer, line.in_use.bpcer)
    _polyline(canvas, [(x - 8, y - 8), (x + 8, y + 8)], colour, 3)
    _polyline(canvas, [(x - 8, y + 8), (x + 8, y - 8)], colour, 3)


def _steps(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Between two thresholds nothing was measured: the curve goes by the corner that claims less."""
    stairs = points[:1]
    for (x, _), (next_x, next_y) in pairwise(points):
        stairs += [(x, next_y), (next_x, next_y)]
    return stairs


def _legend(canvas: Canvas, lines: Sequence[Line]) -> None:
    y = _TOP + _SIDE + _BOTTOM
    for index, line in enumerate(lines):
        colour = _COLOURS[index % len(_COLOURS)]
        _polyline(canvas, [(_LEFT, y - 6), (_LEFT + 36, y - 6)], colour, 3)
        name = line.name if len(line.name) <= _LONGEST_NAME else f"{line.name[:_LONGEST_NAME]}..."
        _text(canvas, f"{name}: {line.curve.live} live, {line.curve.attacks} attacks", (_LEFT + 48, y), 18)
        y += _LEGEND
    _text(canvas, "dot: equal errors; cross: threshold in use", (_LEFT + 48, y), 18)


def _polyline(
    canvas: Canvas, points: Sequence[tuple[float, float]], colour: tuple[int, int, int], width: int
) -> None:
    at = np.round(np.array(points) * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(canvas, [at.reshape(-1, 1, 2)], False, colour, width, cv2.LINE_AA, _SHIFT)


def _disc(canvas: Canvas, x: float, y: float, radius: int, colour: tuple[int, int, int]) -> None:
    one = 1 << _SHIFT
    cv2.circle(
        canvas, (round(x * one), round(y * one)), radius * one, colour, cv2.FILLED, cv2.LINE_AA, _SHIFT
    )


def _text(canvas: Canvas, words: str, at: tuple[float, float], size: int, *, align: float = 0.0) -> None:
    """:param at: left end of the base line; with `align` .5 its middle, with 1 its right end."""
    font = _font()
    width = cv2.getTextSize((0, 0), words, (0, 0), font, size)[2]
    cv2.putText(canvas, words, (round(at[0] - align * width), round(at[1])), _INK, font, size)


def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")
