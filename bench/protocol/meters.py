"""CPU time of other processes, and which core they run on."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1


def pin(core: int) -> None:
    """This thread, and what it starts from now on. With a single core there is nothing to choose."""
    os.sched_setaffinity(0, {core if (os.cpu_count() or 1) > core else 0})


def family(pid: int) -> tuple[int, ...]:
    """A process and all that descend from it."""
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return (pid, *(found for child in children for found in family(child)))


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of all their threads, to the nanosecond: clock_getcpuclockid(3) names a
    process's clock by its id like this."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


@dataclass(frozen=True, slots=True)
class Busy:
    """How long one core has worked, for whomever, in seconds."""

    core: int

    def seconds(self) -> float:
        lines = Path("/proc/stat").read_text("ascii").splitlines()
        (line,) = [line for line in lines if line.startswith(f"cpu{self.core} ")]
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
        return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
