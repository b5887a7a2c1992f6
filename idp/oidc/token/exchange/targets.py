"""Where an exchanged token is to be used, and what the person has agreed to with who serves that.

A token for another sector tells its server that somebody whom it knows by its own `sub` is at another site.
So the person must have agreed with that server itself, for the purpose that it has now; what they agreed to
with the first client bounds the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from idp.oidc import sharing
from idp.oidc.clients.fields.exchange import ExchangeRule
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidTarget
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.resources import ASKED_AT_MOST
from idp.oidc.sharing import Agreed

RESOURCE, AUDIENCE = "resource", "audience"


@dataclass(frozen=True, slots=True)
class Target:
    resources: tuple[str, ...]
    server: Client
    """Who serves all of them."""


def target_of(provider: Provider, form: Parameters, rule: ExchangeRule) -> Target:
    """RFC 8693 section 2.1: `resource` is the name of one, `audience` that or the client that serves some.

    One server at a time, for a token has one `sub`. Raises InvalidTarget.
    """
    asked = [*form.values.get(RESOURCE, ()), *form.values.get(AUDIENCE, ())]
    if not asked:
        raise InvalidTarget("resource or audience is missing: where is the token to be used?")
    if len(asked) > ASKED_AT_MOST:
        raise InvalidTarget(f"{ASKED_AT_MOST} targets at most.")
    served = {uri: provider.resources.server_of(uri) for uri in rule.resources}
    named = tuple(dict.fromkeys(_named(form, served)))
    if provider.issuer in named:
        # Claims go to whom the person agreed with, by a sign-in there.
        raise _refused("userinfo")
    servers = {served[uri] for uri in named}
    if len(servers) > 1:
        raise InvalidTarget("A token is good for the resources of one server.")
    server_id = served[named[0]]
    server = None if server_id is None else provider.clients.find(server_id)
    if server is None:
        raise _refused("nobody serves it, or its server is suspended")
    return Target(named, server)


def agreed_with_server(
    connection: Connection, person_id: str, first: Client, server: Client, now: datetime
) -> Agreed | None:
    """None in the sector of the first client: the same site, and the person has agreed with it.

    Raises InvalidTarget.
    """
    if server.metadata.sector == first.metadata.sector:
        return None
    agreed = sharing.agreed(connection, person_id, server.client_id)
    if agreed is None or not agreed.covers((), server.metadata.purpose_code, now):
        raise _refused("the person has not agreed with its server")
    return agreed


def _named(form: Parameters, served: Mapping[str, str | None]) -> Iterator[str]:
    """Those of the rule. RFC 8693 section 2.2.2: `invalid_target` for any other."""
    for uri in form.values.get(RESOURCE, ()):
        if uri not in served:
            raise _refused("not in the client's rule")
        yield uri
    for name in form.values.get(AUDIENCE, ()):
        found = [uri for uri, server in served.items() if name in {uri, server}]
        if not found:
            raise _refused("not in the client's rule")
        yield from found


def _refused(detail: str) -> InvalidTarget:
    """The same for every cause: whether somebody is known at another site is not for it to find out."""
    return InvalidTarget("There is no token for this target.", detail=detail)
