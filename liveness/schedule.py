"""Which frames are worth the costly networks. Cheap rules, from the facts alone.

The rules are public, so they must not leave room: a face that jumps, comes back or turns is compared at
once, and no more than a moment ever passes without a look. They ask at even intervals, whatever was
answered: who is asked more often while in doubt can drown the clear answers in doubtful ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from liveness.challenge import is_frontal
from liveness.types import FrameFacts

PAD_EVERY_MS = 600
EMBEDDING_EVERY_MS = 1_500
_EMBEDDING_TURNED_EVERY_MS = 700
_LEAST_OVERLAP = 0.3


def as_scheduled(facts: Sequence[FrameFacts]) -> tuple[FrameFacts, ...]:
    """The facts with votes and vectors on those frames alone of which the rules ask them.

    The gates weigh these: a session whose every frame went through every network means the same as one
    that was read on the schedule, in whatever batches it came.
    """
    seen: list[FrameFacts] = []
    for frame in facts:
        pad = frame.pad if frame.pad is not None and needs_pad(seen, frame) else None
        kept = frame.embedding is not None and needs_embedding(seen, frame)
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
    voted = next((f.t_ms for f in reversed(previous) if f.pad is not None), None)
    return voted is None or (is_frontal(frame) and frame.t_ms - voted >= PAD_EVERY_MS)


def needs_embedding(previous: Sequence[FrameFacts], frame: FrameFacts) -> bool:
    """The first, any after a jump, and then one every so often, denser while turned."""
    last = next((f for f in reversed(previous) if f.embedding is not None), None)
    if last is None or not previous or _overlap(previous[-1], frame) < _LEAST_OVERLAP:
        return True
    turned_anew = not is_frontal(frame) and is_frontal(last)
    wait = _EMBEDDING_TURNED_EVERY_MS if turned_anew else EMBEDDING_EVERY_MS
    return frame.t_ms - last.t_ms >= wait


def _overlap(a: FrameFacts, b: FrameFacts) -> float:
    """Intersection over union of the two frames' faces; 0 when one has none."""
    if a.face is None or b.face is None:
        return 0.0
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.face.box, b.face.box
    wide = max(0.0, min(ax + aw, bx + bw) - max(ax, bx))
    high = max(0.0, min(ay + ah, by + bh) - max(ay, by))
    shared = wide * high
    return shared / (aw * ah + bw * bh - shared)
