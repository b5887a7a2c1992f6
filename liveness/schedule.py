"""Which frames are worth the costly networks. Cheap rules, from the facts alone.

The rules are public, so they must not leave room: a face that jumps, comes back or turns is compared at
once, and no more than a moment ever passes without a look.
"""

from __future__ import annotations

from collections.abc import Sequence

from liveness.challenge import is_frontal
from liveness.types import FrameFacts

PAD_EVERY_MS = 600
EMBEDDING_EVERY_MS = 1_500
_EMBEDDING_TURNED_EVERY_MS = 700
_LEAST_OVERLAP = 0.3


def needs_pad(previous: Sequence[FrameFacts], frame: FrameFacts) -> bool:
    """Frontal, and the last vote is some time ago: these networks learnt on frontal faces in white light."""
    voted = next((f.t_ms for f in reversed(previous) if f.pad is not None), None)
    return (
        is_frontal(frame) and frame.screen is None and (voted is None or frame.t_ms - voted >= PAD_EVERY_MS)
    )


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
