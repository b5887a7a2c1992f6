"""How much memory this process has, in MB (10^6 bytes)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

_STATM = Path("/proc/self/statm")  # proc(5); only Linux tells it so cheaply
_BYTES = 1e6


def resident_mb() -> float | None:
    """Now; None where the system does not say."""
    if not _STATM.is_file():
        return None
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _BYTES


def peak_mb() -> float | None:
    """The most since the process began; None where the system does not say."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _BYTES


def slope(values: Sequence[float]) -> float:
    """Growth a step, by least squares; 0 with fewer than two values."""
    count = len(values)
    if count < 2:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    above = sum((index - middle) * (value - mean) for index, value in enumerate(values))
    return above / sum((index - middle) ** 2 for index in range(count))
