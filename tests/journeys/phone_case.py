"""A plain drawing of a phone around a screenshot, with the address that its browser shows."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_BODY = (27, 32, 40, 255)
_BAR = (241, 243, 246, 255)
_BAR_INK = (70, 80, 95, 255)
_TAP = (11, 79, 156)
_EXACT_COLOURS = 48
_FINER = 4
"""Corners are drawn so many times larger, then made smaller: Pillow draws without anti-aliasing."""


def in_case(
    screen: Image.Image, width: int, host: str, tap: tuple[float, float, float] | None = None
) -> Image.Image:
    """The phone, its screen `width` pixels wide, on a transparent ground.

    `tap`: where a finger is, as parts of the screen's width, and how far it has gone (0 to 1).
    """
    edge, bar = max(5, width // 34), max(16, width // 14)
    height = round(screen.height * width / screen.width)
    shown = Image.new("RGB", (width, bar + height), _BAR[:3])
    shown.paste(screen.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (0, bar))
    _address(shown, bar, host)
    if tap is not None:
        x, y, passed = tap
        _ring(shown, (x * width, bar + y * width), (0.035 + 0.03 * passed) * width, 1 - passed)
    size = (shown.width + 2 * edge, shown.height + 2 * edge)
    case = Image.new("RGBA", size)
    case.paste(_BODY, mask=_rounded(size, width // 10))
    case.paste(shown, (edge, edge), _rounded(shown.size, width // 13))
    return case


def side_by_side(pictures: list[Image.Image], gap: int) -> Image.Image:
    """One row of pictures of one height, with arrows between them, on a transparent ground."""
    width = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    row = Image.new("RGBA", (width, max(one.height for one in pictures)))
    lefts = [0]
    for one in pictures:
        row.paste(one, (lefts[-1], 0))
        lefts.append(lefts[-1] + one.width + gap)
    ink = ImageDraw.Draw(row)
    for _, left in pairwise(lefts[:-1]):
        tip, middle, reach = left - gap * 0.25, row.height / 2, gap * 0.3
        ink.line(
            [(tip - reach, middle - reach), (tip, middle), (tip - reach, middle + reach)],
            fill=(120, 133, 154, 255),
            width=max(2, gap // 9),
            joint="curve",
        )
    return row


def palette_of(picture: Image.Image, colours: int) -> Image.Image:
    """The picture's own colours where it has few (grounds of pages stay exact), an average of the rest."""
    packed = np.asarray(picture.convert("RGB")).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found, counts = np.unique(packed, return_counts=True)
    frequent = found[np.argsort(counts)[::-1][:_EXACT_COLOURS]]
    rest = packed[~np.isin(packed, frequent)]
    shades = np.stack([rest >> 16, rest >> 8 & 255, rest & 255], axis=-1).astype(np.uint8)
    averaged = Image.fromarray(shades[np.newaxis]).quantize(
        colours - len(frequent), Image.Quantize.MEDIANCUT, kmeans=1
    )
    values = [int(level) for colour in frequent for level in (colour >> 16, colour >> 8 & 255, colour & 255)]
    values += (averaged.getpalette() or [])[: 3 * (colours - len(frequent))]
    palette = Image.new("P", (1, 1))
    palette.putpalette(values)
    return palette


@lru_cache(maxsize=8)
def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    large = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    box = (0, 0, large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * _FINER, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


def _address(shown: Image.Image, bar: int, host: str) -> None:
    font = ImageFont.load_default(size=bar * 0.55)
    ImageDraw.Draw(shown).text((shown.width / 2, bar / 2), host, _BAR_INK, font, anchor="mm")


def _ring(shown: Image.Image, centre: tuple[float, float], radius: float, strength: float) -> None:
    x, y = centre
    veil = Image.new("L", shown.size)
    ImageDraw.Draw(veil).ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=round(140 * strength + 30)
    )
    shown.paste(_TAP, mask=veil)
