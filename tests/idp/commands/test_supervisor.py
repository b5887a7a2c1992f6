"""One signal stops all; who dies is started again; nobody outlives a killed supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SCRIPT = """
import os, sys
from pathlib import Path
from idp.commands.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
child = ("import os, sys, time; from pathlib import Path;"
         "Path(sys.argv[1], f'{sys.argv[2]}.{os.getpid()}').touch(); time.sleep(60)")
argv = [sys.executable, "-c", child, str(folder)]
programs = [Program(name, [*argv, name], dict(os.environ)) for name in ("one", "two")]
sys.exit(Supervisor(programs).run())
"""


def wait_for(found: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to be in time"
        time.sleep(0.02)


def pids(folder: Path, name: str) -> list[int]:
    return sorted(int(file.suffix[1:]) for file in folder.glob(f"{name}.*"))


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def start(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder)], stderr=subprocess.DEVNULL)
    wait_for(lambda: bool(pids(folder, "one")) and bool(pids(folder, "two")))
    return process


def test_a_signal_stops_all(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    children = pids(tmp_path, "one") + pids(tmp_path, "two")
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(15) == 0
    assert not any(lives(child) for child in children)


def test_who_dies_is_started_again(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    (first,) = pids(tmp_path, "one")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, "one")) == 2)
    assert len(pids(tmp_path, "two")) == 1
    supervisor.terminate()
    assert supervisor.wait(15) == 0


def test_nobody_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    children = pids(tmp_path, "one") + pids(tmp_path, "two")
    supervisor.kill()
    supervisor.wait(15)
    wait_for(lambda: not any(lives(child) for child in children))
