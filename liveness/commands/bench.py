"""`python -m liveness bench`: what a session costs on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.arguments import actions, frames_a_second, from_one_to
from liveness.commands.networks import add_network_options, load_networks

_EXAMPLE = """\
examples:
  python -m liveness bench frames/ --fps 10 --actions turn_left --full
  python -m liveness bench film.mp4 --threads 4 --rounds 25
  python -m liveness bench frames/ --frames 10 --rounds 1000 --json

The session is the first frames of a recording of your own. Costs hardly depend on who is in it, so any
recording of a face will do; of a photo alone, `python -m liveness attack PHOTO --kind reenacted --out DIR`
renders one. CPU time is that of the measuring thread: other work on the machine slows it down little.
Threads are measured by the clock on the wall, so they need a quiet machine.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "bench",
        help="measure what a session costs: CPU by stage, memory, threads",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("recording", type=Path, metavar="VIDEO|DIR")
    command.add_argument("--frames", type=from_one_to(256), default=30, help="of the recording, at most (30)")
    command.add_argument("--fps", type=frames_a_second, default=10.0, help="of a directory's frames (10)")
    command.add_argument(
        "--actions", type=actions, default=(), help="what was asked, in order, such as blink,turn_left"
    )
    command.add_argument("--reference", type=Path, help="the photo to match with (the first frame)")
    command.add_argument(
        "--rounds", type=from_one_to(100_000), default=9, help="sessions; medians are shown (9)"
    )
    command.add_argument("--full", action="store_true", help="beside it every network on every frame")
    command.add_argument("--threads", type=from_one_to(256), default=1, help="up to so many at once (1)")
    command.add_argument("--json", action="store_true", dest="as_json", help="print the figures as JSON")
    add_network_options(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from liveness.benchmark.running import bench

    return bench(
        options.recording,
        frames=options.frames,
        fps=options.fps,
        actions=options.actions,
        reference=options.reference,
        rounds=options.rounds,
        full=options.full,
        threads=options.threads,
        json=options.as_json,
        pack=load_networks(options),
    )
