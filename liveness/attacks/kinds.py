"""Every kind of attack by its name on the command line."""

from __future__ import annotations

from collections.abc import Callable

from liveness.attacks import injection, prints, recordings, screen, warps
from liveness.attacks.material import Attack, Material

KINDS: dict[str, Callable[[Material], Attack]] = (
    prints.KINDS | screen.KINDS | recordings.KINDS | injection.KINDS | warps.KINDS
)
NEEDS_FILM = frozenset({"replay", *recordings.KINDS})
NEEDS_ACCOMPLICE = frozenset({"swap", "swap_timed"})
INJECTED = frozenset({*recordings.KINDS, *injection.KINDS, *warps.KINDS})
"""Without a camera, so with timestamps as even as a clock."""
