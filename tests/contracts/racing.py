"""Races between real processes: all are made ready, then let go together."""

import subprocess
import sys
from collections.abc import Sequence

from idp.settings import ROOT


def winners(module: str, contenders: Sequence[Sequence[str]]) -> list[int]:
    """Run `module` once for each list of arguments. It says "ready", waits for a line, and prints the
    number of whatever it won, one a line; all numbers of all contenders come back, sorted."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for arguments in contenders
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert {process.returncode for process in processes} == {0}
    return sorted(int(line) for output in outputs for line in output.split())
