"""Cutting a take into a film: a small animated GIF that every README shows, and a WebM for players."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.journeys.phone_case import in_case, palette_of
from tests.journeys.screencast import Still, Take

FRAME_MS = 140
"""About 7 pictures a second; GIF counts in hundredths of a second."""
LAST_MS = 2500
"""How long the last picture stays before the film begins again."""
_TAP_SECONDS = 0.45
_BLANK_RANGE = 10
"""Grey levels: a picture without more contrast is the moment between two pages."""
_SAME_LEVELS = 9
"""A pixel of a textured place that changed less in every channel keeps its old colour: camera grain."""
_TRANSPARENT = 255

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shown:
    picture: Image.Image
    """RGBA, the phone with its screen."""
    frames: int
    """For how many times FRAME_MS."""


def cut(take: Take, width: int) -> list[Shown]:
    """The take as a row of different pictures, the phone's screen `width` pixels wide."""
    stills = [still for still in take.stills if not _is_blank(still)]
    if not stills:
        raise ValueError("nothing was filmed")
    shown: list[Shown] = []
    before: object = None
    for at, still in _on_time(stills, take.ended_at):
        host, tap = _host(take, at), _tap(take, at)
        now = (still.at, host, tap)
        if now == before:
            shown[-1] = Shown(shown[-1].picture, shown[-1].frames + 1)
            continue
        before = now
        with Image.open(io.BytesIO(still.png)) as screen:
            shown.append(Shown(in_case(screen, width, host, tap), 1))
    return shown


def write_gif(file: Path, film: Sequence[Shown]) -> None:
    """One palette for all; each picture stores only the pixels that changed."""
    pictures = [np.asarray(one.picture) for one in film]
    palette = _common_palette([one.picture for one in film])
    durations = [one.frames * FRAME_MS for one in film]
    durations[-1] = max(durations[-1], LAST_MS)
    canvas = np.zeros_like(pictures[0])
    frames: list[Image.Image] = []
    for picture in pictures:
        colours = np.ascontiguousarray(picture[..., :3])
        distance = np.abs(colours.astype(np.int16) - canvas[..., :3]).max(axis=2)
        different = distance > np.where(_is_textured(colours), _SAME_LEVELS, 0)
        changed = (picture[..., 3] >= 128) & (different | (canvas[..., 3] == 0))
        canvas[changed] = picture[changed]
        canvas[changed, 3] = 255
        whole = Image.fromarray(colours).quantize(palette=palette, dither=Image.Dither.NONE)
        indexes = np.where(changed, np.asarray(whole), _TRANSPARENT).astype(np.uint8)
        frame = Image.fromarray(indexes, "P")
        frame.putpalette(palette.getpalette() or [])
        frames.append(frame)
    frames[0].save(
        file,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        transparency=_TRANSPARENT,
        disposal=1,
        optimize=False,
    )


def write_webm(file: Path, film: Sequence[Shown]) -> bool:
    """VP8 at a constant rate, on white. False where this build of OpenCV cannot write it."""
    width, height = (side - side % 2 for side in film[0].picture.size)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"VP80"), 1000 / FRAME_MS, (width, height))
    if not writer.isOpened():
        return False
    for one in film:
        paper = Image.new("RGB", one.picture.size, "white")
        paper.paste(one.picture, mask=one.picture)
        frame = cv2.cvtColor(np.asarray(paper)[:height, :width], cv2.COLOR_RGB2BGR)
        for _ in range(one.frames):
            writer.write(frame)
    writer.release()
    return True


def _on_time(stills: Sequence[Still], ended_at: float) -> Iterator[tuple[float, Still]]:
    """At each tick of the film's clock the newest picture."""
    times = [still.at for still in stills]
    for tick in range(max(1, int((ended_at - times[0]) * 1000 / FRAME_MS))):
        at = times[0] + tick * FRAME_MS / 1000
        yield at, stills[bisect_right(times, at) - 1]


def _host(take: Take, at: float) -> str:
    past = [arrival.host for arrival in take.arrivals if arrival.at <= at]
    return past[-1] if past else ""


def _tap(take: Take, at: float) -> tuple[float, float, float] | None:
    for tap in take.taps:
        passed = (at - tap.at) / _TAP_SECONDS
        has_led_on = any(tap.at < arrival.at <= at for arrival in take.arrivals)
        if 0 <= passed <= 1 and not has_led_on:
            return tap.x / take.width, tap.y / take.width, passed
    return None


def _is_blank(still: Still) -> bool:
    with Image.open(io.BytesIO(still.png)) as picture:
        lowest, highest = picture.convert("L").resize((45, 90), Image.Resampling.BOX).getextrema()
    return bool(highest - lowest < _BLANK_RANGE)  # type: ignore[operator]


def _is_textured(colours: Pixels) -> NDArray[np.bool_]:
    """Where neighbours differ: in the camera's picture, not on the grounds of pages."""
    window = np.ones((3, 3), np.uint8)
    spread = cv2.dilate(colours, window) - cv2.erode(colours, window)
    return np.asarray(spread.max(axis=2) > 2)


def _common_palette(pictures: Sequence[Image.Image]) -> Image.Image:
    chosen = pictures[:: max(1, len(pictures) // 24)]
    sheet = Image.new("RGB", (chosen[0].width * len(chosen), chosen[0].height), "white")
    for index, picture in enumerate(chosen):
        sheet.paste(picture, (index * picture.width, 0), picture)
    return palette_of(sheet, _TRANSPARENT)
