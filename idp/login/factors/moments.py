"""Which frames of a check are worth keeping, where one may be kept: as a portrait, or as evidence."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idp.login.factors.face import FrameFacts

PORTRAIT_YAW_DEGREES = 10.0
PORTRAIT_MOUTH = 0.2
"""Gap of the lips, as in `FrameFacts`."""
PORTRAIT_CLOSED = 0.5
"""Probability that the eyes are closed."""
MOMENTS = ("frontal", "turned", "moved")
"""The frames that are kept as evidence, one of each: the face itself, and that it did what was asked."""
TURNED_YAW_DEGREES = 15.0
MOVED_MOUTH = 0.25
MOVED_PITCH_DEGREES = 12.0


def is_portrait(facts: "FrameFacts") -> bool:
    """Would this frame do as a portrait: one face, eyes open, mouth closed, looking about straight?"""
    face = facts.face
    return (
        face is not None
        and facts.faces == 1
        and abs(face.yaw) < PORTRAIT_YAW_DEGREES
        and face.mouth < PORTRAIT_MOUTH
        and face.closed < PORTRAIT_CLOSED
    )


def moment_of(facts: "FrameFacts") -> str | None:
    """Which of the MOMENTS this frame shows; None when it would be no evidence of anything."""
    face = facts.face
    if face is None:
        return None
    if is_portrait(facts):
        return "frontal"
    if abs(face.yaw) >= TURNED_YAW_DEGREES:
        return "turned"
    is_moving = (
        face.mouth >= MOVED_MOUTH or abs(face.pitch) >= MOVED_PITCH_DEGREES or face.closed >= PORTRAIT_CLOSED
    )
    return "moved" if is_moving else None
