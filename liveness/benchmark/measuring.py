"""Rounds of sessions: what they cost in the median, read on the schedule, in full, and by several threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from liveness.benchmark.memory import peak_mb, resident_mb, slope
from liveness.benchmark.session import Cost, Material, play
from liveness.engine import Engine

_SESSIONS_A_THREAD = 2
_WARM_UP = 0.1  # of the rounds: caches and heaps fill first
_LEAST_FOR_GROWTH = 100  # rounds: with fewer the heap's own coming and going is all that is seen


@dataclass
class Pace:
    """Of so many threads at once, a value a round. `share`: of a core that each thread was given.

    `peak_mb`: of the process until the last round with so many.
    """

    threads: int
    sessions_a_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    peak_mb: float | None = None


@dataclass
class Measured:
    """`resident_mb`: after each session on the schedule, where the system says it."""

    quick: list[Cost] = field(default_factory=list)
    full: list[Cost] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)
    before_mb: float | None = None
    first_mb: float | None = None
    peak_mb: float | None = None
    resident_mb: list[float] = field(default_factory=list)

    def growth_mb(self) -> float | None:
        """A thousand sessions, after the warm-up; None from too few rounds."""
        settled = self.resident_mb[int(len(self.resident_mb) * _WARM_UP) :]
        return slope(settled) * 1000 if len(self.resident_mb) >= _LEAST_FOR_GROWTH else None

    def apart(self) -> float:
        """The largest distance between a gate's scores, on the schedule and in full."""
        pairs = zip(self.quick, self.full, strict=False)
        return max(
            (
                abs(one.score - other.score)
                for quick, full in pairs
                for one, other in zip(quick.verdict.gates, full.verdict.gates, strict=True)
            ),
            default=0.0,
        )


def measure(
    engine: Engine,
    material: Material,
    *,
    rounds: Callable[[int], Iterable[int]] = range,
    count: int,
    full: bool,
    threads: int,
) -> Measured:
    """On the schedule and in full in turn, then the threads in turn: what else the machine does falls on all.

    :param rounds: `range`, or one that shows how far it is.
    :raises ImageRefused: a frame that the engine does not take.
    """
    measured = Measured(before_mb=resident_mb())
    play(engine, material)  # opens the networks
    measured.first_mb = resident_mb()
    for _ in rounds(count):
        measured.quick.append(play(engine, material))
        now = resident_mb()
        measured.resident_mb += [] if now is None else [now]
        if full:
            measured.full.append(play(engine, material, full=True))
    measured.peak_mb = peak_mb()
    if threads > 1:
        measured.paces = [Pace(n) for n in _steps(threads)]
        for _ in rounds(count):
            for pace in measured.paces:
                _run(engine, material, pace)
    return measured


def _steps(threads: int) -> list[int]:
    """1, 2, 4 and so on, up to and with the number asked for."""
    doubled = [1 << power for power in range(threads.bit_length()) if 1 << power < threads]
    return [*doubled, threads]


def _run(engine: Engine, material: Material, pace: Pace) -> None:
    def work(_: int) -> Sequence[Cost]:
        return [play(engine, material) for _ in range(_SESSIONS_A_THREAD)]

    with ThreadPoolExecutor(pace.threads) as pool:
        begun = time.perf_counter()
        costs = [cost for some in pool.map(work, range(pace.threads)) for cost in some]
        wall_ms = (time.perf_counter() - begun) * 1000
    pace.sessions_a_second.append(len(costs) / wall_ms * 1000)
    pace.cpu_ms.append(median(cost.total_ms for cost in costs))
    pace.share.append(sum(cost.total_ms for cost in costs) / (wall_ms * pace.threads))
    pace.peak_mb = peak_mb()
