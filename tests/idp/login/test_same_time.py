"""Known and unknown numbers cost the same work."""

from idp.audit import AuditContext
from idp.people import directory
from idp.people.credentials import PasswordWay, set_password
from idp.people.passwords import Passwords
from tests.idp.login.visitor import NEWCOMER, PERSON, Site
from tests.timing import TOLERANCE, alternating

ROUNDS = 15


def test_a_wrong_password_and_an_unknown_number_take_the_same_time(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        person = directory.find_by_number(session, found.index, PERSON.number)
        assert person is not None
        # The fixture's hash is a cheap one: real parameters, as in earnest.
        set_password(
            session,
            person,
            Passwords(1).hash(PERSON.password),
            bound_level=2,
            way=PasswordWay.CHANGE,
            context=AuditContext(at=found.clock()),
        )

    def wrong(number: str) -> None:
        # Without it the throttle's wait would be measured.
        site.clock.advance(3600)
        visitor = site.visitor().authorize()
        assert visitor.submit("password-form", number=number, password="not the right one").status == 422

    assert (
        alternating(lambda: wrong(PERSON.number), lambda: wrong(NEWCOMER.number), rounds=ROUNDS) < TOLERANCE
    )


def test_a_code_to_a_known_and_to_an_unknown_phone_takes_the_same_time(site: Site) -> None:
    def ask(phone: str) -> None:
        site.clock.advance(3600)
        site.visitor().authorize().click("way-sms").submit("phone-form", phone=phone)

    assert alternating(lambda: ask(PERSON.phone), lambda: ask("+8613800138777"), rounds=ROUNDS) < TOLERANCE
