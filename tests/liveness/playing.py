"""Challenges of the tests' own choice, and a person who does what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from liveness import Action, Challenge
from liveness.attacks import Attack, Session
from liveness.attacks.material import FPS
from liveness.attacks.session import jpeg
from tests.virtual_person import VirtualPerson

__all__ = ["FPS", "NOW", "Frames", "Session", "ask", "jpeg", "willing"]

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Frames = Iterable[np.ndarray]


def ask(*actions: Action, window_ms: int = 8_000, turns: bool = True) -> Challenge:
    return Challenge("00" * 16, actions, NOW, NOW + timedelta(seconds=120), window_ms, turns)


def willing(person: VirtualPerson) -> Attack:
    """Does what is asked."""
    return lambda action: person.idle(0.7) if action is None else person.clip(action)
