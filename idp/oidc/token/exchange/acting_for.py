"""For whom the person of an exchanged token acts: for the same one, by the same mandate, for no more matters
than the subject token says; and only towards who accepts somebody in that role."""

from typing import Any

from idp.mandates.standing import Standing
from idp.oidc.acting.claim import MATTERS, SaysMore, narrowed
from idp.oidc.acting.recipients import afresh, again
from idp.oidc.claims.catalogue import ACTING_FOR
from idp.oidc.clients.metadata import Client
from idp.oidc.details.reading import PARAMETER, DetailsRefused, matters_of, read
from idp.oidc.errors import InvalidAuthorizationDetails, InvalidRequest, InvalidTarget
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.token.recognised import AccessToken


def carried(
    provider: Provider,
    form: Parameters,
    client: Client,
    subject: AccessToken,
    acting: Standing | None,
    server: Client,
) -> dict[str, Any] | None:
    """In the terms of the server that the new token is for; None: the person acts as themselves.

    Raises InvalidRequest, InvalidTarget, InvalidAuthorizationDetails.
    """
    only, role = _asked(provider, form, client), None if acting is None else acting.role
    if acting is None and only:
        raise InvalidAuthorizationDetails("authorization_details goes beyond what was granted.")
    first = provider.clients.find(subject.granted_to)
    if first is None or not all(one.metadata.accepts(role) for one in (first, client)):
        raise _refused("one of the clients does not accept the role")
    if not server.metadata.accepts(role):
        raise InvalidTarget("There is no token for this target.", detail="it does not accept the role")
    if acting is None:
        return None
    try:
        said = again(subject.claims.get(ACTING_FOR, {}))(acting)
    except SaysMore:
        raise _refused("the mandate covers less than it says") from None
    try:
        matters = narrowed(said, only).get(MATTERS, ())
    except SaysMore:
        raise InvalidAuthorizationDetails("authorization_details goes beyond what was granted.") from None
    return afresh(provider, server, tuple(matters))(acting)


def ends(acting: Standing | None) -> int | None:
    """When the mandate does, in seconds since 1970."""
    return None if acting is None or acting.expires_at is None else int(acting.expires_at.timestamp())


def _refused(detail: str) -> InvalidRequest:
    return InvalidRequest(
        "The subject_token is not valid, or not for this client to exchange.", detail=detail
    )


def _asked(provider: Provider, form: Parameters, client: Client) -> tuple[str, ...]:
    """RFC 9396 section 6: the matters that the new token is to be for. What else was granted in detail is for
    the resources that it names, and is not exchanged. Raises InvalidAuthorizationDetails."""
    text = form.get(PARAMETER)
    if text is None:
        return ()
    try:
        found = read(text, provider.details_types, client.metadata.authorization_details_types)
    except DetailsRefused as refused:
        raise InvalidAuthorizationDetails(str(refused)) from None
    if any(one.matter is None or one.organisation is not None for one in found):
        raise InvalidAuthorizationDetails("authorization_details: matters alone are exchanged.")
    return matters_of(found)
