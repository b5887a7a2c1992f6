"""Do the frames come from one camera, one after another, now?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from liveness.gates.case import Case
from liveness.types import FrameFacts, GateScore, Refusal

LEAST_FRAMES = 10
MOST_RETURNS = 0.1  # share of frames that come again after another one lay between: a loop
_CLOCK_SLACK_MS = 500  # a frame cannot come in before it was taken, but for rounding and clock drift
_UPLOAD_SLACK_MS = 6_000  # how much longer one frame may be under way than another
_CUT_DEGREES, _CUT_DEGREES_A_SECOND = 25.0, 300.0  # faster than heads turn when they are asked to
_CUT_MS = 120  # frames further apart than this may have lost one between them
MOST_CUTS = 1  # a wild estimate, or a camera that stalled and lied about it


def gate(case: Case) -> GateScore:
    """Distinct, in order, of one size, and on time by the server's own clock.

    The score is the share of distinct frames: a slow camera may give a frame twice; a frozen or
    looped one gives little else.
    """
    facts, threshold = case.facts, case.thresholds.frames
    distinct = len({frame.digest for frame in facts}) / len(facts) if facts else 0.0
    reason = None
    if len(facts) < LEAST_FRAMES:
        reason = Refusal.FRAMES_TOO_FEW
    elif len({(frame.width, frame.height) for frame in facts}) > 1:
        reason = Refusal.FRAMES_SIZE
    elif not _times_are_plausible(facts) or _cuts(facts) > MOST_CUTS:
        reason = Refusal.FRAMES_TIME
    elif distinct < threshold or _returns(facts) > MOST_RETURNS * len(facts):
        reason = Refusal.FRAMES_REPEATED
    return GateScore("frames", distinct, threshold, reason is None, reason)


def _times_are_plausible(facts: Sequence[FrameFacts]) -> bool:
    # Batches may overtake each other on their way in; the frames in them are ordered by the page's clock.
    if any(b.t_ms <= a.t_ms for a, b in pairwise(facts)):
        return False
    lags = [frame.received_ms - frame.t_ms for frame in facts]
    return min(lags) >= -_CLOCK_SLACK_MS and max(lags) - min(lags) <= _UPLOAD_SLACK_MS


def _returns(facts: Sequence[FrameFacts]) -> int:
    """Frames that were there before, but not directly before."""
    seen: set[str] = set()
    last, count = "", 0
    for frame in facts:
        count += frame.digest in seen and frame.digest != last
        seen.add(frame.digest)
        last = frame.digest
    return count


def _cuts(facts: Sequence[FrameFacts]) -> int:
    """How often the head is turned elsewhere from one frame to the next, and stays there: a film in pieces.

    Two frames on either side must agree, so that a single misread one is no cut.
    """
    cuts = 0
    for four in zip(facts, facts[1:], facts[2:], facts[3:], strict=False):
        yaws = [frame.face.yaw for frame in four if frame.face is not None]
        apart_ms = four[2].t_ms - four[1].t_ms
        if len(yaws) == len(four) and apart_ms <= _CUT_MS:
            least = min(abs(after - before) for before in yaws[:2] for after in yaws[2:])
            cuts += least >= max(_CUT_DEGREES, _CUT_DEGREES_A_SECOND * apart_ms / 1000)
    return cuts
