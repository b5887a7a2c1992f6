"""What a registration says of those who may come: `accepted_parties`, a field of ours.

A person signs in as themselves (`citizen`), or acts for somebody else by a mandate: for an organisation that
they represent or administer (`business`), or as an organisation's agent, for a relative or a ward (`agent`).
Only the operator registers it: a client that nobody has looked at has citizens alone.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import model_validator

from idp.oidc.clients.fields.scope import ORGANISATION, ScopeFields

Party = Literal["citizen", "business", "agent"]
CITIZEN: Party = "citizen"
BUSINESS: Party = "business"
AGENT: Party = "agent"
PARTY_OF_ROLE: Mapping[str, Party] = {
    "legal_representative": BUSINESS,
    "administrator": BUSINESS,
    "agent": AGENT,
    "relative": AGENT,
    "guardian": AGENT,
}
"""By the roles of `idp.mandates`. A role that is not here is accepted nowhere."""


class PartyFields(ScopeFields):
    accepted_parties: tuple[Party, ...] = (CITIZEN,)

    @model_validator(mode="after")
    def somebody_may_come_each_named_once(self) -> Self:
        if not self.accepted_parties or len(set(self.accepted_parties)) != len(self.accepted_parties):
            raise ValueError("accepted_parties: one or more of citizen, business and agent, each once")
        return self

    @model_validator(mode="after")
    def who_asks_for_organisations_has_some(self) -> Self:
        if ORGANISATION in self.scopes and not self.accepts_hats:
            raise ValueError("scope: organisation is for who accepts more than citizens (accepted_parties)")
        return self

    @property
    def accepts_hats(self) -> bool:
        """Whether anybody may act for somebody else there: otherwise nobody is ever asked for whom."""
        return self.accepted_parties != (CITIZEN,)

    def accepts(self, role: str | None) -> bool:
        """Whether who has this role by a mandate may come with it. None: as themselves."""
        party = CITIZEN if role is None else PARTY_OF_ROLE.get(role)
        return party in self.accepted_parties
