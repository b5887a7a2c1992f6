"""The business register, behind a contract of one question: who is this organisation, now?"""

from dataclasses import dataclass
from typing import Protocol

from idp.business.organisation_kinds import OrganisationStatus, OrganisationType


@dataclass(frozen=True, slots=True, repr=False)
class LegalRepresentative:
    """Who acts for an organisation by law: 法定代表人, 负责人, 经营者. Its `repr` is silent."""

    name: str
    """As `people.names.normalise` gives it."""
    number: str | None
    """As `people.documents.identify` gives it; None where the register tells none, or one of another card
    (a passport): then nobody is known to be this person."""

    def __repr__(self) -> str:
        return "LegalRepresentative()"


@dataclass(frozen=True, slots=True, repr=False)
class RegisteredOrganisation:
    """An organisation as the register knows it. Its `repr` is silent, as it ends up in tracebacks."""

    code: str
    """As `credit_code.parse` gives it."""
    name: str
    """As `business.names.normalise` gives it."""
    type: OrganisationType
    status: OrganisationStatus
    """One of REGISTERED_STATUSES."""
    representative: LegalRepresentative | None

    def __repr__(self) -> str:
        return f"RegisteredOrganisation({self.type.value}, {self.status.value})"


class RegisterUnavailable(Exception):
    """The register cannot be asked now. Carries the cause, and no one's number or name."""


class BusinessRegister(Protocol):
    def look_up(self, code: str) -> RegisteredOrganisation | None:
        """`code` as `credit_code.parse` gives it; None when the register knows no such organisation.

        Raises RegisterUnavailable.
        """
