"""What somebody in a recording was asked to do, as its owner says; no session drew it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liveness.challenge import TURNS, Challenge
from liveness.types import Action

_LONGEST = timedelta(hours=1)  # a recording is no session: only its own length bounds it
_WINDOW_MS = 8_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_actions(words: str) -> tuple[Action, ...]:
    """From a list with commas between.

    :raises ValueError: one of them is no action; the message names those that there are.
    """
    try:
        return tuple(Action(word.strip()) for word in words.split(",") if word.strip())
    except ValueError as error:
        raise ValueError(f"the actions are {', '.join(Action)}") from error


def challenge_of(asked: tuple[Action, ...]) -> Challenge:
    """What a recording is held against. It was made earlier, so nothing is proved of when."""
    return Challenge("0" * 32, asked, _EPOCH, _EPOCH + _LONGEST, _WINDOW_MS, bool(set(TURNS) & set(asked)))
