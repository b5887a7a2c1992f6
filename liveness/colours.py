"""The colour flash: a random sequence of colours that the screen shows once the actions are done.

Slow and soft enough for people with photosensitive epilepsy (WCAG 2.2, success criterion 2.3.1: no more
than three flashes in any second, a flash being a pair of opposing changes). Colours change less than
twice a second, so there is less than one flash a second, whatever the colours. None of them is a saturated
red (R / (R + G + B) >= .8), whose flicker is the worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

STEPS = 6
STEP_MS = 600
LEAST_STEP_MS = 500
"""A page that shows colours faster than this does not do as it was told."""
MOST_STEP_MS = 1_500


class Colour(StrEnum):
    """Five of the six corners of the colour hexagon: far apart in chromaticity, red left out."""

    MAGENTA = "magenta"
    YELLOW = "yellow"
    CYAN = "cyan"
    GREEN = "green"
    BLUE = "blue"


LIGHT: dict[Colour, tuple[float, float, float]] = {
    Colour.MAGENTA: (1.0, 0.0, 1.0),
    Colour.YELLOW: (1.0, 1.0, 0.0),
    Colour.CYAN: (0.0, 1.0, 1.0),
    Colour.GREEN: (0.0, 1.0, 0.0),
    Colour.BLUE: (0.0, 0.0, 1.0),
}
"""Linear R, G, B of the screen, 1 where a white one has it, as `idp/static/css/capture.css` shows them."""


@dataclass(frozen=True, slots=True)
class Flash:
    """One session's colours, drawn by the server and told only when they begin.

    `colours` is empty when they were offered and left out. `refuses`: a face that does not follow is
    refused; otherwise its score is a signal for the desk.
    """

    colours: tuple[Colour, ...]
    step_ms: int
    refuses: bool

    def to_document(self) -> dict[str, Any]:
        return {"colours": list(self.colours), "step_ms": self.step_ms, "refuses": self.refuses}

    def to_page(self) -> dict[str, Any]:
        """What the page needs to show them."""
        return {"colours": list(self.colours), "step_ms": self.step_ms}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Flash:
        colours = tuple(Colour(colour) for colour in document["colours"])
        return cls(colours, document["step_ms"], document["refuses"])


@dataclass(frozen=True, slots=True)
class Screen:
    """What was on the screen when a frame was taken: the place in the sequence, and when it was painted
    by the page's clock."""

    place: int
    since_ms: int


def new_flash(random: Random, *, refuses: bool) -> Flash:
    """Draw each of the 5 * 4**5 = 5,120 sequences without equal neighbours as likely as any other."""
    colours: list[Colour] = []
    for _ in range(STEPS):
        colours.append(random.choice([c for c in Colour if not colours or c is not colours[-1]]))
    return Flash(tuple(colours), STEP_MS, refuses)
