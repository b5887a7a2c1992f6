"""Which details an access token carries: of what was granted, what is asked for, where the token is for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.particulars import digests_of
from idp.oidc.details.reading import PARAMETER, Detail, DetailsRefused, matters_of, read
from idp.oidc.details.types import LOCATIONS
from idp.oidc.errors import InvalidAuthorizationDetails, InvalidGrant
from idp.oidc.http import Parameters
from idp.oidc.provider import Provider
from idp.oidc.resources import PARAMETER as RESOURCE

MANDATE = "mandate_id"


@dataclass(frozen=True, slots=True)
class Assigned:
    """To one access token."""

    resources: tuple[str, ...]
    details: tuple[Detail, ...] = ()
    digests: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    """For which the person may act for somebody else, where it was asked for some alone; none: for all that
    the mandate covers."""

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(one.type.type for one in self.details)

    def to_json(self, acting: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """`acting`: `acting_for` of the token. RFC 9396 section 7.1: says by which mandate it is granted."""
        by = {} if acting is None else {MANDATE: acting[MANDATE]}
        return [{**one.to_json(), **(by if one.matter is not None else {})} for one in self.details]


def assigned(
    provider: Provider,
    client: Client,
    form: Parameters,
    granted: str,
    resources: tuple[str, ...],
    *,
    acts: bool,
    is_refresh: bool = False,
) -> Assigned:
    """`granted`: sealed. `resources`: those of the grant, as far as the request names them. `acts`: the
    person acts for somebody else. `is_refresh`: what was agreed to for once has had its token, and no refresh
    makes another of it.

    RFC 9396 section 6: never more than what was granted. A request that names details and no resource gets
    a token for the resources where these count, and no other.
    Raises InvalidAuthorizationDetails, InvalidGrant.
    """
    named = form.get(PARAMETER)
    if not granted and named is None:
        return Assigned(resources)
    may_use = client.metadata.authorization_details_types
    whole = _granted(provider, client, granted, acts=acts)
    held = tuple(one for one in whole if not (is_refresh and one.type.one_time))
    chosen = held if named is None else _chosen(named, held, provider, may_use)
    if named is not None and RESOURCE not in form and all(one.locations for one in chosen):
        places = {uri for one in chosen for uri in one.locations}
        resources = tuple(uri for uri in resources if uri in places)
    found = tuple(there for one in chosen if (there := one.at(resources)) is not None)
    if named is not None and len(found) != len(chosen):
        raise InvalidAuthorizationDetails("authorization_details and resource do not meet.")
    # What was agreed to as a matter stays one, whatever else a request picks.
    matters = matters_of(chosen) or matters_of(whole)
    return Assigned(resources, found, digests_of(provider.details_key, client.client_id, found), matters)


def matters_granted(provider: Provider, client: Client, granted: str) -> tuple[str, ...]:
    """For which a grant is, of who acts for somebody else; none: for all that the mandate covers.

    Raises InvalidGrant.
    """
    return matters_of(_granted(provider, client, granted, acts=True)) if granted else ()


def _granted(provider: Provider, client: Client, granted: str, *, acts: bool) -> tuple[Detail, ...]:
    """Raises InvalidGrant: a matter that is gone must not leave a mandate for everything behind."""
    cipher, client_id = provider.cipher, client.client_id
    may_use = client.metadata.authorization_details_types
    whole = kept.details_of(cipher, client_id, granted, provider.details_types, may_use)
    if acts and granted and not kept.is_whole(cipher, client_id, granted, whole):
        raise InvalidGrant("What was granted has ended.", detail="one of its details is possible no more")
    return whole


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
    """Of a token's details, those that count at the resources of who asks (RFC 9396 section 9.2), or
    everywhere."""
    found = []
    for one in details:
        if LOCATIONS not in one:
            found.append(one)
            continue
        there = [uri for uri in one[LOCATIONS] if provider.resources.server_of(uri) == client.client_id]
        if there:
            found.append({**one, LOCATIONS: there})
    return found
