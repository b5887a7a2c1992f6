"""People of one's own: drawn, made, theirs alone, forgotten."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from idp.audit.context import AuditContext
from idp.messages.mail import Mail
from idp.messages.sandbox import sandbox as phone_of
from idp.messages.sandbox import sandbox_mail
from idp.messages.sms import Sms
from idp.messages.texts import Text
from idp.people import directory, statuses
from idp.people.models import Person, PersonStatus
from idp.people.registry import Answer
from idp.people.registry.embedded import find_entry
from idp.people.resident_number import SANDBOX_ADDRESS
from idp.people.sandbox.population import population
from idp.people.sandbox.roll import ROLL
from idp.sandbox.people import making, sweeping
from idp.sandbox.people.drawing import FIRST_SEQUENCE, LAST_SEQUENCE, draw, is_own_phone
from idp.sandbox.people.making import PasswordRefused, People, SandboxFull
from idp.sandbox.people.models import OwnPerson
from tests.idp.login.conftest import CHEAP, changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import HALL, PERSON, Site, Someone, Visitor

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

TODAY = date(2026, 11, 22)
PASSWORD = "eleven calm herons"


def test_the_roll_and_own_people_share_no_number() -> None:
    assert max(entry.serial for entry in ROLL) * 2 + 1 < FIRST_SEQUENCE
    drawn = [draw(Random(seed), TODAY, with_phone=False).number.value for seed in range(300)]
    assert all(FIRST_SEQUENCE <= int(number[14:17]) <= LAST_SEQUENCE for number in drawn)
    residents = [one.number.value for one in population(TODAY) if one.number.value[:6] == SANDBOX_ADDRESS]
    assert not any(int(number[14:17]) >= FIRST_SEQUENCE for number in residents)
    assert not any(is_own_phone(one.phone) for one in population(TODAY) if one.phone)


def test_drawn_people_are_adults_that_no_authority_can_issue() -> None:
    random = Random(7)
    for _ in range(300):
        drawn = draw(random, TODAY, with_phone=True)
        assert drawn.number.is_sandbox
        assert drawn.number.age_on(TODAY) >= 18
        assert drawn.phone is not None
        assert is_own_phone(drawn.phone)
        assert len(drawn.phone) == 14
        assert "样" in drawn.name
        assert drawn.number.value not in repr(drawn)


def make(site: Site, password: str = PASSWORD, **fields: str) -> Visitor:
    visitor = site.visitor().get("/sandbox/people/own")
    return visitor.submit("own-form", password=password, password_again=password, **fields)


def made(visitor: Visitor) -> Someone:
    said = visitor.page.texts
    return Someone(said["made-name"], said["made-number"], said.get("made-phone", ""), PASSWORD, None)


def test_a_visitor_gets_a_person_and_signs_in_as_them(site: Site) -> None:
    visitor = make(site, phone="yes")
    assert visitor.status == 200
    someone = made(visitor)
    assert site.services.register.verify(someone.name, someone.number).answer is Answer.MATCH
    other = site.visitor().authorize(HALL).sign_in(someone)
    assert other.path == "/consent"
    (event,) = site.events("sandbox_person_made")
    assert event["person_id"]
    visitor.get("/sandbox/people/own")
    assert someone.number not in visitor.body
    assert someone.number not in site.visitor().get("/sandbox/messages").body


def test_they_are_nobody_elses(site: Site) -> None:
    """The console warns whoever is one of everybody's people, and not them."""
    someone = made(make(site))
    visitor = site.visitor().get("/developer").sign_in(someone)
    assert visitor.path == "/developer"
    assert "shared-person" not in visitor.page.elements


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 8 characters"),
        ("password", "password", "guessed first"),
        (PASSWORD, "another calm heron", "not the same"),
    ],
)
def test_passwords_are_as_good_as_everywhere(site: Site, password: str, again: str, words: str) -> None:
    visitor = site.visitor().get("/sandbox/people/own")
    visitor.submit("own-form", password=password, password_again=again)
    assert (visitor.status, visitor.shows(words)) == (422, True)


