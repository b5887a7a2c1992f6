"""`python -m liveness evaluate`: error rates on an own data set."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from liveness.commands.arguments import from_one_to
from liveness.commands.networks import add_network_options, load_networks

_EXAMPLE = """\
example:
  python -m liveness evaluate set.csv --out result --jobs 4

set.csv (UTF-8, comma between; paths are relative to it):
  path,label,attack,source
  live/0001.jpg,live,,office camera
  replay/0001.mp4,attack,replay,office camera
  print/0001,attack,print,phone

A path is a picture, a video or a directory of frames. Columns that may be added: actions (what a session was
asked, such as "turn_left,blink") and fps (of a directory, 12). With --out, a run that was broken off goes on
from its scores.csv. Rates are told from 100 samples of a class on, below that counts alone.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "evaluate",
        help="error rates on an own data set, in the terms of ISO/IEC 30107-3",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("dataset", type=Path, metavar="DATASET.csv")
    command.add_argument(
        "--out", type=Path, metavar="DIR", help="for report.md, report.json, det.png, scores.csv"
    )
    command.add_argument(
        "--jobs", type=from_one_to(256), default=os.cpu_count() or 1, metavar="N", help="threads (one a core)"
    )
    add_network_options(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from liveness.evaluation.evaluating import evaluate

    return evaluate(options.dataset, out=options.out, jobs=options.jobs, pack=load_networks(options))
