"""Numbers from the command line, within bounds; argparse makes a message and exit code 2 of the errors."""

from __future__ import annotations

import argparse


def frames_a_second(words: str) -> float:
    try:
        value = float(words)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 240:
        raise argparse.ArgumentTypeError(f"{words!r} is no number of frames a second from 0.1 to 240")
    return value


def at_least_one(words: str) -> int:
    if not words.isdecimal() or not 1 <= int(words) <= 256:
        raise argparse.ArgumentTypeError(f"{words!r} is no number from 1 to 256")
    return int(words)
