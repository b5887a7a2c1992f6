"""`python -m bench.redteam`: every kind of simulated attack against random challenges, and who refused it.

The honest person is the tests' rendered one, in changing light, place and pose. It is itself an injection
attack: its rows say that challenge, planarity and match work, never how well paper and screens are told
from skin. `mask` is a rigid head of the person. Known not to be stopped: `deepfake`, `reenacted` and
`switched` (recordings of each action, each started when it is asked). With --pack DIR every session is
judged by two packs; YITONG_SHARED may name a directory in which one lies as models/minivision.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import track

from bench.attackers import Attackers
from bench.pads import Panel, panel_of, shared_pack
from bench.table import show
from liveness import ModelPack
from liveness.attacks import INJECTED, KINDS, Session
from liveness.attacks.session import even
from liveness.evaluation.intervals import clopper_pearson

ROOT = Path(__file__).resolve().parents[1]
NOT_STOPPED = ("reenacted", "switched", "deepfake")
ROWS = ("honest", *(kind for kind in KINDS if kind not in NOT_STOPPED), "mask", *NOT_STOPPED)


@dataclass
class Tally:
    """One kind under one pack. ``first``: who named the refusal; ``failed``: every gate that refused."""

    sessions: int = 0
    refused: int = 0
    first: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    passed_rounds: list[int] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--kinds", nargs="*", default=ROWS)
    parser.add_argument("--first", type=int, default=0, help="number of the first round: its seed (0)")
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--pack", type=Path, default=shared_pack(), help="a second pack's PAD networks")
    parser.add_argument("--out", type=Path, help="append one JSON line a session")
    options = parser.parse_args()
    rows: list[tuple[str, ...]] = []
    rounds = range(options.first, options.first + options.rounds)
    with panel_of(ModelPack.load(options.models), options.pack) as panel:
        attackers = Attackers(panel.pack)
        for kind in options.kinds:
            tallies = run(kind, rounds, attackers, panel, options.out)
            rows += [_row(kind, name, tally) for name, tally in tallies.items()]
            show(f"{kind}, {options.rounds} rounds", HEADINGS, rows[-len(tallies) :])
    show(f"All kinds, {options.rounds} rounds each", HEADINGS, rows)


HEADINGS = ("kind", "pack", "n", "refused (95 %)", "named by", "refused by", "rounds that passed")


def run(
    kind: str, rounds: Iterable[int], attackers: Attackers, panel: Panel, out: Path | None
) -> dict[str, Tally]:
    tallies = {name: Tally() for name in panel.names}
    for number in track(rounds, kind, transient=True):
        attempt = attackers.attempt(kind, number)
        injected = kind in INJECTED or kind in ("deepfake", "switched")
        clock = even if injected else attempt.clock
        session = Session(panel.engine, attempt.challenge, clock=clock)
        session.play(attempt.actor)
        for name, verdict in panel.judged(attempt.challenge, session.facts, attempt.reference):
            failed = [gate.name for gate in verdict.gates if not gate.passed]
            tally = tallies[name]
            tally.sessions += 1
            tally.refused += bool(failed)
            tally.first.update([str(verdict.refused_by)] if failed else [])
            tally.failed.update(failed)
            tally.passed_rounds += [] if failed else [number]
            if out is not None:
                scores = {gate.name: round(gate.score, 4) for gate in verdict.gates}
                line = {"kind": kind, "round": number, "pack": name, "actions": attempt.challenge.actions}
                line |= {"frames": len(session.facts), "refused_by": verdict.refused_by}
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line | {"failed": failed, "scores": scores}) + "\n")
    return tallies


def _row(kind: str, pack: str, tally: Tally) -> tuple[str, ...]:
    passed = tally.passed_rounds if kind not in ("honest", *NOT_STOPPED) else []
    share = clopper_pearson(tally.refused, tally.sessions)
    return (
        kind,
        pack,
        str(tally.sessions),
        f"{tally.refused} ({100 * share.low:.0f}-{100 * share.high:.0f} %)",
        _counted(tally.first),
        _counted(tally.failed),
        " ".join(map(str, passed)),
    )


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


if __name__ == "__main__":
    main()
