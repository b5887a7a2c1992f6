"""One session, played again and again, and what it cost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from liveness.challenge import Challenge
from liveness.engine import Engine
from liveness.recordings import Frame, Recording, RecordingRefused
from liveness.types import FrameFacts, Verdict

REST = "rest"
"""What lies between the stages: digests, results, this loop."""


@dataclass(frozen=True, slots=True)
class Material:
    """The frames of a session and what they are held against."""

    frames: tuple[Frame, ...]
    challenge: Challenge
    reference: bytes = field(repr=False)

    @classmethod
    def of(
        cls, recording: Recording, *, most: int, challenge: Challenge, reference: bytes | None
    ) -> Material:
        """The first frames, so many at most. Without a reference the first frame stands in for it.

        :raises RecordingRefused: there is none, or the recording breaks off.
        """
        frames = tuple(islice(recording.frames(), most))
        if not frames:
            raise RecordingRefused("no_pictures", "the recording has no frames")
        return cls(frames, challenge, frames[0].data if reference is None else reference)


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu_ms`: of this thread, by stage, `rest` included. `runs`: how many frames went through a stage."""

    cpu_ms: Mapping[str, float]
    runs: Mapping[str, int]
    verdict: Verdict

    @property
    def total_ms(self) -> float:
        return sum(self.cpu_ms.values())


def play(engine: Engine, material: Material, *, full: bool = False) -> Cost:
    """Read and judge the session as a provider does; `full`: every network on every frame.

    :raises ImageRefused: a frame that the engine does not take.
    """
    begun = time.thread_time_ns()
    facts: list[FrameFacts] = []
    for frame in material.frames:
        previous = None if full else facts
        facts.append(engine.read(frame.data, t_ms=frame.t_ms, received_ms=frame.t_ms, previous=previous))
    verdict = engine.judge(material.challenge, facts, material.reference)
    spent = (time.thread_time_ns() - begun) / 1e6
    runs = Counter(stage for frame in facts for stage in frame.cpu_ms)
    stages = dict(verdict.cpu_ms)
    stages[REST] = max(0.0, spent - sum(stages.values()))
    return Cost(stages, runs, verdict)
