"""What is fuzzed, and what it must never do.

As a program (`python -m tests.liveness.fuzzing.target`) it takes inputs from its standard input, each
after its length, and answers each with a line of JSON: a native crash then ends this process alone.
"""

from __future__ import annotations

import json
import os
import re
import resource
import struct
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import liveness.images
from liveness.errors import ImageRefused
from liveness.images import FRAME_LIMITS, PHOTO_LIMITS, Limits, decode

FRAME_CPU_MS = 60.0
"""The dearest that is known costs 15, of photos 101: see docs/liveness/input.md."""
PHOTO_CPU_MS = 400.0
MEMORY_MIB = 200
"""What the process may grow by, at its highest."""
Routes = Mapping[str, tuple[Limits, float]]
ROUTES: Routes = {"frame": (FRAME_LIMITS, FRAME_CPU_MS), "photo": (PHOTO_LIMITS, PHOTO_CPU_MS)}
_ROOM = str(Path(liveness.images.__file__).parent)


@dataclass
class Seen:
    """`features`: what this input reached, for who looks for inputs that reach something new."""

    features: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)


def run(data: bytes, *, traced: bool = False, routes: Routes = ROUTES) -> Seen:
    """Decode as a frame and as a photo."""
    seen = Seen()
    for route, (limits, longest_ms) in routes.items():
        lines: set[str] = set()
        outcome, spent = _decode(data, limits, route, seen, lines if traced else None)
        seen.features += [*sorted(lines), f"{route}: {outcome}"]
        seen.cpu_ms[route] = round(spent, 3)
        if spent > longest_ms and min(spent, _again(data, limits), _again(data, limits)) > longest_ms:
            seen.findings.append(f"{route}: {spent:.0f} ms of CPU")
        if outcome == "array":
            seen.accepted.append(route)
            seen.features.append(f"{route}: 2^{int(spent * 4).bit_length()} quarters of a millisecond")
    return seen


def _decode(data: bytes, limits: Limits, route: str, seen: Seen, lines: set[str] | None) -> tuple[str, float]:
    if lines is not None:
        sys.settrace(lambda frame, event, _: _trace(frame, event, lines))
    started = time.thread_time()
    try:
        image = decode(data, limits)
    except ImageRefused as refused:
        outcome = f"{refused.reason} {re.sub('[0-9]+', '', str(refused.__cause__ or ''))[:60]}"
    except Exception as error:  # anything else is what is looked for
        outcome = f"{type(error).__name__}"
        seen.findings.append(f"{route}: {type(error).__name__}: {error}")
    else:
        outcome = "array"
        bound = max(one.max_pixels for one in limits.kinds.values())
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image[..., 0].size > bound:
            seen.findings.append(f"{route}: {image.dtype} {image.shape}")
    finally:
        spent = (time.thread_time() - started) * 1000
        sys.settrace(None)
    return outcome, spent


def _again(data: bytes, limits: Limits) -> float:
    """A page of memory that had to be fetched is no fault of the picture's."""
    return _decode(data, limits, "", Seen(), None)[1]


def _trace(frame: FrameType, event: str, lines: set[str]) -> Any:
    if not frame.f_code.co_filename.startswith(_ROOM):
        return None
    name = frame.f_code.co_filename.rsplit("/", 1)[1]

    def within(inner: FrameType, what: str, _: object) -> Any:
        if what == "line":
            lines.add(f"{name}:{inner.f_lineno}")
        return within

    return within(frame, event, None)


def highest_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Serve until the input ends. What decoders write to stderr is counted, as lines of a log."""
    noise = os.memfd_create("stderr")
    os.dup2(noise, 2)
    incoming, out = sys.stdin.buffer, sys.stdout
    run(b"")
    before = highest_mib()
    while head := incoming.read(4):
        data = incoming.read(struct.unpack(">I", head)[0])
        os.ftruncate(noise, 0)
        seen = run(data, traced=True)
        said = os.fstat(noise).st_size
        if said and data[:2] == b"\xff\xd8":
            seen.findings.append("a JPEG writes to the log")
        if highest_mib() - before > MEMORY_MIB:
            seen.findings.append(f"{highest_mib():.0f} MiB")
            before = highest_mib()
        out.write(json.dumps(asdict(seen)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
