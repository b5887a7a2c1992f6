"""What a request asks in detail, and what for: read before anybody is asked, whatever way it came."""

from dataclasses import replace

from idp.oidc import said
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.particulars import (
    PURPOSE,
    PURPOSE_AT_LEAST,
    PURPOSE_AT_MOST,
    RESOURCE,
    Particulars,
    digest_of,
    digests_of,
    digests_of_places,
)
from idp.oidc.details.reading import PARAMETER, Detail, DetailsRefused, matters_of, read
from idp.oidc.errors import InvalidAuthorizationDetails, InvalidRequest
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider


def with_particulars(
    provider: Provider, client: Client, parameters: Parameters, wanted: AuthorizationRequest
) -> AuthorizationRequest:
    """The request with its `authorization_details` and its `purpose`, for every endpoint that takes one. Its
    resources are there already.

    Where details count, tokens are meant for (RFC 8707): their locations join the resources that were named.
    Raises InvalidAuthorizationDetails, InvalidRequest.
    """
    details = asked(provider, client, parameters)
    purpose = _purpose(client, parameters)
    places = (uri for one in details for uri in one.locations)
    resources = tuple(dict.fromkeys((*wanted.resources, *places)))
    if not details and not purpose and set(resources) <= {provider.issuer}:
        return wanted
    particulars = _particulars(provider, client, details, purpose, resources)
    return replace(wanted, particulars=particulars, resources=resources)


def asked(provider: Provider, client: Client, parameters: Parameters) -> tuple[Detail, ...]:
    """Raises InvalidAuthorizationDetails."""
    text = parameters.get(PARAMETER)
    if text is None:
        return ()
    try:
        found = read(text, provider.details_types, client.metadata.authorization_details_types)
    except DetailsRefused as refused:
        raise InvalidAuthorizationDetails(str(refused)) from None
    if matters_of(found) and not client.metadata.accepts_hats:
        raise InvalidAuthorizationDetails("authorization_details: nobody acts for somebody else here.")
    for one in found:
        if not all(_is_served(provider, uri) for uri in one.locations):
            raise InvalidAuthorizationDetails(
                "authorization_details: nobody serves one of the locations.", detail=one.type.type
            )
    return found


def _is_served(provider: Provider, uri: str) -> bool:
    server = provider.resources.server_of(uri)
    return server is not None and provider.clients.find(server) is not None


def _purpose(client: Client, parameters: Parameters) -> str:
    """Nothing of a client that nobody has looked at: it registers no purpose either."""
    text = parameters.get("purpose")
    if text is None or client.is_self_registered:
        return ""
    try:
        said.check(text, at_least=PURPOSE_AT_LEAST, at_most=PURPOSE_AT_MOST)
    except said.SaidBadly as problem:
        raise InvalidRequest(f"purpose: {problem}.", detail="invalid_purpose") from None
    return text


def _particulars(
    provider: Provider,
    client: Client,
    details: tuple[Detail, ...],
    purpose: str,
    resources: tuple[str, ...],
) -> Particulars:
    key, client_id = provider.details_key, client.client_id
    digests = digests_of(key, client_id, details)
    stated = (digest_of(key, client_id, PURPOSE, purpose),) if purpose else ()
    places = digests_of_places(key, client_id, resources, provider.issuer)
    return Particulars(
        details=kept.seal_details(provider.cipher, client_id, details),
        purpose=kept.seal(provider.cipher, kept.PURPOSE, client_id, purpose),
        kinds=(
            *(one.type.type for one in details),
            *((PURPOSE,) if purpose else ()),
            *(RESOURCE for _ in places),
        ),
        digests=(*digests, *stated, *places),
        once=tuple(one for one, detail in zip(digests, details, strict=True) if detail.type.one_time),
        minimum_level=max((one.type.minimum_level for one in details), default=0),
    )
