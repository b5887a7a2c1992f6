"""A company, its legal representative, and somebody whom they appoint."""

from datetime import timedelta

from idp.account.organisations.place import ORGANISATIONS
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.organisations import find_by_code
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.business.registry.embedded import upsert
from idp.people import directory
from tests.idp.account.mandates.acting import FRIEND, accepts, present, signed_in
from tests.idp.login.licences.licensing import CODE, COMPANY
from tests.idp.login.visitor import PERSON, Site, Someone, Visitor

MATTERS = ["tax_filing", "invoices"]


def registered(
    site: Site,
    by: Someone | None = PERSON,
    *,
    code: str = CODE,
    name: str = COMPANY,
    status: OrganisationStatus = OrganisationStatus.ACTIVE,
) -> None:
    """From now on the business register says so."""
    found = site.services
    who = None if by is None else LegalRepresentative(by.name, by.number)
    record = RegisteredOrganisation(code, name, OrganisationType.ENTERPRISE, status, who)
    with found.sessions.begin() as session:
        upsert(session, record, cipher=found.cipher, now=found.clock())


def added(site: Site, visitor: Visitor | None = None, code: str = CODE) -> Visitor:
    """The representative names their company; at its page."""
    visitor = visitor or signed_in(site, PERSON, ORGANISATIONS)
    visitor.get(ORGANISATIONS)
    return visitor.submit("add-form", code=code)


def organisation_id(site: Site, code: str = CODE) -> str:
    with site.services.sessions() as session:
        found = find_by_code(session, code)
        assert found is not None
        return found.id


def page_of(site: Site, code: str = CODE) -> str:
    return f"{ORGANISATIONS}/{organisation_id(site, code)}"


def invites(
    site: Site, visitor: Visitor, someone: Someone = FRIEND, role: str = "agent", **typed: object
) -> Visitor:
    visitor.get(f"{page_of(site)}/invite/{role}")
    if visitor.path == "/login/presence":
        present(visitor)
    day = directory.day_in_china(site.clock()) + timedelta(days=30)
    fields = {"name": someone.name, "number": someone.number, "scope": "some", "until": str(day)}
    return visitor.submit("invite-form", **{"matter": MATTERS[:1], **fields, **typed})  # type: ignore[arg-type]


def appointed(site: Site, visitor: Visitor, someone: Someone = FRIEND, **typed: object) -> Visitor:
    """Invited, and accepted; the browser of whoever accepted."""
    assert invites(site, visitor, someone, **typed).path == page_of(site), visitor.page.text  # type: ignore[arg-type]
    other = accepts(site, someone=someone)
    assert other.path == "/account/mandates", other.page.text
    return other
