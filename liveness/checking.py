"""`python -m liveness check`: judge a recording as the session that it would have been."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from liveness.asked import challenge_of
from liveness.engine import Engine
from liveness.errors import ImageRefused
from liveness.onnx import ModelPack
from liveness.recordings import Recording, RecordingRefused, open_recording
from liveness.types import Action, FrameFacts, Verdict


def check(
    path: Path,
    *,
    fps: float,
    actions: tuple[Action, ...],
    reference: Path | None,
    as_json: bool,
    pack: ModelPack,
) -> int:
    """Print the verdict gate by gate; 0 live (and matched, if asked), 1 refused, 2 nothing to judge."""
    try:
        photo = reference.read_bytes() if reference else None
        engine, recording = Engine(pack), open_recording(path, fps=fps)
        facts = _read_with_progress(engine, recording)
    except (OSError, RecordingRefused) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    if not facts:
        print(f"liveness: not a single frame of {path} can be used", file=sys.stderr)
        return 2
    verdict = engine.judge(challenge_of(actions), facts, photo)
    if as_json:
        print(verdict.to_json())
    else:
        _print(verdict, facts)
    return 0 if verdict.live and verdict.refused_by is None else 1


def _read_with_progress(engine: Engine, recording: Recording) -> list[FrameFacts]:
    errors = Console(stderr=True)
    facts: list[FrameFacts] = []
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("frames", total=recording.expected)
        for frame in recording.frames():
            try:
                facts.append(engine.read(frame.data, t_ms=frame.t_ms, received_ms=frame.t_ms, previous=facts))
            except ImageRefused as refused:
                print(f"{frame.name}: {refused.reason}", file=sys.stderr)
            bar.advance(task)
    return facts


def gate_table(verdict: Verdict) -> Table:
    """What each gate said, in their order."""
    numbers = Column("score", justify="right"), Column("from", justify="right")
    table = Table("", "gate", *numbers, "refused as")
    for gate in verdict.gates:
        mark = Text("ok", "green") if gate.passed else Text("FAIL", "bold red")
        table.add_row(mark, gate.name, f"{gate.score:.3f}", f"{gate.threshold:.2f}", gate.reason or "")
    for name in verdict.unproved:
        table.add_row(Text("--", "yellow"), name, "", "", "not tried")
    return table


def _print(verdict: Verdict, facts: list[FrameFacts]) -> None:
    console = Console(highlight=False)
    console.print(gate_table(verdict))
    seconds = (facts[-1].t_ms - facts[0].t_ms) / 1000
    stages = ", ".join(f"{stage} {ms:.0f}" for stage, ms in verdict.cpu_ms.items())
    print(f"{len(facts)} frames over {seconds:.1f} s, {sum(verdict.cpu_ms.values()):.0f} ms of CPU: {stages}")
    if verdict.refused_by is not None:
        print(f"refused: {verdict.refused_by}")
        if verdict.advice is not None:
            print(f"advice: {verdict.advice}")
    else:
        print("nothing speaks against it, as far as was tried" if verdict.unproved else "live")
