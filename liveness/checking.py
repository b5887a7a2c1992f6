"""`python -m liveness check`: judge frames that lie in a directory, as a session would have been."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from liveness.challenge import TURNS, Challenge
from liveness.engine import Engine
from liveness.errors import ImageRefused
from liveness.onnx import ModelPack
from liveness.types import Action, FrameFacts, Verdict

_PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
_LONGEST = timedelta(hours=1)  # a recording is no session: only its own length bounds it
_WINDOW_MS = 8_000


def check(directory: Path, *, fps: float, actions: str, reference: Path | None, pack: ModelPack) -> int:
    """Print the verdict gate by gate; 0 live (and matched, if asked), 1 refused, 2 nothing to judge."""
    try:
        asked = tuple(Action(word) for word in actions.split(",") if word)
    except ValueError:
        print(f"liveness: the actions are {', '.join(Action)}", file=sys.stderr)
        return 2
    files = sorted(path for path in directory.glob("*") if path.suffix.lower() in _PICTURES)
    if not files:
        print(f"liveness: no pictures in {directory}", file=sys.stderr)
        return 2
    engine = Engine(pack)
    facts: list[FrameFacts] = []
    for index, path in enumerate(files):
        t_ms = round(index * 1000 / fps)
        try:
            facts.append(engine.read(path.read_bytes(), t_ms=t_ms, received_ms=t_ms, previous=facts))
        except ImageRefused as refused:
            print(f"{path.name}: {refused.reason}", file=sys.stderr)
    now = datetime.now(UTC)
    challenge = Challenge("0" * 32, asked, now, now + _LONGEST, _WINDOW_MS, bool(set(TURNS) & set(asked)))
    verdict = engine.judge(challenge, facts, reference.read_bytes() if reference else None)
    _print(verdict, len(facts))
    return 0 if verdict.live and verdict.refused_by is None else 1


def _print(verdict: Verdict, frames: int) -> None:
    for gate in verdict.gates:
        mark = "ok  " if gate.passed else "FAIL"
        print(f"{mark} {gate.name:<11} {gate.score:7.3f}  (from {gate.threshold:.2f}) {gate.reason or ''}")
    for name in verdict.unproved:
        print(f"--   {name:<11} not tried")
    print(f"{frames} frames, {sum(verdict.cpu_ms.values()):.0f} ms of CPU")
    if verdict.refused_by is not None:
        print(f"refused: {verdict.refused_by}")
    else:
        print("nothing speaks against it, as far as was tried" if verdict.unproved else "live")
