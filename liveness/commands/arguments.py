"""Values from the command line, within bounds; argparse makes a message and exit code 2 of the errors."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from liveness.asked import parse_actions
from liveness.types import Action


def actions(words: str) -> tuple[Action, ...]:
    try:
        return parse_actions(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def frames_a_second(words: str) -> float:
    try:
        value = float(words)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 240:
        raise argparse.ArgumentTypeError(f"{words!r} is no number of frames a second from 0.1 to 240")
    return value


def from_one_to(most: int) -> Callable[[str], int]:
    def number(words: str) -> int:
        if not words.isdecimal() or not 1 <= int(words) <= most:
            raise argparse.ArgumentTypeError(f"{words!r} is no number from 1 to {most}")
        return int(words)

    return number
