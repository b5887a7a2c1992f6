"""Who is told for whom a person acts: clients and servers that accept somebody in that role, no others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from idp.mandates.standing import Standing
from idp.oidc.acting.claim import acting_for, still
from idp.oidc.acting.named import named
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidTarget
from idp.oidc.provider import Provider

Tell = Callable[[Standing], dict[str, Any]]
"""`acting_for` of one answer, without code and name. Raises SaysMore."""


def afresh(provider: Provider, client: Client, matters: tuple[str, ...] = ()) -> Tell:
    """For what is issued now. `matters`: as in `claim.acting_for`."""
    return lambda mandate: acting_for(provider.pairwise_key, client, mandate, matters)


def again(said: Mapping[str, Any]) -> Tell:
    """For what a token says that was issued before."""
    return lambda mandate: still(mandate, said)


def with_code_and_name(provider: Provider, mandate: Standing, claim: dict[str, Any]) -> dict[str, Any]:
    """The same dict where there is no organisation to be named."""
    found = named(provider.reads, provider.cipher, mandate.organisation_id)
    return claim if found is None else {**claim, **found.told()}


def check_servers(provider: Provider, resources: Iterable[str], mandate: Standing | None) -> None:
    """A token must not come to who takes no such people: it would take them for somebody else, or learn what
    it was not to know. `mandate`: None for who acts as themselves, whom not everybody takes either. Raises
    InvalidTarget."""
    role = None if mandate is None else mandate.role
    if not all(server.metadata.accepts(role) for server in servers_of(provider, resources)):
        raise InvalidTarget("There is no token for this target.", detail="it does not accept the role")


def servers_of(provider: Provider, resources: Iterable[str]) -> Iterator[Client]:
    """Who serves these, other than we."""
    for uri in resources:
        server_id = None if uri == provider.issuer else provider.resources.server_of(uri)
        server = None if server_id is None else provider.clients.find(server_id)
        if server is not None:
            yield server
