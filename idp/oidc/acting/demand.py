"""What a request asks of the mandate that somebody acts by: details with a matter (RFC 9396) are granted to
those alone whose mandate covers it, for the organisation that is named in them, if one is.

So who acts as themselves never gets such details, nor who acts for another organisation. And whoever serves
where the tokens are to be used accepts who comes with them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from idp.business.models import Organisation
from idp.mandates.standing import Standing
from idp.oidc.acting.recipients import servers_of
from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.particulars import Particulars
from idp.oidc.details.reading import matters_of, organisation_of
from idp.oidc.provider import Provider

UNKNOWN = ""
"""Stands for an organisation that is not known here: nobody acts for it. Which ones are is not told."""


@dataclass(frozen=True, slots=True)
class Demand:
    matters: tuple[str, ...]
    """The mandate covers each of them."""
    organisation_id: str | None
    """None: whoever it is for."""
    servers: tuple[Client, ...] = ()
    """Who serves the resources."""

    def is_met_by(self, mandate: Standing | None) -> bool:
        """None: as themselves."""
        role = None if mandate is None else mandate.role
        if not all(server.metadata.accepts(role) for server in self.servers):
            return False
        if mandate is None:
            return not self.matters
        is_for = self.organisation_id is None or self.organisation_id == mandate.organisation_id
        return is_for and all(map(mandate.covers, self.matters))


def demand_of(
    provider: Provider, client: Client, particulars: Particulars, resources: Iterable[str]
) -> Demand | None:
    """None: whoever comes may act for whom they like."""
    servers = tuple(servers_of(provider, resources))
    known = (provider.details_types.get(kind) for kind in particulars.kinds)
    if not any(found is not None and found.matter is not None for found in known):
        return Demand((), None, servers) if servers else None
    details = kept.details_of(
        *(provider.cipher, client.client_id, particulars.details, provider.details_types),
        client.metadata.authorization_details_types,
    )
    code = organisation_of(details)
    return Demand(matters_of(details), None if code is None else _id_of(provider, code), servers)


def _id_of(provider: Provider, code: str) -> str:
    with provider.reads.connect() as connection:
        found = connection.scalar(select(Organisation.id).where(Organisation.code == code))
    return UNKNOWN if found is None else found
