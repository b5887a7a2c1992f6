"""Is an acknowledged event ever lost? The provider and its database are killed at random moments under load.

    python -m bench.audit_kills [--rounds 20] [--seconds 3] [--seed 1] [--on postgresql,sqlite]

Real processes (`idp serve` with its worker, two programs that write through the log's own functions, and
PostgreSQL with its own settings) end with SIGKILL, alone and together, and are started again. In a power cut
all end at once, and the database's files lose what was written and not brought to the disk: of each file the
last writes, as many as a lot says. Whoever got an answer notes it apart. At the end every noted event must be
there, once and whole, with its change, and the tree must verify against the heads that were given away. Ends
with 1 if not.
"""

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from bench.kills.playing import Plan, Played, Victim, play
from bench.table import show


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load in a round, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default="postgresql,sqlite")
    parser.add_argument("--without-power-cuts", action="store_true", help="they need a C compiler")
    given = parser.parse_args()
    whole = True
    for name in given.on.split(","):
        plan = Plan(
            given.seed,
            given.rounds,
            given.seconds,
            on_postgresql=name == "postgresql",
            has_power_cuts=not given.without_power_cuts,
        )
        with tempfile.TemporaryDirectory(prefix="yitong-kills-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
            played = play(plan, Path(folder), lambda text: print(text, file=sys.stderr, flush=True))
        whole = whole and played.counts.is_whole
        show(f"seed {given.seed}, {given.rounds} rounds", ("", name), list(_facts(played).items()))
    sys.exit(0 if whole else 1)


def _facts(played: Played) -> dict[str, str]:
    counts = played.counts
    numbers = {
        **{f"kills: {victim}": played.kills.get(victim, 0) for victim in Victim},
        "events acknowledged": counts.acknowledged,
        "of them found": counts.acknowledged - len(counts.lost),
        "lost": len(counts.lost),
        "found, not acknowledged": counts.unacknowledged,
        "twice": len(counts.doubled),
        "half, or without their change": len(counts.halves),
        "rows of the log": counts.rows,
        "proved by the anchor": counts.proved,
    }
    said = {name: f"{number:,}" for name, number in numbers.items()}
    return {**said, "verification": counts.finding or "whole"}


if __name__ == "__main__":
    main()