def test_one_address_gets_a_few_a_day(site: Site) -> None:
    assert [make(site).status for _ in range(making.A_DAY_FROM_ONE_ADDRESS + 1)][-2:] == [200, 429]
    site.clock.advance(86401)
    assert make(site).status == 200


def test_there_are_only_so_many(site: Site) -> None:
    found, circumstances = site.services, AuditContext(at=site.clock())
    sealing = found.sessions, found.cipher, found.index
    people = People(*sealing, CHEAP, Random(3), alive_at_most=2)
    for _ in range(2):
        people.make(PASSWORD, with_phone=False, context=circumstances)
    with pytest.raises(SandboxFull):
        people.make(PASSWORD, with_phone=False, context=circumstances)


def test_a_number_is_never_given_twice(site: Site) -> None:
    """The same draw comes again: the second visitor gets somebody else."""
    found, circumstances = site.services, AuditContext(at=site.clock())
    one, other = (
        People(found.sessions, found.cipher, found.index, CHEAP, Random(3)).make(
            PASSWORD, with_phone=True, context=circumstances
        )
        for _ in range(2)
    )
    assert one.number != other.number
    assert one.phone != other.phone


def test_a_password_of_ones_own_number_is_refused(site: Site) -> None:
    found = site.services
    first = draw(Random(3), TODAY, with_phone=False)
    people = People(found.sessions, found.cipher, found.index, CHEAP, Random(3))
    with pytest.raises(PasswordRefused):
        people.make(
            f"heron {first.number.value[-6:]}", with_phone=False, context=AuditContext(at=site.clock())
        )


def sweep(site: Site) -> int:
    found = site.services
    with found.sessions.begin() as session:
        return sweeping.sweep(session, site.clock(), cipher=found.cipher)


def own_people(site: Site) -> int:
    with site.services.sessions() as session:
        return session.scalar(select(func.count()).select_from(OwnPerson)) or 0


def test_who_is_not_used_is_forgotten(site: Site) -> None:
    someone = made(make(site, phone="yes"))
    found = site.services
    site.clock.advance(timedelta(days=89).total_seconds())
    assert (sweep(site), own_people(site)) == (0, 1)
    site.clock.advance(timedelta(days=2).total_seconds())
    assert (sweep(site), own_people(site)) == (1, 0)
    with found.sessions() as session:
        assert find_entry(session, found.index, someone.number) is None
        person = directory.find_by_number(session, found.index, someone.number)
        assert person is not None
        assert (person.status, person.phone_index) == (PersonStatus.CLOSED, None)
    refused = site.visitor().authorize(HALL).sign_in(someone)
    assert refused.path == "/login"
    assert len(site.events("sandbox_person_removed")) == 1


def test_who_signs_in_is_not(site: Site) -> None:
    someone = made(make(site))
    site.clock.advance(timedelta(days=89).total_seconds())
    site.visitor().authorize(HALL).sign_in(someone)
    assert sweep(site) == 0
    site.clock.advance(timedelta(days=89).total_seconds())
    assert (sweep(site), own_people(site)) == (0, 1)


def test_who_is_frozen_is_kept(site: Site) -> None:
    someone = made(make(site))
    found = site.services
    site.clock.advance(timedelta(days=91).total_seconds())
    with found.sessions.begin() as session:
        person = directory.find_by_number(session, found.index, someone.number)
        assert person is not None
        statuses.freeze(session, person, reason="suspected", context=AuditContext(at=site.clock()))
    sweep(site)
    assert own_people(site) == 1
    with found.sessions() as session:
        assert session.scalar(select(func.count()).where(Person.status == "frozen")) == 1


