"""Somebody has to prove anew who they are: what is left of what they signed in with, and the way back."""

import pytest

from idp.audit.context import AuditContext
from idp.measures.kinds import Kind, Reason, SubjectKind
from idp.measures.opening import KEY
from idp.measures.taking import Measures, Wanted
from idp.people import directory
from idp.people.models import Person
from idp.storage.base import new_id
from tests.idp.login import test_enrolment as enrolling
from tests.idp.login.visitor import PERSON, Site


def person(site: Site) -> Person:
    with site.services.sessions() as session:
        found = directory.find_by_number(session, site.services.index, PERSON.number)
        assert found is not None
        return found


@pytest.fixture
def before(site: Site) -> Person:
    """As the account was, until an officer required it."""
    known = person(site)
    measures: Measures = site.app.extensions[KEY]
    now = site.clock()
    wanted = Wanted(new_id(now), Kind.REENROL, SubjectKind.PERSON, known.id, Reason.STOLEN)
    measures.take(wanted, by="officer", context=AuditContext(now))
    site.clock.advance(10)
    measures.going_on.round()
    return known


@pytest.mark.usefixtures("before")
def test_the_password_of_before_is_as_wrong_as_any_other(site: Site) -> None:
    visitor = site.visitor().authorize().sign_in(PERSON)
    assert visitor.path == "/login"
    right = visitor.page.text
    wrong = site.visitor().authorize().sign_in(PERSON, "not the password at all")
    assert wrong.page.text == right


def test_by_a_face_it_is_the_same_row_again(site: Site, before: Person) -> None:
    visitor = enrolling.set_password(enrolling.show_face(enrolling.TestRecovery().begin(site), "zhang"))
    assert visitor.shows("access again")
    after = person(site)
    assert (after.id, after.status, after.level) == (before.id, "active", 2)
    assert site.visitor().authorize().sign_in(PERSON, enrolling.NEW_PASSWORD).path == "/consent"


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("form", ["account-phone-form", "register-phone-form"])
def test_attack_a_text_message_reopens_nothing(site: Site, form: str) -> None:
    """Whoever has the phone: the account's own, or the one that the register holds."""
    visitor = enrolling.TestRecovery().begin(site)
    if form in visitor.page.forms:
        visitor.submit(form, way=form.removesuffix("-form").replace("-", "_"))
    assert visitor.path != "/enrol/credentials"
    assert person(site).status == "reenrol"


@pytest.mark.usefixtures("before")
def test_a_frozen_account_is_not_thawed_by_enrolling_again(site: Site) -> None:
    assert person(site).status == "reenrol"
    measures: Measures = site.app.extensions[KEY]
    now = site.clock()
    wanted = Wanted(new_id(now), Kind.FREEZE, SubjectKind.PERSON, person(site).id, Reason.ORDER)
    with pytest.raises(Exception, match="status"):
        measures.take(wanted, by="officer", context=AuditContext(now))
