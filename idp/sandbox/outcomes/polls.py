"""What an app is told that asks whether a person has answered elsewhere: a device, or the back channel."""

from typing import Final

from idp.oidc import errors
from idp.sandbox.outcomes.catalogue import BY_NAME, Place
from idp.sandbox.outcomes.endings import FORCED

ONLY_THERE: Final = frozenset({Place.POLLING})
"""A script of nothing else leaves answers by a redirect alone."""
PLACES: Final = frozenset({Place.POLLING, Place.TOKEN, Place.ID_TOKEN, Place.USERINFO})
SLOWED: Final = 2
"""How many polls are told to slow down: then a correct app is to get what it waits for."""


def concerns(outcomes: tuple[str, ...]) -> bool:
    """Whether a script changes sign-ins that are answered elsewhere. One that changes redirects does not:
    what it holds against an app is seen there alone."""
    places = {BY_NAME[name].place for name in outcomes}
    return Place.REDIRECT not in places and ("slow_token" in outcomes or not PLACES.isdisjoint(places))


def answer(outcome: str, polls_before: int) -> errors.ProtocolError | None:
    """None: how it stands."""
    if outcome == "poll_pending":
        return errors.AuthorizationPending("The person has not answered yet.", detail=FORCED)
    if outcome == "poll_denied":
        return errors.AccessDenied("The person did not agree.", detail=FORCED)
    if outcome == "poll_expired":
        return errors.ExpiredToken("Nobody answered in time.", detail=FORCED)
    if outcome == "poll_slow_down" and polls_before < SLOWED:
        return errors.SlowDown("Wait five seconds longer between two polls, from now on.", detail=FORCED)
    return None
