"""Runs programs together: all start, one signal stops all, one that dies is started again.

On Linux the kernel ends the children should this process be killed outright.
"""

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 60.0


@dataclass
class Program:
    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS


@dataclass
class Supervisor:
    programs: Sequence[Program]
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)
    monotonic: Callable[[], float] = time.monotonic
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, when_started: Callable[[], None] | None = None) -> int:
        """Until a signal comes; returns the exit code. `when_started` runs beside, and may take its time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self._stopping.set())
        try:
            for program in self.programs:
                self._start(program)
            if when_started is not None:
                threading.Thread(target=when_started, daemon=True).start()
            while not self._stopping.wait(0.2):
                for program in self.programs:
                    self._look_after(program)
        finally:
            self._stop_all()
        return 0

    def stop(self) -> None:
        self._stopping.set()

    def _start(self, program: Program) -> None:
        program.started_at = self.monotonic()
        program.process = subprocess.Popen(  # noqa: S603  the programs are our own
            program.argv,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            # A group of its own: Ctrl-C reaches the supervisor alone, which then stops them in order.
            process_group=0,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def _look_after(self, program: Program) -> None:
        if program.process is None:
            if self.monotonic() - program.started_at >= program.pause:
                program.pause = min(program.pause * 2, LONGEST_PAUSE_SECONDS)
                self._start(program)
            return
        code = program.process.poll()
        if code is None:
            return
        now = self.monotonic()
        if now - program.started_at > SETTLED_SECONDS:
            program.pause = FIRST_PAUSE_SECONDS
        self.say(f"{program.name} ended with {code}; starting it again in {program.pause:.1f} s")
        program.process, program.started_at = None, now

    def _stop_all(self) -> None:
        running = [p.process for p in self.programs if p.process is not None and p.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = self.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - self.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
