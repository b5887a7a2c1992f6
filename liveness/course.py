"""Follow a person through a challenge, frame by frame. Pure: the facts so far decide.

First the person settles: a few calm frontal frames give the own neutral pose, against which
every action is measured. Then one action after the other is asked. A step is over as
soon as its action was seen after it was asked, from a neutral start; another pronounced action
meanwhile refuses the session, because a recording plays what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from liveness.baseline import Baseline, settle
from liveness.challenge import TURNS, Challenge, without_blink
from liveness.complaints import complaint
from liveness.types import Action, Advice, Face, FrameFacts, Progress, Refusal

UNREADABLE_EYES = 0.3  # median P(closed) at rest above which a blink could not be told
REPEAT_MS = 2_500  # after coming back, an action just done may be done again for so long: people nod twice
TURNED_DEGREES = 18.0  # below, the depth of a head does not stand out from the noise of its points
TURNED_FRAMES = 3  # that planarity needs: before a slow camera a turn is held, or made again
COMING_BACK_MS = 1_000  # from the turn before, to the other side
CROSSTALK_DEGREES = 12.0  # of turn, beyond which mouth and pitch cannot be read well

# What counts as done, and as another action than the asked one: degrees, lip gap, probability.
ENOUGH = {
    Action.TURN_LEFT: 22.0,
    Action.TURN_RIGHT: 22.0,
    Action.OPEN_MOUTH: 0.18,
    Action.NOD: 10.0,
    Action.BLINK: 0.5,
}
PRONOUNCED = {
    Action.TURN_LEFT: 25.0,
    Action.TURN_RIGHT: 25.0,
    Action.OPEN_MOUTH: 0.22,
    Action.NOD: 18.0,
}
_NEUTRAL = 0.5  # share of ENOUGH below which the start is neutral, and to which nod and blink return
_LEAD_UP = 0.5  # share of a threshold that the frame before must have: one wild frame is no action


@dataclass(frozen=True, slots=True)
class Course:
    """How a session went: the progress, what was asked in the end, and against which pose."""

    progress: Progress
    actions: tuple[Action, ...]
    baseline: Baseline | None


_SIGNALS: dict[Action, Callable[[Face, Baseline], float]] = {
    Action.TURN_LEFT: lambda face, base: face.yaw - base.yaw,
    Action.TURN_RIGHT: lambda face, base: base.yaw - face.yaw,
    Action.OPEN_MOUTH: lambda face, base: face.mouth - base.mouth,
    Action.NOD: lambda face, base: abs(face.pitch - base.pitch),
    Action.BLINK: lambda face, base: face.closed - base.closed,
}


def progress(challenge: Challenge, facts: Sequence[FrameFacts]) -> Progress:
    """Which action is asked now, what would help, and whether it is over."""
    return follow(challenge, facts).progress


def follow(challenge: Challenge, facts: Sequence[FrameFacts]) -> Course:
    """Like `progress`, with what the gates need besides."""
    baseline, advice = settle(facts)
    if baseline is None:
        waiting = Progress(0, len(challenge.actions), None, done=False, advice=advice)
        return Course(_in_time(challenge, facts, waiting), challenge.actions, None)
    readable = baseline.closed <= UNREADABLE_EYES
    actions = challenge.actions if readable else without_blink(challenge)
    state = _Steps(challenge, actions, baseline)
    for frame in facts[baseline.index + 1 :]:
        if frame.t_ms > baseline.t_ms and state.step < len(actions) and state.refused_by is None:
            state.see(frame)
    now = _with_flash(challenge, facts, state.progress(facts[-1]), state.asked_ms)
    return Course(_in_time(challenge, facts, now), actions, baseline)


def _with_flash(challenge: Challenge, facts: Sequence[FrameFacts], now: Progress, done_ms: int) -> Progress:
    """After the actions the colours, within the same window as an action: no time to repaint a film."""
    begun = now.done and challenge.flash is not None
    if any(frame.screen is not None and not (begun and frame.t_ms > done_ms) for frame in facts):
        # While colours are shown some networks rest: nobody else may say that they are.
        return replace(now, done=False, action=None, refused_by=Refusal.FRAMES_TIME)
    if not now.done or challenge.flash is None or not challenge.flash.colours:
        return now
    shown = [frame.t_ms for frame in facts if frame.screen is not None]
    last = facts[-1]
    if shown and last.screen is None and last.t_ms > shown[-1]:
        late = shown[-1] - done_ms > challenge.window_ms
        return replace(now, done=not late, refused_by=Refusal.TOO_SLOW if late else None)
    if last.t_ms - done_ms > challenge.window_ms:
        return replace(now, done=False, refused_by=Refusal.TOO_SLOW)
    return replace(now, done=False, advice=complaint(last), flash=challenge.flash)


def _in_time(challenge: Challenge, facts: Sequence[FrameFacts], now: Progress) -> Progress:
    seconds = (challenge.expires_at - challenge.issued_at).total_seconds()
    if facts and facts[-1].received_ms > seconds * 1000:
        return Progress(now.step, now.steps, None, done=False, refused_by=Refusal.EXPIRED)
    return now


class _Steps:
    """The walk through the actions; fed with one frame after the other."""

    def __init__(self, challenge: Challenge, actions: tuple[Action, ...], baseline: Baseline) -> None:
        self.actions = actions
        self.step = 0
        self.refused_by: Refusal | None = None
        self._window_ms = challenge.window_ms
        self._baseline = baseline
        self.asked_ms = baseline.t_ms
        self._neutral = self._reached = False
        self._turned_frames = 0
        self._released_ms: int | None = None  # when the action before this one had come back
        self._before: Face | None = None

    def see(self, frame: FrameFacts) -> None:
        asked = self.actions[self.step]
        if frame.t_ms - self.asked_ms > self._window_ms:
            self.refused_by = Refusal.TOO_SLOW
            return
        face, before = frame.face, self._before
        self._before = face
        if face is None:
            return
        if self._is_done(asked, face, before):
            self.step += 1
            self.asked_ms = frame.t_ms
            self._neutral = self._reached = False
            self._turned_frames = 0
            self._released_ms = None
        elif before is not None and self._other_action(asked, face, before, frame.t_ms):
            self.refused_by = Refusal.WRONG_ORDER

    def _is_done(self, asked: Action, face: Face, before: Face | None) -> bool:
        """Seen from neutral to enough. Nod and blink are over when they have come back, a turn when
        enough frames show it."""
        signal, enough = self._signal(asked, face), ENOUGH[asked]
        self._neutral = self._neutral or signal < _NEUTRAL * enough
        was_reached = self._reached
        self._reached = was_reached or (self._neutral and self._holds(asked, enough, face, before))
        if asked in TURNS:
            self._turned_frames += self._neutral and signal >= TURNED_DEGREES
            return self._reached and self._turned_frames >= TURNED_FRAMES
        if asked in (Action.NOD, Action.BLINK):
            return was_reached and signal < _NEUTRAL * enough
        return self._reached

    def _holds(self, action: Action, threshold: float, face: Face, before: Face | None) -> bool:
        if self._signal(action, face) < threshold:
            return False
        if action is Action.BLINK:  # may last a single frame
            return True
        return before is not None and self._signal(action, before) >= _LEAD_UP * threshold

    def _other_action(self, asked: Action, face: Face, before: Face, t_ms: int) -> bool:
        allowed = {asked}
        if self.step:
            last = self.actions[self.step - 1]
            if self._released_ms is None and self._signal(last, face) < _NEUTRAL * ENOUGH[last]:
                self._released_ms = t_ms
            if self._released_ms is None or t_ms - self._released_ms <= REPEAT_MS:
                allowed.add(last)
        turned = max(abs(face.yaw - self._baseline.yaw), abs(before.yaw - self._baseline.yaw))
        # A mouth that opens wide takes the head along; with the mouth shut, a nod is a nod.
        opened = max(self._signal(Action.OPEN_MOUTH, seen) for seen in (face, before))
        if opened >= _NEUTRAL * ENOUGH[Action.OPEN_MOUTH] and asked is Action.OPEN_MOUTH:
            allowed.add(Action.NOD)
        return any(
            self._holds(action, threshold, face, before)
            for action, threshold in PRONOUNCED.items()
            if action not in allowed and (turned < CROSSTALK_DEGREES or action in TURNS)
        )

    def _signal(self, action: Action, face: Face) -> float:
        return _SIGNALS[action](face, self._baseline)

    def progress(self, last: FrameFacts) -> Progress:
        done = self.step == len(self.actions) and self.refused_by is None
        asked = None if done or self.refused_by else self.actions[self.step]
        advice = complaint(last) if asked else None
        if asked and advice is None and last.face is not None:
            advice = self._turn_advice(asked, last.face, last.t_ms)
        return Progress(self.step, len(self.actions), asked, done, self.refused_by, advice)

    def _turn_advice(self, asked: Action, face: Face, t_ms: int) -> Advice | None:
        if asked not in TURNS:
            return None
        share = self._signal(asked, face) / ENOUGH[asked]
        if share >= 1:
            # Turned before it was asked: only a new turn from the front counts.
            return Advice.HOLD_TURN if self._neutral else Advice.LOOK_STRAIGHT
        if share < -_NEUTRAL:
            # At first they may only be coming back from a turn to that side.
            return Advice.TURN_OTHER_WAY if t_ms - self.asked_ms >= COMING_BACK_MS else None
        return Advice.TURN_FURTHER if share > _NEUTRAL else None
