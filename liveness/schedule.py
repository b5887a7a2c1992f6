"""Which frames are worth the costly networks. Cheap rules, from the facts alone.

The rules are public, so they must not leave room: a face that jumps, comes back or does anything that a
challenge may ask is compared at once, lest an accomplice does it between two looks; and no more than a moment
ever passes without one. A look counts for what was taken after it alone: who sends a later moment first could
have it vouch for what they film then. They ask at even intervals, whatever was answered: who is asked more
often while in doubt can drown the clear answers in doubtful ones. Whoever computes them as we do knows each
look beforehand and can show the right face for it alone, so some frames are compared by lot besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from liveness.challenge import is_frontal
from liveness.types import Face, FrameFacts

PAD_EVERY_MS = 600
EMBEDDING_EVERY_MS = 1_500
# Degrees, degrees, lip gap: three quarters of what the course counts as done.
_LIKE_YAW, _LIKE_PITCH, _LIKE_MOUTH = 16.0, 7.5, 0.135
_SHUT = 0.5
_LEAST_OVERLAP = 0.3
LOT = 1 / 8
"""Of the frames, compared by lot: another face in 24 frames between the looks is missed one time in 25."""


def as_scheduled(facts: Sequence[FrameFacts]) -> tuple[FrameFacts, ...]:
    """The facts with votes and vectors on those frames alone of which the rules, or the lot, ask them.

    The gates weigh these: a session whose every frame went through every network means the same as one
    that was read on the schedule, in whatever batches it came.
    """
    seen: list[FrameFacts] = []
    for frame in facts:
        pad = frame.pad if frame.pad is not None and needs_pad(seen, frame) else None
        kept = frame.embedding is not None and (frame.by_lot or needs_embedding(seen, frame))
        embedding = frame.embedding if kept else None
        same = pad is frame.pad and embedding is frame.embedding
        seen.append(frame if same else replace(frame, pad=pad, embedding=embedding))
    return tuple(seen)


def needs_pad(previous: Sequence[FrameFacts], frame: FrameFacts) -> bool:
    """The first; then each frontal one when the last vote is some time ago.

    These networks learnt on frontal faces in white light.
    """
    if frame.screen is not None:
        return False
    voted = max((f.t_ms for f in _before(previous, frame) if f.pad is not None), default=None)
    return voted is None or (is_frontal(frame) and frame.t_ms - voted >= PAD_EVERY_MS)


def needs_embedding(previous: Sequence[FrameFacts], frame: FrameFacts) -> bool:
    """The first, any after a jump, one every so often, and any whose like was not compared of late."""
    before = _before(previous, frame)
    recent = [
        seen.face
        for seen in before
        if seen.embedding is not None and frame.t_ms - seen.t_ms < EMBEDDING_EVERY_MS
    ]
    if not recent or _overlap(max(before, key=lambda seen: seen.t_ms), frame) < _LEAST_OVERLAP:
        return True
    return not any(_is_like(face, frame.face) for face in recent)


def _before(previous: Sequence[FrameFacts], frame: FrameFacts) -> list[FrameFacts]:
    """Those that were taken earlier; a sender may send moments in any order."""
    return [seen for seen in previous if seen.t_ms < frame.t_ms]


def _is_like(seen: Face | None, now: Face | None) -> bool:
    """Did the face do then what it does now? Shut eyes are like shut ones; open ones are like any: who has a
    picture with shut eyes needs no accomplice to blink."""
    if seen is None or now is None:
        return seen is now
    return (
        abs(now.yaw - seen.yaw) < _LIKE_YAW
        and abs(now.pitch - seen.pitch) < _LIKE_PITCH
        and abs(now.mouth - seen.mouth) < _LIKE_MOUTH
        and (now.closed < _SHUT or seen.closed >= _SHUT)
    )


def _overlap(a: FrameFacts, b: FrameFacts) -> float:
    """Intersection over union of the two frames' faces; 0 when one has none."""
    if a.face is None or b.face is None:
        return 0.0
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.face.box, b.face.box
    wide = max(0.0, min(ax + aw, bx + bw) - max(ax, bx))
    high = max(0.0, min(ay + ah, by + bh) - max(ay, by))
    shared = wide * high
    return shared / (aw * ah + bw * bh - shared)
