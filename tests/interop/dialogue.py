"""A client's program in a process of its own: it says where to send the browser, and is told the answer.

One JSON object a line: in comes what it is told, out goes `{"authorize": address}`, in comes
`{"answer": address}`, out goes `{"result": ...}`. A program that acts for itself sends nobody anywhere.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.journeys.stack import ROOT

PROGRAMS = Path(__file__).parent / "programs"
RUNNERS: Mapping[str, tuple[str, ...]] = {".mjs": ("node",), ".py": (sys.executable, "-W", "error")}


def nowhere(address: str) -> str:
    raise AssertionError(f"it would send somebody to {address}")


def run(program: str, told: Mapping[str, Any], visit: Callable[[str], str] = nowhere) -> Any:
    """The program's result. `visit` takes the browser to an address and says where it came back to."""
    file = PROGRAMS / program
    with subprocess.Popen(
        [*RUNNERS[file.suffix], str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # Nothing of the provider's own settings, which may be secret.
        env={name: value for name, value in os.environ.items() if not name.startswith("IDP_")},
        text=True,
    ) as process:
        try:
            said = _exchange(process, told)
            while "result" not in said:
                said = _exchange(process, {"answer": visit(said["authorize"])})
            return said["result"]
        finally:
            process.kill()


def _exchange(process: subprocess.Popen[str], said: Mapping[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(json.dumps(said) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    assert line, f"the program ended:\n{process.stderr.read()}"
    found: dict[str, Any] = json.loads(line)
    return found
