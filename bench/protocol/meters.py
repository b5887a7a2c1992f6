"""CPU time of other processes, and which core they run on."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1
START_SECONDS = 0.15
"""Until perf counts."""


def pin(core: int) -> None:
    """This thread, and what it starts from now on. With a single core there is nothing to choose."""
    os.sched_setaffinity(0, {core if (os.cpu_count() or 1) > core else 0})


def family(pid: int) -> tuple[int, ...]:
    """A process and all that descend from it; nobody, when it has ended."""
    children: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += map(int, (task / "children").read_text().split())
    except OSError:
        return ()
    return (pid, *(found for child in children for found in family(child)))


class Cpu:
    """User and system time that processes take from now on."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._before = _times(pids)

    def seconds(self) -> float:
        """Of those that are still there: PostgreSQL's come and go."""
        return sum(after - self._before[pid] for pid, after in _times(self._before).items())


def _times(pids: Iterable[int]) -> dict[int, float]:
    """Of all threads, in nanoseconds: clock_getcpuclockid(3) names a process's clock by its id like this."""
    found: dict[int, float] = {}
    for pid in pids:
        with suppress(OSError):
            found[pid] = time.clock_gettime((~pid << 3) | 2)
    return found


class Instructions:
    """How many instructions processes have run in user space, where `perf` may count them.

    On a machine that is busy with other things the same work takes more CPU time, as caches are shared; it
    does not take more instructions.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self.count: int | None = None
        self._pids = ",".join(map(str, pids))
        self._perf = shutil.which("perf") if self._pids else None

    def __enter__(self) -> "Instructions":
        if self._perf is not None:
            command = [self._perf, "stat", "-x,", "-e", "instructions:u", "-p", self._pids]
            self._counting = subprocess.Popen(  # noqa: S603 - found in PATH
                command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            time.sleep(START_SECONDS)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._perf is not None:
            self._counting.send_signal(signal.SIGINT)
            _, told = self._counting.communicate()
            first = told.strip().partition(",")[0]
            self.count = int(first) if first.isdigit() else None


@dataclass(frozen=True, slots=True)
class Busy:
    """How long one core has worked, for whomever, in seconds."""

    core: int

    def seconds(self) -> float:
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        (line,) = [line for line in lines if line.startswith(f"cpu{self.core} ")]
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
        return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
