"""One's own e-mail address: nothing is kept until its mailbox has said so."""

import pytest

from idp.people import directory
from idp.people.models import Person
from tests.idp.login.visitor import PERSON, Site, Visitor

ADDRESS, OTHER = "zhang@mail.example", "san.feng@other.example"


@pytest.fixture
def home(site: Site) -> Visitor:
    return site.visitor().get("/account").sign_in()


def address_of(site: Site) -> str | None:
    with site.services.sessions() as session:
        number = site.services.index, PERSON.number
        person = directory.find_by_number(session, *number)
        assert isinstance(person, Person)
        return directory.email_of(person, site.services.cipher)


def give(visitor: Visitor, address: str) -> Visitor:
    return visitor.get("/account/email").submit("email-form", email=address)


def given(site: Site, visitor: Visitor, address: str) -> Visitor:
    return give(visitor, address).submit("code-form", code=site.code())


def test_an_address_is_confirmed_by_a_code_and_then_shown_masked(site: Site, home: Visitor) -> None:
    assert home.page.texts["account-email"]
    give(home, "  ｚ" + ADDRESS.replace("@", "＠"))
    assert "email-error" in home.page.elements
    give(home, ADDRESS.replace("@", "＠"))
    assert home.shows(ADDRESS)
    assert address_of(site) is None
    home.submit("code-form", code=site.code())
    assert home.path == "/account"
    assert home.page.texts["account-email"] == "z***@mail.example"
    assert ADDRESS not in home.body
    assert address_of(site) == ADDRESS
    assert [event["way"] for event in site.events("email_changed")] == ["confirmed"]
    assert site.events("mail_code_sent")


def test_a_change_needs_the_new_mailbox_and_removing_needs_none(site: Site, home: Visitor) -> None:
    given(site, home, ADDRESS)
    site.clock.advance(61)
    give(home, OTHER)
    assert address_of(site) == ADDRESS
    home.submit("code-form", code=site.code())
    assert address_of(site) == OTHER
    home.get("/account/email").submit("remove-form", remove="1")
    assert address_of(site) is None
    assert [event["way"] for event in site.events("email_changed")][-1] == "asked"


def test_a_code_that_is_wrong_confirms_nothing(site: Site, home: Visitor) -> None:
    give(home, ADDRESS)
    code = site.code()
    home.submit("code-form", code="000000" if code != "000000" else "111111")
    assert home.status == 422
    assert "code-error" in home.page.elements
    assert address_of(site) is None


def test_attack_a_code_is_tried_until_it_fits(site: Site, home: Visitor) -> None:
    give(home, ADDRESS)
    code = site.code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        home.submit("code-form", code=wrong)
    home.submit("code-form", code=code)
    assert address_of(site) is None


def test_attack_a_code_for_one_mailbox_confirms_another(site: Site, home: Visitor) -> None:
    give(home, ADDRESS)
    code = site.code()
    home.get("/account/email?other=1")
    give(home, OTHER)
    home.submit("code-form", code=code)
    assert address_of(site) is None


def test_attack_somebody_who_finds_the_page_open_changes_the_address(site: Site, home: Visitor) -> None:
    given(site, home, ADDRESS)
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    assert home.get("/account/email").status == 403


def test_attack_a_text_message_alone_changes_the_address(site: Site) -> None:
    visitor = site.visitor().get("/login").click("way-sms").submit("phone-form", phone=PERSON.phone)
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/account"
    assert visitor.get("/account/email").status == 403


def test_attack_a_mailbox_is_flooded(site: Site, home: Visitor) -> None:
    most = site.services.settings.limits.mails_per_address_per_day
    for _ in range(most):
        assert give(home.get("/account/email?other=1"), ADDRESS).status == 200
    assert give(home.get("/account/email?other=1"), ADDRESS).status == 429
    assert len(site.messages()) == most


def test_another_code_waits(site: Site, home: Visitor) -> None:
    give(home, ADDRESS)
    assert home.submit("resend-form", resend="1").status == 429
    site.clock.advance(61)
    assert home.submit("resend-form", resend="1").status == 200
    assert len(site.messages()) == 2
