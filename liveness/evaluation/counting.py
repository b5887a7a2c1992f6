"""A share that was counted, and when it may be called a rate."""

from __future__ import annotations

from dataclasses import dataclass

from liveness.evaluation.intervals import Interval, clopper_pearson

LEAST_SAMPLES = 100
"""Below that a share is told as its counts alone: a rate of 2 in 12 would be read as more than it is."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, such as attacks accepted of attacks presented."""

    count: int
    total: int

    @property
    def is_rate(self) -> bool:
        return self.total >= LEAST_SAMPLES

    @property
    def rate(self) -> float | None:
        """None below 100 samples."""
        return self.count / self.total if self.is_rate else None

    @property
    def interval(self) -> Interval | None:
        """95 %, exact; None below 100 samples."""
        return clopper_pearson(self.count, self.total) if self.is_rate else None