class TestTelephones:
    def send(self, site: Site, to: str, words: str) -> None:
        sms = Sms(f"id of {words}", to, "en", Text("code", {}, words))
        phone_of(site.services.store, site.clock)(sms)

    def mail(self, site: Site, to: str, words: str) -> None:
        mail = Mail(f"id of {words}", to, "Subject", words)
        sandbox_mail(site.services.store, site.clock)(mail)

    def test_everybodys_are_parted(self, site: Site) -> None:
        for to, words in (("+8619900000001", "first 123456"), ("+8619900000003", "second")):
            self.send(site, to, words)
        visitor = site.visitor().get("/sandbox/phone")
        assert visitor.page.texts["phone-2-code"] == "123456"
        assert visitor.page.texts["phone-1"].count("second") == 1
        visitor.click("phone-2-alone")
        assert visitor.shows("first 123456")
        assert not visitor.shows("second")

    def test_an_own_one_is_seen_by_its_key_and_by_whom_it_belongs_to(self, site: Site) -> None:
        visitor = make(site, phone="yes")
        someone = made(visitor)
        self.send(site, someone.phone, "for me alone 654321")
        for path in ("/sandbox/phone", "/sandbox/messages"):
            page = site.visitor().get(path)
            assert not page.shows("for me alone")
            assert someone.phone not in page.body
        visitor.click("to-phone")
        assert someone.phone.strip("+") not in visitor.url
        assert visitor.page.texts["telephone-code"] == "654321"
        mine = site.visitor().authorize(HALL).sign_in(someone).get("/sandbox/phone")
        assert mine.page.texts["own-code"] == "654321"
        assert mine.get("/sandbox/messages").shows("for me alone 654321")
        theirs = site.visitor().authorize(HALL).sign_in(PERSON)
        for path in ("/sandbox/phone", "/sandbox/messages"):
            assert not theirs.get(path).shows("for me alone")

    def test_so_is_a_mail_box_that_an_own_person_asked_a_code_to(self, site: Site) -> None:
        someone = made(make(site))
        mine = site.visitor().authorize(HALL).sign_in(someone)
        mine.get("/account/email").submit("email-form", email="me@own.example")
        code = site.code()
        for path in ("/sandbox/phone", "/sandbox/messages"):
            for visitor in (site.visitor(), site.visitor().authorize(HALL).sign_in(PERSON)):
                page = visitor.get(path)
                assert not page.shows("me@own.example")
                assert not page.shows(code)
        assert mine.get("/sandbox/phone").page.texts["own-code"] == code
        assert mine.get("/sandbox/messages").shows(code)

    def test_everybodys_mails_are_everybodys(self, site: Site) -> None:
        visitor = site.visitor().authorize(HALL).sign_in(PERSON)
        visitor.get("/account/email").submit("email-form", email="roll@mail.example")
        code = site.code()
        assert site.visitor().get("/sandbox/messages").shows(code)

    def test_attack_somebody_types_the_address_of_another_to_read_their_mails(self, site: Site) -> None:
        first, second = made(make(site)), made(make(site))
        victim = site.visitor().authorize(HALL).sign_in(first)
        victim.get("/account/email").submit("email-form", email="mine@own.example")
        thief = site.visitor().authorize(HALL).sign_in(second)
        thief.get("/account/email").submit("email-form", email="mine@own.example")
        site.code()
        assert not thief.get("/sandbox/phone").shows("mine@own.example")
        assert victim.get("/sandbox/phone").shows("mine@own.example")

    def test_attack_waiting_until_a_mail_box_is_everybodys_again(self, site: Site) -> None:
        """An own person lives as long as they are used, and so does what is theirs."""
        someone, thief = made(make(site)), made(make(site))
        mine = site.visitor().authorize(HALL).sign_in(someone)
        mine.get("/account/email").submit("email-form", email="old@own.example")
        site.code()
        for number in range(3):
            self.mail(site, "old@own.example", f"notice {number}")
            assert not site.visitor().get("/sandbox/messages").shows(f"notice {number}")
            site.clock.advance(timedelta(days=40).total_seconds())
        theirs = site.visitor().authorize(HALL).sign_in(thief)
        theirs.get("/account/email").submit("email-form", email="old@own.example")
        code = site.code()
        for path in ("/sandbox/phone", "/sandbox/messages"):
            assert not theirs.get(path).shows(code)

    @pytest.mark.parametrize("key", ["x", "A" * 22, "scan"])
    def test_a_key_of_nobody_shows_nothing(self, site: Site, key: str) -> None:
        visitor = site.visitor().get(f"/sandbox/phone/{key}")
        assert visitor.status == (200 if key != "scan" else visitor.status)
        assert visitor.status < 500


def test_now_is_now() -> None:
    """The ages of drawn people hold for years to come."""
    assert draw(Random(1), datetime.now(UTC).date(), with_phone=False).phone is None
