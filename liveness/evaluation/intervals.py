"""How far off a rate may be that was counted on a few hundred samples.

Both intervals take samples for independent of each other. Many pictures of one person, or of one attack
instrument, are not: then the truth may lie further away than the interval says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
_HALVINGS = 60  # of an interval of length 1: down to the spacing of floats


class Interval(NamedTuple):
    low: float
    high: float


def clopper_pearson(errors: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a share: never narrower than it claims, whatever the truth.

    Clopper and Pearson, Biometrika 26 (1934) 404; ISO/IEC 19795-1:2021 on the uncertainty of error rates.

    :raises ValueError: not 0 <= errors <= total, or nothing counted.
    """
    if not 0 <= errors <= total or total == 0:
        raise ValueError(f"{errors} of {total} is no share.")
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _root(lambda p: _beta(errors, total - errors + 1, p) - tail)
    high = 1.0 if errors == total else _root(lambda p: _beta(errors + 1, total - errors, p) - (1 - tail))
    return Interval(min(low, errors / total), max(high, errors / total))


def area_interval(area: float, live: int, attacks: int, confidence: float = CONFIDENCE) -> Interval:
    """Of the area under the curve: the areas from which `area` is no further away than chance explains.

    Newcombe, Statistics in Medicine 25 (2006) 559, method 5: the variance of Hanley and McNeil (Radiology 143
    (1982) 29), taken at the bound instead of the estimate, so that a perfect separation of few samples
    does not get an interval of length zero.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    more = (live + attacks) / 2 - 1

    def distance(bound: float) -> float:
        spread = 1 + more * ((1 - bound) / (2 - bound) + bound / (1 + bound))
        return abs(area - bound) - z * math.sqrt(bound * (1 - bound) * spread / (live * attacks))

    low = 0.0 if area == 0 else area * _root(lambda share: -distance(area * share))
    high = 1.0 if area == 1 else area + (1 - area) * _root(lambda share: distance(area + (1 - area) * share))
    return Interval(min(low, area), max(high, area))


def _root(rising: Callable[[float], float]) -> float:
    """Where a function that rises through zero on 0..1 does so."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _beta(a: int, b: int, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b): NIST DLMF 8.17.22, by Lentz's method."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly; DLMF 8.17.4
        return 1 - _beta(b, a, 1 - x)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    fraction, c, d = 1.0, 1.0, 0.0
    m = 0
    while True:
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        before = fraction
        for term in (odd, even):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            fraction *= c * d
        m += 1
        if abs(fraction - before) <= 1e-15 * abs(fraction) or m > 10_000:
            return math.exp(scale) / (a * fraction)
