"""Resource indicators (RFC 8707): where a client wants to use an access token, and nowhere else.

The provider itself is a resource, too: its userinfo. It is the one that is meant when none is named.
"""

from collections.abc import Mapping
from typing import Any

from idp.oidc.clients.metadata import Client
from idp.oidc.clients.uris import RESOURCE_CHARACTERS_AT_MOST
from idp.oidc.errors import InvalidTarget
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider

PARAMETER = "resource"
ASKED_AT_MOST = 8


def asked(provider: Provider, parameters: Parameters) -> tuple[str, ...]:
    """The resources that a request names, all known. Raises InvalidTarget."""
    named = parameters.values.get(PARAMETER, ())
    if not named:
        return ()
    if len(named) > ASKED_AT_MOST:
        raise InvalidTarget(f"A token is good for {ASKED_AT_MOST} resources at most.")
    for uri in named:
        # RFC 8707 section 2: absolute, without fragment, which every registered one is.
        if len(uri) > RESOURCE_CHARACTERS_AT_MOST or not _is_known(provider, uri):
            raise InvalidTarget("The resource is not known.", detail="no server, or it is suspended")
    return tuple(dict.fromkeys(named))


def narrowed(parameters: Parameters, granted: tuple[str, ...], issuer: str) -> tuple[str, ...]:
    """Those of the grant that a token request names; all of them when it names none.

    RFC 8707 section 2.2: never more than what was granted. Raises InvalidTarget.
    """
    named = parameters.values.get(PARAMETER)
    if named is None:
        return granted
    if not set(named) <= set(granted or (issuer,)):
        raise InvalidTarget("The resource goes beyond what was granted.")
    return tuple(uri for uri in granted if uri in named)


def audience(resources: tuple[str, ...]) -> dict[str, Any]:
    """RFC 9068 section 3: `aud` is what was asked for; without it the provider stands there."""
    if not resources:
        return {}
    return {"aud": resources[0] if len(resources) == 1 else list(resources)}


def audience_of(claims: Mapping[str, Any]) -> frozenset[str]:
    named = claims["aud"]
    return frozenset((named,) if isinstance(named, str) else named)


def serves(provider: Provider, client: Client, claims: Mapping[str, Any]) -> bool:
    """Whether a token is meant for a resource of this client. By the table, where a resource has one server:
    a registration alone could name anybody's."""
    servers = map(provider.resources.server_of, audience_of(claims) - {provider.issuer})
    return client.client_id in servers


def _is_known(provider: Provider, uri: str) -> bool:
    if uri == provider.issuer:
        return True
    server = provider.resources.server_of(uri)
    return server is not None and provider.clients.find(server) is not None
