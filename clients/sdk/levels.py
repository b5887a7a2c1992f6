"""Levels of assurance, as the provider writes them into `acr`, and how long they count."""

from collections.abc import Mapping
from typing import Any

from .errors import RelyingPartyError

PREFIX = "urn:yitong:acr:"
ACR = {level: f"{PREFIX}{level}" for level in (1, 2, 3, 4)}
VERIFIED = 2
PRESENT = 3
PRESENCE_SECONDS = 900
"""Levels 3 and 4 say that the person is here now: after this time they are worth level 2."""


class LevelTooLow(RelyingPartyError):
    """The sign-in is real, but proves less than is needed here: ask for a step-up."""

    ADVICE = "Begin a sign-in with the level that is needed. After one: the provider reached less than that."

    def __init__(self, held: int, needed: int) -> None:
        super().__init__(f"signed in at level {held}, level {needed} is needed")
        self.held = held
        self.needed = needed


def stated_level(claims: Mapping[str, Any]) -> int:
    """The level that an id_token states; 0 when it states none of ours."""
    acr = str(claims.get("acr", ""))
    return next((level for level, name in ACR.items() if name == acr), 0)


def level_after(
    claims: Mapping[str, Any], seconds: float, *, presence_seconds: int = PRESENCE_SECONDS
) -> int:
    """What an id_token is still worth `seconds` after it was received.

    The age that the proof had at issue is taken from the provider's clock alone (`iat - auth_time`),
    the time since from ours alone: two clocks that differ do not make a level end early, which would
    send the browser round in circles. A level 3 that does not say when it was proved counts as 2.
    """
    level = stated_level(claims)
    if level < PRESENT:
        return level
    issued_at, auth_time = claims.get("iat"), claims.get("auth_time")
    if not isinstance(issued_at, int | float) or not isinstance(auth_time, int | float):
        return VERIFIED
    return level if issued_at - auth_time + seconds <= presence_seconds else VERIFIED


def require_level(held: int, needed: int) -> None:
    """Raises LevelTooLow. To be asked at the deed, not at sign-in alone: levels run out."""
    if held < needed:
        raise LevelTooLow(held, needed)
