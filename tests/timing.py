"""Do two actions cost the same? CPU time is compared: the wall clock of a shared machine says more about
its other tenants."""

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time

TOLERANCE = 0.3
"""Far above the noise of medians, far below an argon2 or a branch of work that one of them is spared."""


def cpu_seconds(action: Callable[[], object]) -> float:
    """Of all threads of this process."""
    start = process_time()
    action()
    return process_time() - start


def apart(first: Sequence[float], second: Sequence[float]) -> float:
    """How far apart the medians are, as a share of the larger one."""
    left, right = median(first), median(second)
    return abs(left - right) / max(left, right)


def alternating(first: Callable[[], object], second: Callable[[], object], *, rounds: int) -> float:
    """`apart` of as many rounds of each, in turns, so that whatever else the process does falls on both."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for action, times in zip((first, second), spent, strict=True):
            times.append(cpu_seconds(action))
    return apart(*spent)
