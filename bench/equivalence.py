"""`python -m bench.equivalence`: does a session read on the schedule mean what it means read in full?

Every session is read twice: as a provider reads it, and with every network on every frame, each frame for
itself. Verdict and scores have to agree (within .02). Beside that, what the gates would have said had every
frame counted and not those alone that `liveness.schedule` picks: how much the choice of frames matters.
Sessions: the rendered person, every kind of simulated attack, and single pictures (drawn people; with
YITONG_SHARED also those of its directory `faces`, and the networks of its models/minivision).
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from rich.progress import track

from bench.attackers import NOW, Attackers
from bench.pads import Panel, panel_of, shared_pack
from bench.redteam import ROWS
from bench.table import show
from idp.people.sandbox.population import population
from liveness import Challenge, Engine, FrameFacts, ModelPack, Verdict
from liveness.attacks import INJECTED, Session
from liveness.attacks.session import even
from liveness.course import follow
from liveness.gates import match
from liveness.gates.case import Case
from liveness.judging import GATES

ROOT = Path(__file__).resolve().parents[1]
BOUND = 0.02
Scores = dict[str, tuple[float, bool]]


@dataclass(frozen=True)
class Sample:
    kind: str
    challenge: Challenge
    images: Sequence[bytes]
    facts: Sequence[FrameFacts]
    reference: bytes


@dataclass
class Tally:
    """``apart``: largest distance of a gate's score; ``free``: the same, had every frame counted."""

    samples: int = 0
    frames: int = 0
    other_verdicts: int = 0
    apart: float = 0.0
    free_verdicts: int = 0
    free: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, frames: int, quick: Verdict, full: Verdict, free: Scores) -> None:
        self.samples += 1
        self.frames += frames
        self.other_verdicts += _said(quick) != _said(full)
        theirs = {gate.name: gate.score for gate in full.gates}
        self.apart = max([self.apart, *(abs(gate.score - theirs[gate.name]) for gate in quick.gates)])
        tried = [gate for gate in quick.gates if gate.name in free]
        self.free_verdicts += any(gate.passed != free[gate.name][1] for gate in tried)
        for gate in tried:
            self.free[gate.name] = max(self.free[gate.name], abs(gate.score - free[gate.name][0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--kinds", nargs="*", default=ROWS)
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--pack", type=Path, default=shared_pack(), help="a second pack's PAD networks")
    options = parser.parse_args()
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    with panel_of(ModelPack.load(options.models), options.pack) as panel:
        attackers = Attackers(panel.pack)
        for kind in options.kinds:
            for number in track(range(options.rounds), kind, transient=True):
                compare(_session(kind, number, attackers, panel.engine), panel, tallies)
        for sample in track(list(_stills(panel.engine)), "pictures", transient=True):
            compare(sample, panel, tallies)
    show(
        f"Read on the schedule and in full, {options.rounds} sessions a kind",
        (
            "kind",
            "pack",
            "n",
            "frames",
            "other verdicts",
            "apart",
            "gates that turn",
            "apart, were all counted",
        ),
        [
            (
                kind,
                pack,
                str(tally.samples),
                str(tally.frames),
                str(tally.other_verdicts),
                f"{tally.apart:.4f}",
                str(tally.free_verdicts),
                ", ".join(f"{gate} {far:.3f}" for gate, far in tally.free.items() if far > 0),
            )
            for (kind, pack), tally in tallies.items()
        ],
    )
    if any(tally.other_verdicts or tally.apart > BOUND for tally in tallies.values()):
        raise SystemExit(1)


def _session(kind: str, number: int, attackers: Attackers, engine: Engine) -> Sample:
    attempt = attackers.attempt(kind, number)
    clock = even if kind in INJECTED or kind in ("deepfake", "switched") else attempt.clock
    session = Session(engine, attempt.challenge, clock=clock)
    session.play(attempt.actor)
    return Sample(kind, attempt.challenge, session.images, session.facts, attempt.reference)


def _stills(engine: Engine) -> Iterator[Sample]:
    """Single pictures, each against itself as the register's photo."""
    asked = Challenge("00" * 16, (), NOW, NOW + timedelta(seconds=120), 8_000, turns=False)
    drawn = [photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo())]
    shared = Path(os.environ.get("YITONG_SHARED", "")) / "faces"
    files = sorted(shared.glob("*.jpg")) if "YITONG_SHARED" in os.environ else []
    for kind, pictures in (
        ("drawn people", drawn),
        ("shared pictures", [file.read_bytes() for file in files]),
    ):
        for picture in pictures:
            facts = engine.read(picture, t_ms=0, received_ms=0, previous=[])
            yield Sample(kind, asked, [picture], [facts], picture)


def compare(sample: Sample, panel: Panel, tallies: dict[tuple[str, str], Tally]) -> None:
    full = [
        panel.engine.read(image, t_ms=facts.t_ms, received_ms=facts.received_ms)
        for image, facts in zip(sample.images, sample.facts, strict=True)
    ]
    asked, photo = sample.challenge, sample.reference
    quick = dict(panel.judged(asked, sample.facts, photo))
    thorough = dict(panel.judged(asked, full, photo))
    reference = panel.engine.read(photo, t_ms=0, received_ms=0).embedding or ()
    for name, pack, own in panel.seen(full):
        free = _all_counted(asked, own, reference, pack)
        tallies[sample.kind, name].add(len(full), quick[name], thorough[name], free)


def _all_counted(
    asked: Challenge, facts: Sequence[FrameFacts], reference: tuple[float, ...], pack: ModelPack
) -> Scores:
    """What the gates would say of every frame's votes and vectors."""
    weights = tuple(model.weight for model in pack.all("pad"))
    case = Case(asked, facts, follow(asked, facts), pack.thresholds, weights)
    scores = [score for _, gate in GATES if (score := gate(case)) is not None]
    scores.append(match.gate(facts, reference, pack.thresholds.match))
    return {score.name: (score.score, score.passed) for score in scores}


def _said(verdict: Verdict) -> tuple[bool, bool | None, str | None]:
    return verdict.live, verdict.matched, verdict.refused_by


if __name__ == "__main__":
    main()
