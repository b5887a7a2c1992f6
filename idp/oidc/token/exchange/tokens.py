"""The tokens that an exchange is asked for with: whose they are, and whether this client may use them so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.oidc.claims.release import Ground
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidRequest
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.resources import serves
from idp.oidc.token.exchange.standing import ground
from idp.oidc.token.recognised import AccessToken, OfClient, Recognised, recognise
from idp.oidc.token.senders import UNBOUND, Sender

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
"""RFC 8693 section 3. The one type that is taken and given: an id_token names no grant, so nothing that was
got for it could be ended, and a refresh token is its client's alone."""


def check_types(form: Parameters) -> None:
    """Raises InvalidRequest."""
    if form.get("requested_token_type") not in {None, ACCESS_TOKEN}:
        raise InvalidRequest("Only access tokens are issued in exchange.")
    for name in ("subject_token", "actor_token"):
        # RFC 8693 section 2.1: a type with each token, and MUST NOT without.
        if (name in form) != (f"{name}_type" in form):
            raise InvalidRequest(f"{name} and {name}_type go together.")
        if form.get(f"{name}_type") not in {None, ACCESS_TOKEN}:
            raise InvalidRequest(f"Only access tokens are taken as {name}.")
    if "subject_token" not in form:
        raise InvalidRequest("subject_token is missing.")


def subject_of(
    provider: Provider, form: Parameters, client: Client, sender: Sender, now: datetime
) -> tuple[AccessToken, Ground]:
    """On whose behalf: a living access token of a person, which came to this client rightly; and what it
    stands on.

    RFC 8693 section 2.2.2: whatever is wrong with it is `invalid_request`. Raises InvalidRequest.
    """
    found = _recognised(provider, form.get("subject_token"), now)
    if not isinstance(found, AccessToken):
        raise _refused("subject_token", "no access token of a person, or it has ended")
    is_own = found.client_id == client.client_id
    if not is_own and not serves(provider, client, found.claims):
        # A token that was meant for somebody else, and was lost or taken on its way.
        raise _refused("subject_token", "meant for another resource server")
    _check_key(found.claims, sender, "subject_token", is_own=is_own)
    standing = ground(provider.reads, found, now, in_part=True)
    if standing is None:
        raise _refused("subject_token", "the session, the consent, the account or the mandate has ended")
    return found, standing


def actor_ends(
    provider: Provider, form: Parameters, client: Client, sender: Sender, now: datetime
) -> int | None:
    """Until when an actor_token speaks for the actor; None without one.

    The actor is the authenticated client. A token may say so again, and no other: who acts for whom is not
    for a token to claim that the client may have come by in any way. Raises InvalidRequest.
    """
    if "actor_token" not in form:
        return None
    found = _recognised(provider, form.get("actor_token"), now)
    if not isinstance(found, OfClient) or found.client_id != client.client_id:
        raise _refused("actor_token", "not a token of the exchanging client for itself")
    _check_key(found.claims, sender, "actor_token", is_own=True)
    ends: int = found.claims["exp"]
    return ends


def check_may_act(claims: Mapping[str, Any], client: Client) -> None:
    """RFC 8693 section 4.4: the token names who may act. Raises InvalidRequest."""
    named = claims.get("may_act")
    if named is not None and named != {"sub": client.client_id}:
        raise _refused("subject_token", "may_act names somebody else")


def _recognised(provider: Provider, text: str | None, now: datetime) -> Recognised | None:
    return None if text is None else recognise(provider, text, now)


def _check_key(claims: Mapping[str, Any], sender: Sender, what: str, *, is_own: bool) -> None:
    """A bound token stays bound. Whose it is shows its key (RFC 9449 section 7, RFC 8705 section 3); a
    resource server cannot, and has proved instead that it is whom the token was sent to."""
    confirmation: Mapping[str, str] = claims.get("cnf", {})
    if is_own and any(sender.confirmation.get(name) != value for name, value in confirmation.items()):
        raise _refused(what, "bound to another key")
    if confirmation and sender is UNBOUND:
        raise InvalidRequest(
            "A bound token is exchanged for a bound one alone: send a DPoP proof, or call with a certificate."
        )


def _refused(what: str, detail: str) -> InvalidRequest:
    return InvalidRequest(f"The {what} is not valid, or not for this client to exchange.", detail=detail)
