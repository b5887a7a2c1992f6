"""Through whose hands a token came: for its server the `act` claim (RFC 8693 section 4.1), and for us every
client, also one that did not say that it acts."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.oidc.errors import InvalidRequest
from idp.oidc.token.recognised import THROUGH, AccessToken

CLIENTS_AT_MOST = 4
"""That exchange one token after another."""


def actors(act: Mapping[str, Any] | None) -> Iterator[str]:
    """Their `client_id`s, the latest first."""
    while act is not None:
        yield act["sub"]
        act = act.get("act")


def acting(client_id: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The claim, with who acted before nested in it."""
    return {"sub": client_id} if before is None else {"sub": client_id, "act": dict(before)}


def through(subject: AccessToken, client_id: str) -> dict[str, str]:
    """Who exchanged before, each with the `jti` of what it got.

    Raises InvalidRequest: this client did already, or too many have.
    """
    if not subject.is_exchanged:
        return {}
    found: dict[str, str] = {**subject.claims[THROUGH], subject.client_id: subject.claims["jti"]}
    if client_id in found:
        raise InvalidRequest("The subject_token was exchanged by this client before.", detail="a loop")
    if len(found) >= CLIENTS_AT_MOST:
        raise InvalidRequest(f"{CLIENTS_AT_MOST} clients at most exchange a token one after another.")
    return found
