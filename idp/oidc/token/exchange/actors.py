"""Who acts for the person: the `act` claim (RFC 8693 section 4.1), who acted before nested in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.oidc.errors import InvalidRequest

ACTORS_AT_MOST = 4


def actors(act: Mapping[str, Any] | None) -> Iterator[str]:
    """Their `client_id`s, the latest first."""
    while act is not None:
        yield act["sub"]
        act = act.get("act")


def acting(client_id: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The claim with this client on top. Raises InvalidRequest: it has acted already, or too many have."""
    known = tuple(actors(before))
    if client_id in known:
        raise InvalidRequest("The subject_token was exchanged by this client before.", detail="a loop")
    if len(known) >= ACTORS_AT_MOST:
        raise InvalidRequest(f"{ACTORS_AT_MOST} clients at most act for a person one after another.")
    return {"sub": client_id} if before is None else {"sub": client_id, "act": dict(before)}
