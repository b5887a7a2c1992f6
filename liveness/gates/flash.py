"""Does the face's colour follow the colours of the screen, more than what lies beside the head does?

Model. Skin scatters (Lambert) the light of the room A and of the screen s * S, so that a camera with gain g
sees F = g R (A + s S) in each channel; what lies behind is farther away and gets little of s. The
logarithm of face over ground, F / B, loses g, that is exposure and white balance, with which a phone fights
every change of colour; of it, red over green and blue over green lose the head's movements, too. What is
left follows S by about s / A. A recording put in the place of the camera does not follow at all, nor does a
screen held before it, which shines by itself. A sheet of paper follows as skin does: it is for the
other gates. So may a deepfake that is relit while it is made.

Test. The sequence was drawn by the server and told when it began, so a recording made before is independent
of it, and every sequence that might have been drawn fits the recording as well as the true one on average.
The p-value is the share of all those sequences that fit at least as well, each at its own best
delay: a randomisation test (Fisher, The Design of Experiments, 1935, section 21), exact without any knowledge
of cameras, noise or people. A threshold of 1 - alpha lets through a share of at most alpha of recordings.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from liveness.colours import LEAST_STEP_MS, LIGHT, MOST_STEP_MS, Colour, Flash
from liveness.gates.case import Case
from liveness.types import FrameFacts, GateScore, Refusal

LEAST_GAIN = 0.02
"""Of the face, by the screen's colours at full, in the light of an ordinary room: a phone at arm's
length gives about 35 lx, so a room has up to 1,750 lx. Below it silence says nothing."""
DELAYS_MS = tuple(range(0, 451, 50))
"""From painting to the frame: screen, exposure, camera pipeline, canvas."""
_DARKNESS = 0.01  # added to linear light, lest the noise of a black ground grows under the logarithm
_EVEN = 4.0
"""A patch of the face may follow so many times as strongly as another; a screen's glare lies on one alone."""
_ROUNDING = 1e-9
_STUDENT_99 = 3.0  # one-sided 99 % quantile of Student's t for the 7 degrees of freedom left

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`p`: share of sequences that fit as well as the true one; 1 when only a part of the face follows.

    `gain`: how strongly the face followed it, in logarithms at the screen's full colour; `most_gain`: how
    strongly it may have, at most (99 %).
    """

    p: float
    gain: float
    most_gain: float


def gate(case: Case) -> GateScore | None:
    """1 - p. None when the colours were not shown, or nothing can be read off them: the face was not
    seen well enough, or it may have followed too weakly for its noise."""
    flash = case.challenge.flash
    if flash is None or (found := evidence(flash, case.facts)) is None:
        return None
    score, threshold = 1 - found.p, case.thresholds.flash
    if score >= threshold:
        return GateScore("flash", score, threshold, passed=True)
    if found.most_gain >= LEAST_GAIN:
        return None
    return GateScore("flash", score, threshold, passed=False, reason=Refusal.FLASH)


def evidence(flash: Flash, facts: Sequence[FrameFacts]) -> Evidence | None:
    """None when not every colour was shown in time, or is seen in a frame at any delay."""
    steps = len(flash.colours)
    begins = _begins(facts, steps)
    signal = _signal(facts)
    if begins is None or signal is None:
        return None
    times, patches = signal
    drawn, shown = _sequences(steps)
    truth = drawn.index(flash.colours)
    best = np.full(len(drawn), -np.inf)
    fits: list[tuple[float, _Floats]] = []
    for delay in DELAYS_MS:
        means = _means(times - delay, patches, begins, flash.step_ms)
        if means is None:
            continue
        seen = _without_drift(means)
        # The median of cheeks and forehead: the glare of a screen lies on one of them, daylight on all.
        face = np.median(seen, axis=0).reshape(-1)
        length = float(np.linalg.norm(face))
        fit = shown @ face / (length * np.linalg.norm(shown, axis=1)) if length > 0 else np.zeros(len(drawn))
        best = np.maximum(best, fit)
        fits.append((float(fit[truth]), seen))
    if not fits:
        return None
    _, seen = max(fits, key=lambda found: found[0])
    pattern = shown[truth]
    p = float(np.mean(best >= best[truth] - _ROUNDING)) if _is_even(seen, pattern) else 1.0
    return Evidence(p, *_gain(np.median(seen, axis=0).reshape(-1), pattern))


def _is_even(seen: _Floats, pattern: _Floats) -> bool:
    """May every patch have followed about as strongly as the others?"""
    found = [_gain(patch.reshape(-1), pattern) for patch in seen]
    return max(gain for gain, _ in found) <= _EVEN * min(most for _, most in found)


def _gain(face: _Floats, pattern: _Floats) -> tuple[float, float]:
    """By least squares: the gain, and the upper end of its one-sided 99 % interval."""
    power = float(pattern @ pattern)
    gain = float(pattern @ face) / power
    left = face - gain * pattern
    freedom = len(face) - 2 * 2 - 1  # mean and trend of two chromaticities, and the gain
    error = float(np.sqrt(left @ left / freedom / power))
    return gain, gain + _STUDENT_99 * error


def _begins(facts: Sequence[FrameFacts], steps: int) -> _Floats | None:
    """When each colour was painted; None when one is missing or they did not go on at the pace asked."""
    begins = {frame.screen.place: frame.screen.since_ms for frame in facts if frame.screen is not None}
    if sorted(begins) != list(range(steps)) or not steps:
        return None
    times = np.array([begins[place] for place in range(steps)], np.float64)
    lasted = np.diff(times)
    return times if (lasted >= LEAST_STEP_MS).all() and (lasted <= MOST_STEP_MS).all() else None


def _signal(facts: Sequence[FrameFacts]) -> tuple[_Floats, _Floats] | None:
    """Times, and red over green and blue over green of face over ground, by patch: T, and T x patches x 2."""
    rows: list[tuple[int, _Floats]] = []
    for frame in facts:
        if frame.light is None or frame.light.ground is None:
            continue
        ground = _chroma(frame.light.ground)
        nothing = np.full(2, np.nan)
        skin = [nothing if patch is None else _chroma(patch) - ground for patch in frame.light.skin]
        rows.append((frame.t_ms, np.array(skin)))
    if not rows:
        return None
    patches = np.array([patch for _, patch in rows])
    usable = np.isfinite(patches[..., 0])
    # Only a patch that is there all along can be compared with itself.
    lasting = usable.mean(axis=0) > 0.9
    kept = usable[:, lasting].all(axis=1)
    if not lasting.any() or not kept.any():
        return None
    patches = patches[kept][:, lasting]
    times = np.array([t for (t, _), keep in zip(rows, kept, strict=True) if keep], np.float64)
    return times, patches


def _chroma(rgb: tuple[float, float, float]) -> _Floats:
    red, green, blue = np.log(np.array(rgb) + _DARKNESS)
    return np.array((red - green, blue - green))


def _means(times: _Floats, chroma: _Floats, begins: _Floats, step_ms: int) -> _Floats | None:
    """Over the frames that show each colour: patches x steps x 2. None when a colour has none."""
    place = np.searchsorted(begins, times, side="right") - 1
    place[times >= begins[-1] + step_ms] = -1
    means = [chroma[place == step].mean(axis=0) for step in range(len(begins)) if (place == step).any()]
    return np.stack(means, axis=1) if len(means) == len(begins) else None


def _without_drift(chroma: _Floats) -> _Floats:
    """Without mean and linear trend over the steps: what changes slowly is not the screen."""
    steps = chroma.shape[-2]
    basis, _ = np.linalg.qr(np.vander(np.arange(steps, dtype=np.float64), 2))
    left: _Floats = chroma - basis @ (basis.T @ chroma)
    return left


@lru_cache(maxsize=4)
def _sequences(steps: int) -> tuple[list[tuple[Colour, ...]], _Floats]:
    """All that might have been drawn, and their patterns: n x 2 * steps."""
    drawn = [
        colours
        for colours in itertools.product(Colour, repeat=steps)
        if all(a is not b for a, b in itertools.pairwise(colours))
    ]
    light = {colour: np.array((r - g, b - g)) for colour, (r, g, b) in LIGHT.items()}
    chroma = np.array([[light[colour] for colour in colours] for colours in drawn])
    return drawn, _without_drift(chroma).reshape(len(drawn), -1)
