"""The organisations of the sandbox. None exists: no authority can give their codes, and every name says that
it is a sample. Their legal representatives are grown-up people of the sandbox, whose numbers stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from idp.business import credit_code, former_codes
from idp.business.credit_code import SANDBOX_REGION, CreditCode
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry.contract import LegalRepresentative, RegisteredOrganisation
from idp.people.sandbox.population import population as people

ACTIVE, SUSPENDED = OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED
REVOKED, DISSOLVED = OrganisationStatus.REVOKED, OrganisationStatus.DISSOLVED


@dataclass(frozen=True, slots=True)
class Entry:
    serial: int
    """Given once: the code follows it."""
    category: str
    """The first two places of the code."""
    name: str
    person: int | None
    """Serial of the legal representative among the sandbox's people; None: the register names nobody."""
    good_for: str
    status: OrganisationStatus = ACTIVE
    number_is_told: bool = True
    inner_code_checks: bool = True
    type: OrganisationType | None = None
    """Where it is another than the code tells."""


ROLL: Final = (
    Entry(1, "91", "样本科技有限公司", 1, "a company of 张三, who has an account"),
    Entry(2, "91", "示例贸易（集团）有限公司", 1, "a second company of the same person"),
    Entry(3, "92", "韩梅梅样本茶馆", 13, "an individual business, under its owner's name"),
    Entry(4, "93", "样本村示例果蔬农民专业合作社", 14, "a farmers' cooperative"),
    Entry(5, "12", "样本市示例中学", 5, "a public institution"),
    Entry(6, "51", "样本省示例行业协会", 7, "a social organisation"),
    Entry(7, "52", "示例养老服务中心", 9, "a private non-enterprise unit"),
    Entry(8, "53", "样本教育基金会", 35, "a foundation, of somebody who has no account yet"),
    Entry(9, "11", "样本市示例局", 3, "a government body"),
    Entry(10, "31", "样本律师事务所", 36, "a law firm: its code is given by the judicial administration"),
    Entry(11, "81", "示例公司工会委员会", 26, "a trade union"),
    Entry(12, "N2", "样本镇示例村股份经济合作社", 27, "a rural collective"),
    Entry(13, "91", "歇业样本餐饮有限公司", 17, "suspended, of a Hong Kong resident", SUSPENDED),
    Entry(14, "91", "吊销样本商贸有限公司", 21, "revoked, of a Taiwan resident", REVOKED),
    Entry(15, "92", "注销样本修理铺", 7, "dissolved", DISSOLVED),
    Entry(16, "91", "SPECIMEN (CHINA) CO., LTD.", 23, "of a foreigner with a permanent residence card"),
    Entry(17, "91", "样本外资咨询有限公司", 24, "the register tells no number of its representative",
          number_is_told=False),
    Entry(18, "91", "示例遗留代码实业公司", 20, "its code fails the inner check, as some real ones do",
          inner_code_checks=False),
    Entry(19, "92", "个转企示例食品有限公司", 30, "an individual business that became a company, code kept",
          type=OrganisationType.ENTERPRISE),
    Entry(20, "91", "冻结样本有限公司", 4, "active, but its legal representative's account is frozen"),
    Entry(21, "91", "已故样本有限公司", 16, "active, though its legal representative has died"),
    Entry(22, "19", "样本市示例指挥部", None, "the register names no representative"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class SandboxOrganisation:
    serial: int
    code: CreditCode
    registered: RegisteredOrganisation
    """What the register says of it."""
    good_for: str

    def __repr__(self) -> str:
        return f"SandboxOrganisation({self.serial})"


def population(today: date) -> tuple[SandboxOrganisation, ...]:
    """All of them, in the order of their serials. `today`: the day in China."""
    representatives = {
        person.serial: LegalRepresentative(person.name, person.number.value) for person in people(today)
    }
    return tuple(_organisation(entry, representatives) for entry in ROLL)


def _organisation(entry: Entry, representatives: dict[int, LegalRepresentative]) -> SandboxOrganisation:
    code = credit_code.parse(_code(entry))
    representative = None if entry.person is None else representatives[entry.person]
    if representative is not None and not entry.number_is_told:
        representative = LegalRepresentative(representative.name, None)
    registered = RegisteredOrganisation(
        code=code.value,
        name=entry.name,
        type=entry.type or code.type or OrganisationType.OTHER,
        status=entry.status,
        representative=representative,
    )
    return SandboxOrganisation(entry.serial, code, registered, entry.good_for)


def _code(entry: Entry) -> str:
    body = f"YT{entry.serial:06d}"
    check = former_codes.gb_11714(body)
    if not entry.inner_code_checks:
        check = "0" if check != "0" else "1"
    return credit_code.compose(entry.category, SANDBOX_REGION, body + check)
