"""`python -m bench.fuzz_images --minutes 20`: fuzz the picture decoder.

It begins with the seeds and the corpus in tests/liveness/corpus. A child process decodes, so that a native
crash is seen and the run goes on. A finding is anything but a picture or `ImageRefused`, a crash, a hang,
more CPU or memory than is stated, or a JPEG that writes to the log; it is kept in `--findings`. Inputs that
reach something new become parents of others; with `--keep` the smallest of them are left in the corpus.
"""

import argparse
import hashlib
import json
import random
import select
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bench.table import show
from tests.liveness.fuzzing.mutator import mutate
from tests.liveness.fuzzing.seeds import seeds

CORPUS = Path("tests/liveness/corpus")
HANG_SECONDS = 10.0
LARGEST_KEPT_BYTES = 20_000
CORPUS_BYTES = 180_000
RUNS_A_CHILD = 20_000
"""Then a new one, whose memory is measured anew."""


@dataclass
class Child:
    """The target; started again when it dies."""

    process: subprocess.Popen[bytes] | None = None
    runs: int = 0

    def run(self, data: bytes) -> dict[str, Any]:
        if self.process is None or self.runs >= RUNS_A_CHILD:
            self.end()
            argv = [sys.executable, "-m", "tests.liveness.fuzzing.target"]
            self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            self.runs = 0
        self.runs += 1
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(struct.pack(">I", len(data)) + data)
            self.process.stdin.flush()
            ready, _, _ = select.select([self.process.stdout], [], [], HANG_SECONDS)
            line = self.process.stdout.readline() if ready else b"hang"
        except BrokenPipeError:
            line = b""
        if line.startswith(b"{"):
            found: dict[str, Any] = json.loads(line)
            return found
        self.process.kill()
        code = self.process.wait()
        self.end()
        what = f"no answer in {HANG_SECONDS:.0f} s" if line else f"the process died with {code}"
        return {"features": [], "findings": [what], "cpu_ms": {}, "accepted": []}

    def end(self) -> None:
        process, self.process = self.process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        process.wait()


@dataclass
class Run:
    parents: list[bytes] = field(default_factory=list)
    whole: list[bytes] = field(default_factory=list)
    """Those of the parents that are decoded: most changes to the others change nothing."""
    reached: dict[str, bytes] = field(default_factory=dict)
    """The smallest input that reached each feature."""
    executions: int = 0
    accepted: dict[str, int] = field(default_factory=dict)
    dearest: dict[str, tuple[float, bytes]] = field(default_factory=dict)
    findings: dict[str, bytes] = field(default_factory=dict)

    def take(self, data: bytes, seen: dict[str, Any]) -> None:
        self.executions += 1
        for route in seen["accepted"]:
            self.accepted[route] = self.accepted.get(route, 0) + 1
        new = False
        for feature in seen["features"]:
            known = self.reached.get(feature)
            new = new or known is None
            if known is None or len(data) < len(known):
                self.reached[feature] = data
        for route, spent in seen["cpu_ms"].items():
            if spent > self.dearest.get(route, (0.0, b""))[0]:
                self.dearest[route] = (spent, data)
                new = new or route in seen["accepted"]
        if new:
            self.parents.append(data)
            if seen["accepted"]:
                self.whole.append(data)
        for finding in seen["findings"]:
            self.findings.setdefault(finding, data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", action="store_true", help="write the corpus anew")
    parser.add_argument("--findings", type=Path, default=Path("var/fuzz"))
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  nothing secret
    child, run = Child(), Run()
    for data in [*seeds(), *(path.read_bytes() for path in sorted(CORPUS.glob("*")))]:
        run.take(data, child.run(data))
    try:
        _fuzz(run, child, chance, options.minutes * 60)
    except KeyboardInterrupt:
        print("stopped early", file=sys.stderr)
    child.end()
    _report(run, options.findings)
    if options.keep:
        _keep(run)
    sys.exit(1 if run.findings else 0)


def _fuzz(run: Run, child: Child, chance: random.Random, seconds: float) -> None:
    words = TextColumn(
        "{task.fields[runs]:,} runs, {task.fields[reached]} features, {task.fields[found]} findings"
    )
    with Progress(BarColumn(), words, TimeRemainingColumn(), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=seconds, runs=0, reached=0)
        started = time.monotonic()
        while (passed := time.monotonic() - started) < seconds:
            parents = chance.choice((run.whole, run.whole, run.parents, run.parents[-50:]))
            data = mutate(chance.choice(parents), chance, run.parents)
            run.take(data, child.run(data))
            if run.executions % 100 == 0:
                bar.update(task, completed=passed, runs=run.executions, reached=len(run.reached))


def _report(run: Run, folder: Path) -> None:
    rows = [("runs", f"{run.executions:,}"), ("features reached", str(len(run.reached)))]
    rows += [(f"accepted as a {route}", f"{count:,}") for route, count in sorted(run.accepted.items())]
    rows += [(f"dearest {route}, CPU ms", f"{cost:.1f}") for route, (cost, _) in sorted(run.dearest.items())]
    rows += [("findings", str(len(run.findings)))]
    show("Fuzzing of the picture decoder", ("", ""), rows)
    for finding, data in run.findings.items():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / hashlib.sha256(data).hexdigest()[:16]
        path.write_bytes(data)
        print(f"{finding}: {path}", file=sys.stderr)


def _keep(run: Run) -> None:
    """Greedy: the input that reaches most of what is left, small ones first, until there is no room."""
    reached_by: dict[bytes, set[str]] = {}
    for feature, data in run.reached.items():
        reached_by.setdefault(data, set()).add(feature)
    for path in CORPUS.glob("*"):
        path.unlink()
    room = CORPUS_BYTES
    order = sorted(reached_by, key=lambda data: (-len(reached_by[data]), len(data)))
    for data in order:
        if len(data) <= min(LARGEST_KEPT_BYTES, room):
            (CORPUS / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            room -= len(data)


if __name__ == "__main__":
    main()
