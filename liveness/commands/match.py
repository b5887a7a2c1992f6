"""`python -m liveness match`: thresholds for stated false accept rates, from own pairs of pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.networks import DEFAULT_DIRECTORY
from liveness.onnx import ModelPack

_EXAMPLE = """\
example:
  python -m liveness match pairs.csv --match-network fr_feature

pairs.csv (UTF-8, paths relative to it):
  a,b,same
  register/0001.jpg,camera/0001.jpg,1
  register/0001.jpg,camera/0002.jpg,0

Prints how many strangers pass and how many right persons do not, and a [far.NETWORK] table for the operator's
own manifest: only of rates at which ten or more of the pairs of two persons would pass.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "match",
        help="thresholds of the match for stated false accept rates, from own pairs of pictures",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("pairs", type=Path, metavar="PAIRS.csv")
    command.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="of the networks")
    command.add_argument("--override", type=Path, help="an own manifest that replaces roles")
    command.add_argument("--match-network", metavar="NAME", help="where there are several (sface)")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from liveness.calibration.measuring import measure

    pack = ModelPack.load(
        options.directory,
        override=options.override,
        match_network=options.match_network,
        # A network that is yet to be measured has none; no gate is asked here.
        thresholds={"match": 1.0, "same_face": 1.0},
    )
    return measure(options.pairs, pack=pack)
