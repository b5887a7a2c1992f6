from tests.idp.login.visitor import HALL, PERSON, Site, Visitor

STRANGERS_PHONE = "+85291234567"


def ask(visitor: Visitor, phone: str = PERSON.phone) -> Visitor:
    visitor.click("way-sms")
    return visitor.submit("phone-form", phone=phone)


def test_a_code_signs_in_at_level_one(site: Site) -> None:
    visitor = ask(site.visitor().get("/login"))
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/account"
    assert site.events("signed_in")[-1]["level"] == 1


def test_a_portal_that_asks_for_more_gets_more(site: Site) -> None:
    visitor = ask(site.visitor().authorize(HALL))
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/login"
    assert visitor.shows("asks for more")
    assert visitor.sign_in().path == "/consent"


def test_known_and_unknown_phones_read_the_same(site: Site) -> None:
    known = ask(site.visitor().authorize())
    unknown = ask(site.visitor().authorize(), STRANGERS_PHONE)
    assert known.page.elements.keys() == unknown.page.elements.keys()
    assert len(site.messages()) == 1
    assert len(site.events("sms_code_sent")) == 2
    assert not any(event["person_id"] for event in site.events("sms_code_sent"))
    answers = {
        visitor.submit("code-form", code="000000").page.texts["code-error"] for visitor in (known, unknown)
    }
    assert len(answers) == 1


def test_a_code_counts_once_and_for_its_interaction(site: Site) -> None:
    visitor = ask(site.visitor().authorize())
    code = site.code()
    other = ask(site.visitor().authorize())
    other.submit("code-form", code=code)
    assert other.status == 422
    visitor.submit("code-form", code=code)
    assert visitor.path == "/login"


def test_a_code_is_tried_few_times(site: Site) -> None:
    visitor = ask(site.visitor().authorize())
    code = site.code()
    for _ in range(5):
        visitor.submit("code-form", code="000000" if code != "000000" else "000001")
    visitor.submit("code-form", code=code)
    assert visitor.status == 422
    assert visitor.shows("Ask for another one")


def test_a_code_runs_out(site: Site) -> None:
    visitor = ask(site.visitor().authorize())
    code = site.code()
    site.clock.advance(site.services.settings.messages.sms_code_seconds)
    visitor.submit("code-form", code=code)
    assert visitor.shows("run out")


def test_another_code_comes_after_a_minute(site: Site) -> None:
    visitor = ask(site.visitor().authorize())
    visitor.submit("resend-form", resend="1")
    assert visitor.status == 429
    site.clock.advance(61)
    visitor.submit("resend-form", resend="1")
    assert visitor.status == 200
    assert len(site.messages()) == 2


def test_another_number_may_be_given(site: Site) -> None:
    visitor = ask(site.visitor().authorize(), STRANGERS_PHONE).click("other-phone")
    visitor.submit("phone-form", phone="138 0013 8000")
    visitor.submit("code-form", code=site.code())
    assert visitor.path == "/login"


def test_messages_to_a_phone_are_limited_by_the_day(site: Site) -> None:
    for _ in range(site.services.settings.limits.sms_per_phone_per_day):
        ask(site.visitor().authorize())
    visitor = ask(site.visitor().authorize())
    assert visitor.status == 429
    assert visitor.shows("Too many messages")


def test_what_is_no_phone_is_told_at_its_field(site: Site) -> None:
    visitor = ask(site.visitor().authorize(), "12345")
    assert visitor.status == 422
    assert "phone-error" in visitor.page.elements
