"""`python -m liveness bench`: measure, and say what came out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from liveness.asked import challenge_of
from liveness.benchmark.measuring import measure
from liveness.benchmark.report import as_json, document, show
from liveness.benchmark.session import Material
from liveness.engine import Engine
from liveness.errors import ImageRefused
from liveness.onnx import ModelPack
from liveness.recordings import RecordingRefused, open_recording
from liveness.types import Action


def bench(
    recording: Path,
    *,
    frames: int,
    fps: float,
    actions: tuple[Action, ...],
    reference: Path | None,
    rounds: int,
    full: bool,
    threads: int,
    json: bool,
    pack: ModelPack,
) -> int:
    """0 measured, 1 the pipeline in full gives another verdict, 2 nothing to measure."""
    try:
        material = Material.of(
            open_recording(recording, fps=fps),
            most=frames,
            challenge=challenge_of(actions),
            reference=reference.read_bytes() if reference else None,
        )
        measured = measure(Engine(pack), material, rounds=_shown, count=rounds, full=full, threads=threads)
    except (ImageRefused, OSError, RecordingRefused) as error:
        print(f"liveness: {error}", file=sys.stderr)
        return 2
    found = document(material, measured)
    if json:
        print(as_json(found))
    else:
        show(found)
    return 1 if full and found["full"]["refused_by"] != found["refused_by"] else 0


def _shown(count: int) -> Iterable[int]:
    errors = Console(stderr=True)
    return track(range(count), "rounds", console=errors, transient=True, disable=not errors.is_terminal)
