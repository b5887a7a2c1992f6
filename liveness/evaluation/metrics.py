"""What a set of scores says about a detector, whatever the threshold.

A score from the threshold on is "live". Thresholds lie half-way between neighbouring scores, so that none
is tuned to the last digit of a sample. Every threshold that makes a difference is tried; rates are held as
counts, so that nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liveness.evaluation.intervals import Interval, clopper_pearson


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What happens at one threshold: attacks taken for live, live taken for attacks."""

    threshold: float
    attacks_accepted: int
    attacks: int
    live_refused: int
    live: int

    @property
    def apcer(self) -> float:
        return self.attacks_accepted / self.attacks

    @property
    def bpcer(self) -> float:
        return self.live_refused / self.live

    @property
    def mean_error(self) -> float:
        """At the point of equal errors: the equal error rate."""
        return (self.apcer + self.bpcer) / 2

    @property
    def mean_error_interval(self) -> Interval:
        """The hull of both rates' intervals: wide, and so on the safe side of having chosen the threshold
        on the same samples."""
        a = clopper_pearson(self.attacks_accepted, self.attacks)
        b = clopper_pearson(self.live_refused, self.live)
        return Interval(min(a.low, b.low), max(a.high, b.high))


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """Both errors over all thresholds, which ascend: the DET curve. The counts stand at the same index."""

    thresholds: NDArray[np.float64]
    attacks_accepted: NDArray[np.int64]
    live_refused: NDArray[np.int64]
    attacks: int
    live: int

    def __getitem__(self, index: int) -> OperatingPoint:
        return OperatingPoint(
            float(self.thresholds[index]),
            int(self.attacks_accepted[index]),
            self.attacks,
            int(self.live_refused[index]),
            self.live,
        )


def tradeoff(live: Iterable[float], attacks: Iterable[float]) -> Tradeoff:
    """:raises ValueError: no live samples, no attacks, or a score that is no finite number."""
    bona_fide, presented = _sorted(live), _sorted(attacks)
    scores = np.unique(np.concatenate([bona_fide, presented]))
    middles = scores[:-1] + np.diff(scores) / 2
    middles = np.where(middles > scores[:-1], middles, scores[1:])  # neighbouring floats have no middle
    thresholds = np.concatenate([scores[:1], middles, [np.nextafter(scores[-1], np.inf)]])
    return Tradeoff(
        thresholds=thresholds,
        attacks_accepted=presented.size - np.searchsorted(presented, thresholds, side="left"),
        live_refused=np.searchsorted(bona_fide, thresholds, side="left"),
        attacks=presented.size,
        live=bona_fide.size,
    )


def at_threshold(live: Iterable[float], attacks: Iterable[float], threshold: float) -> OperatingPoint:
    """:raises ValueError: as `tradeoff`."""
    bona_fide, presented = _sorted(live), _sorted(attacks)
    return OperatingPoint(
        threshold,
        int((presented >= threshold).sum()),
        presented.size,
        int((bona_fide < threshold).sum()),
        bona_fide.size,
    )


def equal_error(curve: Tradeoff) -> OperatingPoint:
    """Where both error rates come closest to each other; of two such places the stricter one.

    From one threshold to the next at least one of the counts moves, so APCER - BPCER falls strictly.
    """
    # Multiplied out, so that equal rates compare as equal.
    gap = np.abs(curve.attacks_accepted * curve.live - curve.live_refused * curve.attacks)
    return curve[int(np.flatnonzero(gap == gap.min())[-1])]


def at_apcer(curve: Tradeoff, most: float) -> OperatingPoint:
    """The most lenient threshold with APCER <= `most`. ISO/IEC 30107-3 calls BPCER there BPCER10 for 10 %,
    BPCER20 for 5 % and BPCER100 for 1 %."""
    return curve[int(np.argmax(curve.attacks_accepted <= most * curve.attacks + 1e-9))]


def area(live: Iterable[float], attacks: Iterable[float]) -> float:
    """How often a live sample scores above an attack, ties by half: AUC, the statistic of Mann and Whitney.

    :raises ValueError: as `tradeoff`.
    """
    bona_fide, presented = _sorted(live), _sorted(attacks)
    below = np.searchsorted(presented, bona_fide, side="left").sum()
    not_above = np.searchsorted(presented, bona_fide, side="right").sum()
    return float(below + not_above) / (2 * bona_fide.size * presented.size)


def _sorted(scores: Iterable[float]) -> NDArray[np.float64]:
    values = np.sort(np.fromiter(scores, np.float64))
    if values.size == 0 or not np.isfinite(values).all():
        raise ValueError("Scores must be there, and finite.")
    return values
