"""Who signs in by a licence acts for its organisation, as long as they may hold it."""

import pytest
from sqlalchemy import select

from idp.audit.context import AuditContext
from idp.business.keeping import KeepingRegister
from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.ending import Reason, end_all
from idp.mandates.models import Mandate, Role
from idp.oidc.clients.models import ClientRecord
from idp.people import accounts, documents
from idp.session_clients import SessionClient
from idp.storage.base import new_id
from tests.idp.login.licences.licensing import CODE, Licensing
from tests.idp.login.licences.test_signature import at_the_text
from tests.idp.login.visitor import HALL, NEWCOMER, PERSON, TAX, Site, Someone, Visitor


@pytest.fixture(autouse=True)
def _for_businesses(site: Site) -> None:
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "accepted_parties": ["citizen", "business"]}


def by_licence(licensing: Licensing, site: Site, holder: Someone = PERSON, client: str = HALL) -> Visitor:
    return licensing.sign_in(at_the_text(site, client), licensing.issue(holder=holder))


def roots(site: Site) -> list[Mandate]:
    with site.services.sessions() as session:
        query = select(Mandate).where(Mandate.role == Role.LEGAL_REPRESENTATIVE)
        return list(session.scalars(query.order_by(Mandate.granted_at)))


def acts_for(site: Site) -> str | None:
    with site.services.sessions() as session:
        query = select(SessionClient.acting_for).where(SessionClient.client_id == HALL)
        return session.scalars(query).one()


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.authorize(TAX).path != "/login"


def administrator(site: Site, someone: Someone = NEWCOMER) -> str:
    """Appointed by the legal representative; the mandate's id."""
    found, now = site.services, site.clock()
    (root,) = roots(site)
    with found.sessions.begin() as session:
        person = accounts.create(
            session,
            documents.identify(someone.number, now.date()),
            someone.name,
            level=2,
            cipher=found.cipher,
            index=found.index,
            context=AuditContext(at=now),
        )
        made = Mandate(
            id=new_id(now),
            role=Role.ADMINISTRATOR.value,
            person_id=person.id,
            organisation_id=root.organisation_id,
            parent_id=root.id,
            granted_by=root.person_id,
            matters=[],
            may_pass_on=True,
            granted_at=now,
        )
        session.add(made)
        return made.id


def test_the_holder_acts_for_the_licences_organisation_and_is_not_asked(
    licensing: Licensing, site: Site
) -> None:
    visitor = by_licence(licensing, site)
    assert visitor.path == "/consent"
    (root,) = roots(site)
    (chosen,) = site.events("acting_chosen")
    assert (chosen["mandate_id"], chosen["role"]) == (root.id, "legal_representative")
    assert visitor.agree().is_back_at_the_portal
    assert acts_for(site) == root.id


def test_a_client_for_citizens_alone_gets_the_natural_person(licensing: Licensing, site: Site) -> None:
    visitor = by_licence(licensing, site, client=TAX)
    assert visitor.agree().is_back_at_the_portal
    assert not site.events("acting_chosen")


def test_a_licence_administrator_signs_in_by_a_licence(licensing: Licensing, site: Site) -> None:
    by_licence(licensing, site)
    mandate_id = administrator(site)
    visitor = by_licence(licensing, site, NEWCOMER)
    assert visitor.agree().is_back_at_the_portal
    assert site.events("acting_chosen")[-1]["mandate_id"] == mandate_id


def test_who_was_taken_off_as_an_administrator_may_hold_it_no_more(licensing: Licensing, site: Site) -> None:
    by_licence(licensing, site)
    mandate_id = administrator(site)
    visitor = by_licence(licensing, site, NEWCOMER)
    found, now = site.services, site.clock()
    with found.sessions.begin() as session:
        context = AuditContext(at=now)
        end_all(session, [mandate_id], reason=Reason.WITHDRAWN, context=context, ends=found.ends)
    assert not is_signed_in(visitor)
    assert by_licence(licensing, site, NEWCOMER).shows("does not act for the organisation")


@pytest.mark.parametrize("status", [OrganisationStatus.SUSPENDED, OrganisationStatus.DISSOLVED])
def test_the_session_ends_with_the_organisation(
    licensing: Licensing, site: Site, status: OrganisationStatus
) -> None:
    visitor = by_licence(licensing, site)
    assert is_signed_in(visitor)
    licensing.register.tell(status=status)
    ask_register(licensing)
    assert not is_signed_in(visitor)


def test_the_session_ends_when_somebody_else_becomes_the_representative(
    licensing: Licensing, site: Site
) -> None:
    visitor = by_licence(licensing, site)
    licensing.register.tell(by=NEWCOMER)
    ask_register(licensing)
    assert not is_signed_in(visitor)


def test_a_session_by_other_means_goes_on(licensing: Licensing, site: Site) -> None:
    by_password = site.visitor().authorize().sign_in()
    by_licence(licensing, site)
    licensing.register.tell(status=OrganisationStatus.DISSOLVED)
    ask_register(licensing)
    assert is_signed_in(by_password)


def test_who_shows_presence_by_a_licence_goes_on_as_themselves(licensing: Licensing, site: Site) -> None:
    with site.services.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "minimum_level": 3}
    visitor = site.visitor().authorize().sign_in()
    assert visitor.path == "/login/presence"
    visitor.click("way-licence").click("way-licence-signature")
    licensing.sign_in(visitor, licensing.issue())
    assert visitor.status == 200
    assert not site.events("acting_chosen")


def ask_register(licensing: Licensing) -> None:
    """As the worker does when the organisation's turn has come."""
    found = licensing.site.services
    licensing.site.clock.advance(1)
    KeepingRegister(licensing.register, found.sessions, found.organisations, found.clock).look_up(CODE)
