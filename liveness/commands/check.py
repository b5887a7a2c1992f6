"""`python -m liveness check`: judge a video or a directory of frames."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.arguments import actions, frames_a_second
from liveness.commands.networks import add_network_options, load_networks

_EXAMPLE = """\
example:
  python -m liveness check film.mp4 --actions turn_left,blink --reference photo.jpg

A video keeps its own times and is read at no more than 15 frames a second. Without --actions only the
gates that need no challenge are tried. Ends with 0 for live, 1 for refused, 2 when there is nothing to judge.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "check",
        help="judge a video, or a directory of frames in the order of their names",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("recording", type=Path, metavar="VIDEO|DIR")
    command.add_argument("--fps", type=frames_a_second, default=12.0, help="of a directory's frames (12)")
    command.add_argument(
        "--actions", type=actions, default=(), help="what was asked, in order, such as blink,turn_left"
    )
    command.add_argument("--reference", type=Path, help="the photo to match with")
    command.add_argument("--json", action="store_true", dest="as_json", help="print the verdict as JSON")
    add_network_options(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from liveness.checking import check

    return check(
        options.recording,
        fps=options.fps,
        actions=options.actions,
        reference=options.reference,
        as_json=options.as_json,
        pack=load_networks(options),
    )
