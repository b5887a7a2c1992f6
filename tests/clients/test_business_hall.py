"""The portal's business hall: for whom somebody acts, and what of it they may use."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from clients.portal.business import refusal
from clients.portal.configuration import Service
from clients.sdk import acting_for
from tests.clients.conftest import Browser
from tests.clients.fake_provider import FakeProvider
from tests.clients.test_answer_checks import kind_of
from tests.fakes import FakeClock

COMPANY = {
    "type": "organisation",
    "sub": "the-company",
    "mandate_id": "the-mandate",
    "unified_social_credit_code": "91000000MA0000000X",
    "name": "样本科技有限公司",
}
RELATIVE = {"type": "person", "sub": "an-aunt", "mandate_id": "hers", "role": "relative"}


def acting(provider: FakeProvider, **claim: Any) -> None:
    provider.userinfo = {"name": "张三", "acting_for": claim}
    provider.change_claims = lambda claims: claims.update(acting_for=claim)


def visited(browser: Browser, key: str) -> TestResponse:
    """Come to a service that asks for a sign-in, and go where it leads."""
    answer = browser.sign_in(f"/services/{key}")
    assert answer.location == f"/services/{key}"
    return browser.get(answer.location)


def assert_refused(answer: TestResponse, kind: str) -> None:
    assert (answer.status_code, kind_of(answer.text)) == (403, kind)
    assert 'id="choose"' in answer.text


@pytest.mark.parametrize("role", ["legal_representative", "administrator"])
def test_who_represents_a_company_uses_all_of_the_hall(
    browser: Browser, provider: FakeProvider, role: str
) -> None:
    acting(provider, role=role, **COMPANY)
    page = visited(browser, "vat").text
    assert COMPANY["name"] in page
    assert COMPANY["unified_social_credit_code"] in page
    for key in ("supply", "officers"):
        assert browser.get(f"/services/{key}").status_code == 200


def test_an_agent_uses_what_the_mandate_names_and_nothing_else(
    browser: Browser, provider: FakeProvider
) -> None:
    acting(provider, role="agent", matters=["tax_filing"], **COMPANY)
    assert visited(browser, "vat").status_code == 200
    assert_refused(browser.get("/services/supply"), "not_covered")
    assert_refused(browser.get("/services/officers"), "not_for_agents")


def test_a_mandate_that_ends_while_somebody_is_signed_in_is_over(
    browser: Browser, provider: FakeProvider, clock: FakeClock
) -> None:
    ends = clock.now + timedelta(minutes=5)
    acting(provider, role="agent", exp=_seconds(ends), **COMPANY)
    assert visited(browser, "vat").status_code == 200
    clock.advance(301)
    assert_refused(browser.get("/services/vat"), "not_covered")


def test_somebody_as_themselves_is_asked_for_whom_they_act(browser: Browser) -> None:
    assert_refused(visited(browser, "vat"), "for_organisations")


def test_who_acts_for_a_person_is_nobody_in_the_hall_of_organisations(
    browser: Browser, provider: FakeProvider
) -> None:
    acting(provider, **RELATIVE)
    assert_refused(visited(browser, "vat"), "for_organisations")


@pytest.mark.parametrize("claim", [{**COMPANY, "role": "administrator"}, RELATIVE])
def test_what_is_done_for_others_is_never_taken_for_ones_own(
    browser: Browser, provider: FakeProvider, claim: dict[str, Any]
) -> None:
    acting(provider, **claim)
    assert_refused(visited(browser, "records"), "for_yourself")


@pytest.mark.parametrize(
    ("claim", "refused"),
    [
        (None, None),
        ({**RELATIVE, "matters": ["pension"]}, None),
        (RELATIVE, None),
        ({**RELATIVE, "matters": ["benefits"]}, "not_covered"),
        ({**COMPANY, "role": "agent"}, "for_yourself"),
    ],
)
def test_a_persons_matter_is_theirs_and_whoevers_who_may_act_for_them(
    claim: dict[str, Any] | None, refused: str | None
) -> None:
    service = Service("pension", "leaf", 3, matter="pension")
    whom = None if claim is None else acting_for({"acting_for": claim})
    assert refusal(service, whom, FakeClock().now) == refused


def test_a_service_for_organisations_names_its_matter() -> None:
    with pytest.raises(ValueError, match="vat"):
        Service("vat", "tower", 2, of="organisation")


def test_to_change_for_whom_one_acts_asks_the_provider_to_ask(
    browser: Browser, provider: FakeProvider
) -> None:
    page = visited(browser, "vat").text
    link = re.search(r'id="choose" href="([^"]+)"', page)
    assert link is not None
    location = browser.start(link[1].replace("&amp;", "&"))
    assert "prompt=select_account" in location
    acting(provider, role="administrator", **COMPANY)
    assert browser.come_back(location).location == "/services/vat"
    assert browser.get("/services/vat").status_code == 200


def test_who_comes_for_an_organisation_is_asked_at_once_which_one(browser: Browser) -> None:
    assert browser.get("/services/vat").location == "/sign-in?service=vat&choose=1"
    assert browser.get("/services/records").location == "/sign-in?service=records"


def test_ones_own_page_says_for_whom_and_in_what(browser: Browser, provider: FakeProvider) -> None:
    acting(provider, role="agent", matters=["tax_filing", "invoices"], **COMPANY)
    browser.sign_in()
    page = browser.get("/me").text
    assert 'data-role="agent"' in page
    assert "Tax returns<br>Invoices" in page
    assert COMPANY["name"] in browser.get("/").text


def test_a_company_whose_name_was_not_asked_for_is_shown_as_one(
    browser: Browser, provider: FakeProvider
) -> None:
    unnamed = {name: COMPANY[name] for name in ("type", "sub", "mandate_id")}
    acting(provider, role="administrator", **unnamed)
    assert "an organisation" in visited(browser, "vat").text


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
