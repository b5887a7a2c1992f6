"""Match thresholds by stated false accept rate: `[far.NETWORK]` of `models.toml`, and of own manifests.

An operator says how often a stranger may pass (FAR, the false match rate of ISO/IEC 19795-1); the network's
table says which cosine that takes. A rate that the table has no figure for is refused, not interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from liveness.errors import ManifestInvalid

FarTable = Mapping[float, float]
"""False accept rate -> least cosine."""


def checked_far(network: str, table: Mapping[str, Any]) -> dict[float, float]:
    """:raises ManifestInvalid: a rate or a cosine out of bounds, or a stricter rate with a lower cosine."""
    found: dict[float, float] = {}
    for key, value in table.items():
        rate = _rate(network, key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
            raise ManifestInvalid(f"[far.{network}] {key} must be a cosine above 0, up to 1, not {value!r}")
        found[rate] = float(value)
    ordered = sorted(found.items())
    if any(strict[1] < lax[1] for strict, lax in pairwise(ordered)):
        raise ManifestInvalid(f"[far.{network}]: a lower rate needs a higher cosine")
    return dict(ordered)


def threshold_at(rate: float, table: FarTable, network: str) -> float:
    """:raises ManifestInvalid: names the rates that there are figures for."""
    if rate in table:
        return table[rate]
    there_are = ", ".join(f"{known:g}" for known in table) or "none"
    raise ManifestInvalid(
        f"no figure for {network} at a FAR of {rate:g}; figures in [far.{network}]: {there_are}"
    )


def _rate(network: str, key: str) -> float:
    try:
        rate = float(key)
    except ValueError:
        rate = math.nan
    if not 0 < rate < 1:
        raise ManifestInvalid(f"[far.{network}] {key!r} is no rate between 0 and 1")
    return rate
