"""Levels of assurance, as the provider writes them into `acr`."""

from collections.abc import Mapping
from typing import Any

PREFIX = "urn:yitong:acr:"
ACR = {level: f"{PREFIX}{level}" for level in (1, 2, 3, 4)}


class LevelTooLow(Exception):
    """The sign-in is real, but proves less than is needed here: ask for a step-up."""

    def __init__(self, held: int, needed: int) -> None:
        super().__init__(f"signed in at level {held}, level {needed} is needed")
        self.held = held
        self.needed = needed


def level_of(claims: Mapping[str, Any]) -> int:
    """The level that an id_token states; 0 when it states none of ours."""
    acr = str(claims.get("acr", ""))
    return next((level for level, name in ACR.items() if name == acr), 0)


def require_level(claims: Mapping[str, Any], needed: int) -> None:
    """Raises LevelTooLow. To be asked at the deed, not at sign-in alone: levels run out."""
    held = level_of(claims)
    if held < needed:
        raise LevelTooLow(held, needed)
