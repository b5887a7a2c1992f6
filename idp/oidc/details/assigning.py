"""Which details an access token carries: of what was granted, what is asked for, where the token is for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.particulars import digests_of
from idp.oidc.details.reading import PARAMETER, Detail, DetailsRefused, read
from idp.oidc.errors import InvalidAuthorizationDetails
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.resources import PARAMETER as RESOURCE


@dataclass(frozen=True, slots=True)
class Assigned:
    """To one access token."""

    resources: tuple[str, ...]
    details: tuple[Detail, ...] = ()
    digests: tuple[str, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(one.type.type for one in self.details)

    def to_json(self) -> list[dict[str, Any]]:
        return [one.to_json() for one in self.details]


def assigned(
    provider: Provider,
    client: Client,
    form: Parameters,
    granted: str,
    resources: tuple[str, ...],
    *,
    is_refresh: bool = False,
) -> Assigned:
    """`granted`: sealed. `resources`: those of the grant, as far as the request names them. `is_refresh`:
    what was agreed to for once has had its token, and no refresh makes another of it.

    RFC 9396 section 6: never more than what was granted. A request that names details and no resource gets
    a token for the resources where these count, and no other. Raises InvalidAuthorizationDetails.
    """
    named = form.get(PARAMETER)
    if not granted and named is None:
        return Assigned(resources)
    may_use = client.metadata.authorization_details_types
    held = kept.details_of(provider.cipher, client.client_id, granted, provider.details_types, may_use)
    held = tuple(one for one in held if not (is_refresh and one.type.one_time))
    chosen = held if named is None else _chosen(named, held, provider, may_use)
    if named is not None and RESOURCE not in form:
        places = {uri for one in chosen for uri in one.locations}
        resources = tuple(uri for uri in resources if uri in places)
    found = tuple(there for one in chosen if (there := one.at(resources)) is not None)
    if named is not None and len(found) != len(chosen):
        raise InvalidAuthorizationDetails("authorization_details and resource do not meet.")
    return Assigned(resources, found, digests_of(provider.details_key, client.client_id, found))


def _chosen(
    named: str, held: tuple[Detail, ...], provider: Provider, may_use: Collection[str]
) -> tuple[Detail, ...]:
    try:
        chosen = read(named, provider.details_types, may_use)
    except DetailsRefused as refused:
        raise InvalidAuthorizationDetails(str(refused)) from None
    if not all(any(one.covers(wanted) for one in held) for wanted in chosen):
        raise InvalidAuthorizationDetails("authorization_details goes beyond what was granted.")
    return chosen


def heard_by(provider: Provider, client: Client, details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a token's details, those that count at the resources of who asks (RFC 9396 section 9.2)."""
    found = []
    for one in details:
        there = [uri for uri in one["locations"] if provider.resources.server_of(uri) == client.client_id]
        if there:
            found.append({**one, "locations": there})
    return found
