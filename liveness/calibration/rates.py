"""From the cosines of pairs to thresholds at stated false accept rates (ISO/IEC 19795-1:2021).

FAR: share of the pairs of two persons that reach the threshold. FRR: share of the pairs of one that do not.
Both are of pairs in which a face was found in either picture: failures to acquire are counted apart.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from liveness.evaluation.intervals import Interval, clopper_pearson

RATES = (0.1, 0.01, 0.001, 0.0001, 0.00001, 0.000001)
LEAST_EXPECTED = 10
"""A rate is told where that many of the pairs would pass at it: at fewer, chance decides the threshold."""
RULE_OF_30 = 30
"""So many errors bring a rate within 30 % of the truth with 90 % confidence (Doddington 1998), if the pairs
were independent."""
_STEP = 1_000  # thresholds are told to three digits, rounded up


@dataclass(frozen=True, slots=True)
class Row:
    """`far`: stated. `false_accepts` and `false_rejects`: counted at the threshold, with 95 % intervals."""

    far: float
    threshold: float
    false_accepts: int
    far_interval: Interval
    false_rejects: int
    frr_interval: Interval | None


def measured(genuine: Iterable[float], impostor: Iterable[float]) -> tuple[Row, ...]:
    """A row for each rate that the number of impostor pairs supports, the most lax one first."""
    same, different = sorted(genuine), sorted(impostor)
    return tuple(_rows(same, different))


def _rows(same: Sequence[float], different: Sequence[float]) -> Iterator[Row]:
    for far in RATES:
        allowed = math.floor(far * len(different) + 1e-9)
        if allowed < LEAST_EXPECTED:
            return
        # The least threshold at which no more than that many reach it.
        threshold = (math.floor(different[-allowed - 1] * _STEP) + 1) / _STEP
        accepts = len(different) - bisect_left(different, threshold)
        rejects = bisect_left(same, threshold)
        yield Row(
            far=far,
            threshold=threshold,
            false_accepts=accepts,
            far_interval=clopper_pearson(accepts, len(different)),
            false_rejects=rejects,
            frr_interval=clopper_pearson(rejects, len(same)) if same else None,
        )
