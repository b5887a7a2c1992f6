"""What a person is asked to do: random actions in a random order, each in its own time."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any, Literal

from liveness.colours import Flash, new_flash
from liveness.types import Action, FrameFacts

TURNS = (Action.TURN_LEFT, Action.TURN_RIGHT)
_WITHOUT_TURNS = (Action.BLINK, Action.OPEN_MOUTH, Action.NOD)
_OF_THE_FACE = (Action.BLINK, Action.OPEN_MOUTH)  # nothing rigid does these, however it is moved
_FRONTAL_DEGREES = 15.0


@dataclass(frozen=True, slots=True)
class Challenge:
    """One session's question. `nonce` is single use: the caller takes it from its store once.

    `window_ms`: the time for each action from when it is asked. `turns`: whether the head may be
    asked to turn; without turns, planarity stays unproved. `flash`: colours that follow the actions.
    """

    nonce: str
    actions: tuple[Action, ...]
    issued_at: datetime
    expires_at: datetime
    window_ms: int
    turns: bool = True
    flash: Flash | None = None

    def to_json(self) -> str:
        return json.dumps(
            {
                "nonce": self.nonce,
                "actions": self.actions,
                "issued_at": self.issued_at.isoformat(),
                "expires_at": self.expires_at.isoformat(),
                "window_ms": self.window_ms,
                "turns": self.turns,
                "flash": None if self.flash is None else self.flash.to_document(),
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Challenge:
        document: dict[str, Any] = json.loads(text)
        return cls(
            nonce=document["nonce"],
            actions=tuple(Action(action) for action in document["actions"]),
            issued_at=datetime.fromisoformat(document["issued_at"]),
            expires_at=datetime.fromisoformat(document["expires_at"]),
            window_ms=document["window_ms"],
            turns=document["turns"],
            flash=None if document["flash"] is None else Flash.from_document(document["flash"]),
        )

    def without_flash(self) -> Challenge:
        """For whom changing colours are not good, and where no page shows any: it stays unproved."""
        left_out = None if self.flash is None else replace(self.flash, colours=())
        return replace(self, flash=left_out)


def new_challenge(
    now: datetime,
    *,
    random: Random,
    actions: int = 3,
    allow_turns: bool = True,
    seconds: int = 120,
    window_ms: int = 8_000,
    flash: Literal["off", "signal", "gate"] = "off",
) -> Challenge:
    """Draw a challenge: different actions, each order as likely as any other.

    Where turns are allowed there is at least one, and of several actions one that only a face can do: a
    turn shows depth, which a mask has, too.

    :param random: `random.SystemRandom()` in earnest, a seeded one in tests.
    :param flash: whether colours follow, and whether a face that does not follow them is refused.
    :raises ValueError: more actions than there are.
    """
    pool = (*_WITHOUT_TURNS, *TURNS) if allow_turns else _WITHOUT_TURNS
    if not 1 <= actions <= len(pool):
        raise ValueError(f"There are {len(pool)} actions to draw from, not {actions}.")
    orders = [order for order in permutations(pool, actions) if not allow_turns or _shows_life(order)]
    return Challenge(
        nonce=f"{random.getrandbits(128):032x}",
        actions=random.choice(orders),
        issued_at=now,
        expires_at=now + timedelta(seconds=seconds),
        window_ms=window_ms,
        turns=allow_turns,
        flash=None if flash == "off" else new_flash(random, refuses=flash == "gate"),
    )


def _shows_life(order: tuple[Action, ...]) -> bool:
    return bool(set(TURNS) & set(order)) and (len(order) == 1 or bool(set(_OF_THE_FACE) & set(order)))


def without_blink(challenge: Challenge) -> tuple[Action, ...]:
    """The actions for a person whose eyes the network cannot read (narrow eyes, glasses, dim light).

    Each blink becomes an action that is not asked yet, the mouth first: a rigid mask has eyes that cannot
    be read, too. Where none is left the blink falls away.
    """
    pool = (*_WITHOUT_TURNS, *TURNS) if challenge.turns else _WITHOUT_TURNS
    spare = [action for action in pool if action not in (*challenge.actions, Action.BLINK)]
    if Action.OPEN_MOUTH in spare:
        spare = [Action.OPEN_MOUTH]
    # Drawn by the nonce: the same for every process that serves this session, and not foreseeable.
    seed = int(challenge.nonce[:8], 16)
    replacement = [spare[seed % len(spare)]] if spare else []
    actions: list[Action] = []
    for action in challenge.actions:
        actions += replacement if action is Action.BLINK else [action]
    return tuple(actions) or challenge.actions


def is_frontal(frame: FrameFacts) -> bool:
    """Does the face look about into the camera?"""
    return frame.face is not None and abs(frame.face.yaw) < _FRONTAL_DEGREES
