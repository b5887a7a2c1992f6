"""Organisations as a register tells of them."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from idp.business import credit_code, former_codes
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry import LegalRepresentative, RegisteredOrganisation, RegisterUnavailable
from idp.people.resident_number import compose

NUMBER = compose("110101", date(1980, 1, 1), 1)
OTHER_NUMBER = compose("110101", date(1985, 5, 5), 2)
NAME = "王小明"
COMPANY = "北京某某科技有限公司"


def code_of(serial: int, category: str = "91", region: str = "110108") -> str:
    body = f"MA{serial:06d}"
    return credit_code.compose(category, region, body + former_codes.gb_11714(body))


CODE = code_of(1)


def company(code: str = CODE, **changed: Any) -> RegisteredOrganisation:
    """Active, of one legal representative; `changed`: what is otherwise."""
    usual = RegisteredOrganisation(
        code=code,
        name=COMPANY,
        type=OrganisationType.ENTERPRISE,
        status=OrganisationStatus.ACTIVE,
        representative=LegalRepresentative(NAME, NUMBER),
    )
    return replace(usual, **changed)


def nothing(*_changed: object) -> None:
    """What a change of an organisation means to a test that asks about organisations alone."""


@dataclass
class ToldRegister:
    """Says what it was told, and remembers what it was asked."""

    says: dict[str, RegisteredOrganisation] = field(default_factory=dict)
    silent_about: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def tell(self, registered: RegisteredOrganisation) -> None:
        self.says[registered.code] = registered

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        self.asked.append(code)
        if code in self.silent_about:
            raise RegisterUnavailable("told to be silent")
        return self.says.get(code)
