"""`python -m liveness check`: judge a directory of frames."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.networks import add_network_options, load_networks


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("check", help="judge a directory of frames, in the order of their names")
    command.add_argument("frames", type=Path, metavar="DIR")
    command.add_argument("--fps", type=float, default=12.0, help="frames a second (12)")
    command.add_argument("--actions", default="", help="what was asked, in order, such as blink,turn_left")
    command.add_argument("--reference", type=Path, help="the photo to match with")
    add_network_options(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from liveness.checking import check

    return check(
        options.frames,
        fps=options.fps,
        actions=options.actions,
        reference=options.reference,
        pack=load_networks(options),
    )
