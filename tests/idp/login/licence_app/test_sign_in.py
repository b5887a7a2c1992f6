"""From the QR code to the portal, with each kind of licence; and what else may become of it."""

import pytest

from tests.fakes import FakeClock
from tests.idp.login.licence_app.phone import Phone, begin, code_on
from tests.idp.login.licences.licensing import Licensing
from tests.idp.login.visitor import TAX, Site, Visitor


def look(visitor: Visitor) -> Visitor:
    return visitor.get(visitor.url)


@pytest.mark.parametrize("kind", ["sm2", "ecdsa", "rsa"])
def test_a_licence_of_each_kind_signs_its_holder_in(site: Site, licensing: Licensing, kind: str) -> None:
    phone = Phone(site, licensing.issue(kind, hardware=True))
    visitor = begin(site)
    assert "digits" not in visitor.page.elements
    phone.scan(code_on(visitor))
    assert look(visitor).shows("A phone has read the code.")
    digits = phone.confirm()["digits"]
    assert phone.status == 200
    look(visitor).submit("digits-form", digits=digits)
    assert visitor.path == "/consent"
    assert visitor.agree().is_back_at_the_portal
    (accepted,) = site.events("licence_accepted")
    assert (accepted["carrier"], accepted["level"], accepted["nearness"]) == ("app", 4, "other")
    assert phone.ask("status")["state"] == "taken"


def test_presence_is_shown_by_a_licence_of_the_same_person(site: Site, phone: Phone) -> None:
    visitor = site.visitor()
    visitor.authorize(TAX).sign_in()
    assert visitor.path == "/login/presence"
    visitor.get(f"/login/licence-app?interaction={visitor.query['interaction']}")
    phone.scan(code_on(visitor))
    digits = phone.confirm()["digits"]
    look(visitor).submit("digits-form", digits=digits)
    assert visitor.path == "/consent"


@pytest.mark.parametrize("reason", ["declined", "not_mine"])
def test_who_refuses_signs_nobody_in(site: Site, phone: Phone, reason: str) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    assert phone.refuse(reason) == {"state": "refused"}
    assert look(visitor).shows("It was refused on the phone.")
    assert [one["reason"] for one in site.events("licence_request_refused")] == [reason]
    visitor.click("again")
    assert visitor.page.elements["licence-app"]["data-state"] == "shown"


def test_who_has_confirmed_may_still_refuse(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    digits = phone.confirm()["digits"]
    assert look(visitor).shows("Confirmed on the phone.")
    phone.refuse("not_mine")
    visitor.submit("digits-form", digits=digits)
    assert visitor.shows("It was refused on the phone.")


def test_a_lost_answer_is_given_again(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    assert phone.confirm()["digits"] == phone.confirm()["digits"]


def test_the_same_code_is_drawn_until_its_time_runs_low(site: Site, phone: Phone, clock: FakeClock) -> None:
    visitor = begin(site)
    first = code_on(visitor)
    clock.advance(40)
    assert code_on(look(visitor)) == first
    clock.advance(10)
    second = code_on(look(visitor))
    assert second != first
    # Whoever has just read the first need not do so again.
    phone.scan(first)
    assert phone.status == 200


def test_time_runs_out_in_each_state(site: Site, phone: Phone, clock: FakeClock) -> None:
    visitor = begin(site)
    old = code_on(visitor)
    clock.advance(61)
    assert phone.scan(old)["error"] == "unknown_code"
    phone.scan(code_on(look(visitor)))
    clock.advance(181)
    assert look(visitor).shows("Time is up.")
    assert (phone.confirm()["error"], phone.status) == ("wrong_state", 409)
    visitor.click("again")
    phone.scan(code_on(visitor))
    phone.confirm()
    clock.advance(121)
    assert look(visitor).shows("Time is up.")


def test_the_page_asks_and_is_told(site: Site, phone: Phone, clock: FakeClock) -> None:
    visitor = begin(site)
    place = visitor.page.elements["licence-app"]

    def state() -> dict[str, object]:
        url = f"{place['data-state-url']}&generation={place['data-generation']}"
        answer = visitor.client.get(url, **visitor._environment())
        assert answer.headers["Cache-Control"] == "no-store"
        found: dict[str, object] = answer.get_json()
        return found

    first = code_on(visitor)
    assert state() == {"state": "shown"}
    assert state() == {"error": "slow_down"}
    clock.advance(50)
    new = state()
    assert new["state"] == "shown"
    assert isinstance(new["code"], dict)
    assert new["code"]["link"].rpartition("code=")[2] != first  # type: ignore[union-attr]
    phone.scan(new["code"]["code"])  # type: ignore[index]
    clock.advance(2)
    assert state() == {"state": "scanned"}


def test_a_link_leads_back_on_the_same_device(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor))
    back = phone.confirm()["return_url"]
    visitor.get(back.removeprefix("https://id.example"))
    assert visitor.page.forms["digits-form"].fields["digits"] == back.rpartition("=")[2]
    visitor.submit("digits-form")
    assert visitor.path == "/consent"


def test_what_is_shown_is_in_the_language_of_the_telephone(site: Site, phone: Phone) -> None:
    visitor = begin(site)
    phone.scan(code_on(visitor), "zh-CN")
    assert "language: zh-CN\n" in phone.text


def test_a_link_that_no_app_catches_says_what_to_do(site: Site) -> None:
    assert site.visitor().get("/licence-app").shows("A link for a licence app")


def test_without_authorities_there_is_no_such_page(site: Site) -> None:
    assert begin(site).path == "/login"
