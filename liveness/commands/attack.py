"""`python -m liveness attack`: render a simulated attack, and see which gate refuses it."""

from __future__ import annotations

import argparse
from pathlib import Path

from liveness.commands.arguments import actions
from liveness.commands.networks import add_network_options, load_networks

# Named here, too, lest --help loads OpenCV; a test holds both lists together.
KINDS = (
    "print",
    "bent",
    "cutout",
    "screen",
    "replay",
    "loop",
    "reorder",
    "virtual_camera",
    "injected",
    "frozen",
    "swap",
    "swap_timed",
    "animated",
    "reenacted",
)
_EXAMPLE = """\
examples:
  python -m liveness attack photo.jpg --kind bent --judge
  python -m liveness attack photo.jpg --kind replay --film film.mp4 --actions nod,turn_left --out frames/
  python -m liveness check frames/ --actions nod,turn_left

replay, loop, reorder and virtual_camera play a film of the person, swap and swap_timed one of an accomplice.
With --judge the attacker hears what the page asks at each moment; without, the actions are played in order.
Ends with 0 when the attack was refused or only rendered, 1 when it got through, 2 when it cannot be made.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "attack",
        help="render a simulated attack from a photo, and judge it",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("photo", type=Path, metavar="PHOTO|VIDEO|DIR", help="the person who is attacked")
    command.add_argument("--kind", required=True, choices=KINDS)
    command.add_argument("--film", type=Path, metavar="VIDEO|DIR", help="what a replay plays")
    command.add_argument(
        "--actions",
        type=actions,
        default="turn_left,blink,open_mouth",
        help="what is asked, in order (turn_left,blink,open_mouth)",
    )
    command.add_argument("--seed", type=int, default=0, help="the same seed renders the same attack (0)")
    command.add_argument("--out", type=Path, metavar="DIR", help="write the frames there, as JPEG")
    command.add_argument("--judge", action="store_true", help="have it judged, gate by gate")
    add_network_options(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import sys

    from liveness.attacks.running import attack

    if not options.actions or not (options.judge or options.out):
        print("liveness: nothing to do: give --actions, and --out or --judge", file=sys.stderr)
        return 2
    return attack(
        options.photo,
        kind=options.kind,
        film=options.film,
        actions=options.actions,
        seed=options.seed,
        out=options.out,
        judge=options.judge,
        pack=load_networks(options),
    )
