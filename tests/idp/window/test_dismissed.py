"""A clerk who is dismissed between the last look and the sign-in: the transaction looks once more."""

from idp.browser import browser_digest
from idp.login.enrolment.place import start_for_our_own_pages
from idp.people import directory
from idp.staff.models import StaffSession
from idp.window import device_views
from idp.window.helping import Help
from tests.idp.login.visitor import ISSUER, PERSON, Site
from tests.idp.staff_pages.officer import Member, add, disable, sign_in


def help_of(site: Site, member: Member) -> Help:
    """As it stands when the person has just said yes."""
    with site.services.sessions() as session:
        sid = session.query(StaffSession).one().sid
        person = directory.find_by_number(session, site.services.index, PERSON.number)
        assert person is not None
        return Help(
            id="h",
            browser=browser_digest(),
            interaction_id="i",
            client_id=None,
            level=3,
            address="192.0.2.7",
            shown_at=site.clock(),
            expires_at=site.clock(),
            staff_id=member.id,
            sid=sid,
            person_id=person.id,
        )


def test_the_sign_in_itself_looks_once_more(site: Site) -> None:
    member = add(site, "C-1", "clerk")
    sign_in(site, member)
    with site.app.test_request_context("/login/window", base_url=ISSUER):
        offered, now = help_of(site, member), site.clock()
        disable(site, member)
        visit = start_for_our_own_pages()
        note = device_views.noted(visit, offered, now)
        with site.services.sessions.begin() as session:
            person = directory.find_by_id(session, offered.person_id)
            assert person is not None
            assert not note(session, person)
    assert not site.events("window_sign_in")
