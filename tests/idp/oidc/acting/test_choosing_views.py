"""The page on which a person says for whom they act, in the whole app and without any JavaScript."""

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from idp import sessions
from idp.business.models import Organisation
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import LegalRepresentative
from idp.business.registry.embedded import upsert
from idp.crypto.master_key import MasterKeys
from idp.error_references import explain
from idp.oidc.acting.adding import TRIES_PER_HOUR
from idp.oidc.acting.choosing import SEARCHED_FROM, SHOWN_AT_MOST
from tests.idp.business.registering import CODE, COMPANY, code_of, company
from tests.idp.mandates.world import name_of, number_of
from tests.idp.oidc.acting.hats import EVERYBODY, OTHER_CODE, Hats, hats_of
from tests.idp.oidc.conftest import NAME, NUMBER
from tests.idp.oidc.test_views import ASKED, ENGLISH, ORIGIN, get
from tests.idp.oidc.world import World

MINE = LegalRepresentative(NAME, NUMBER)


@pytest.fixture
def hats(app_world: World, master_keys: MasterKeys) -> Hats:
    return hats_of(app_world, master_keys)


@pytest.fixture
def person(app: Flask, app_world: World) -> FlaskClient:
    """A browser in which the person is signed in."""
    client = app.test_client()
    client.get("/oauth2/authorize", base_url=ORIGIN)
    app_world.clock.advance(1)
    app_world.sign_in()
    client.set_cookie(
        sessions.COOKIE, app_world.cookies[sessions.COOKIE], domain="id.example", secure=True, httponly=True
    )
    return client


def page_of(person: FlaskClient, **changes: str) -> TestResponse:
    response = get(person, "/oauth2/authorize", **ASKED, **changes)
    assert response.location.startswith("/choose?"), response.location
    return person.get(response.location, base_url=ORIGIN, headers=ENGLISH)


def send(person: FlaskClient, page: TestResponse, **fields: str) -> TestResponse:
    hidden = dict(re.findall(r'name="(csrf_token|asked)" value="([^"]+)"', page.text))
    query = page.request.query_string.decode()
    data = {**hidden, **fields}
    return person.post("/choose", base_url=ORIGIN, query_string=query, data=data, headers=ENGLISH)


def follow(person: FlaskClient, response: TestResponse) -> TestResponse:
    return person.get(response.location, base_url=ORIGIN, headers=ENGLISH)


def values(page: TestResponse) -> list[str]:
    return re.findall(r'name="acting" value="([^"]*)"', page.text)


def register(app: Flask, hats: Hats, code: str = CODE, **changed: object) -> None:
    """The business register says so; we have not asked yet."""
    found = app.extensions["yitong"]
    with found.sessions.begin() as session:
        upsert(session, company(code, **changed), cipher=found.cipher, now=hats.world.clock())


def known(hats: Hats) -> int:
    with hats.world.provider.sessions() as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_the_page_says_whom_as_what_and_until_when(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    root, agent = hats.root(), hats.agent("tax_filing", days=30)
    page = page_of(person)
    assert page.status_code == 200
    assert set(values(page)) == {"", root, agent}
    for words in (COMPANY, CODE, "Legal representative", "Agent", "Tax returns", "until", "As myself"):
        assert words in page.text, words
    assert "All business" in page.text
    assert " checked" not in page.text
    assert "form-action 'self' http://hall.localhost:8001" in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["X-Frame-Options"]) == ("no-store", "DENY")


def test_what_is_chosen_is_said_where_the_person_agrees(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    root = hats.root()
    page = page_of(person)
    consent = follow(person, follow(person, send(person, page, decision="choose", acting=root)))
    assert '<dd id="acting">' in consent.text
    assert COMPANY in consent.text
    back = unescape(re.findall(r'id="change-acting" href="([^"]+)"', consent.text)[0])
    again = person.get(back, base_url=ORIGIN, headers=ENGLISH)
    assert f'value="{root}" id="option-2" required checked' in again.text


def test_who_can_act_for_them_no_longer_is_told_so_and_asked(person: FlaskClient, hats: Hats) -> None:
    """Also where nobody is left but themselves. Once they have said it, nothing more is said of it."""
    hats.accept()
    agent = hats.agent()
    page = page_of(person)
    assert "counts-no-more" not in page.text
    onward = send(person, page, decision="choose", acting=agent)
    hats.mandates.end(agent, hats.world.person_id)
    ended = follow(person, follow(person, onward))
    assert values(ended) == [""]
    assert "You acted for somebody else here before." in ended.text
    again = follow(person, follow(person, send(person, ended, decision="choose", acting="")))
    assert (again.status_code, 'id="acting"' in again.text) == (200, True)


def test_nothing_chosen_is_asked_again(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    hats.root()
    page = page_of(person)
    for fields in ({}, {"acting": "unknown"}):
        answer = send(person, page, decision="choose", **fields)
        assert answer.status_code == 422
        assert "Please choose one of these." in answer.text


def test_attack_a_page_that_was_left_open_chooses_for_who_signs_in_later(
    person: FlaskClient, hats: Hats
) -> None:
    hats.accept()
    root = hats.root()
    page = page_of(person)
    forged = {"decision": "choose", "acting": root, "asked": "of another person"}
    answer = send(person, page, **forged)
    assert (answer.status_code, values(answer)) == (200, ["", root])
    assert hats.world.events("acting_chosen") == []


def test_attack_another_site_posts_a_choice(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    hats.root()
    page = page_of(person)
    query = page.request.query_string.decode()
    data = {"decision": "choose", "acting": ""}
    answer = person.post("/choose", base_url=ORIGIN, query_string=query, data=data)
    assert answer.status_code == 403
    assert hats.world.events("acting_chosen") == []


def test_many_are_searched_by_name_and_by_code(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    for serial in range(1, SHOWN_AT_MOST + 3):
        hats.mandates.register_says(company(code_of(serial), name=f"示例第{serial}公司", representative=MINE))
    assert len(hats.mandates.roots(hats.world.person_id)) == SHOWN_AT_MOST + 2
    page = page_of(person)
    assert (len(values(page)), 'id="find"' in page.text) == (SHOWN_AT_MOST, True)
    assert "3 more are not shown" in page.text
    for typed, expected in (("第 7 公司", [code_of(7)]), (code_of(9)[8:].lower(), [code_of(9)]), ("无", [])):
        found = send(person, page, decision="find", q=typed)
        assert re.findall(r'<small class="digits">(\w+)</small>', found.text) == expected
    assert "Nobody was found" in found.text
    # The words of a search are in no address.
    assert "q=" not in found.request.query_string.decode()


def test_few_are_not_searched(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    for serial in range(1, SEARCHED_FROM - 1):
        hats.mandates.register_says(company(code_of(serial), representative=MINE))
    assert hats.mandates.roots(hats.world.person_id)
    assert 'id="find"' not in page_of(person).text


def test_who_may_act_for_nobody_goes_back_with_a_reference(
    person: FlaskClient, hats: Hats, app: Flask
) -> None:
    hats.accept(parties=["agent"])
    page = page_of(person)
    assert 'id="nobody"' in page.text
    assert values(page) == []
    assert 'id="add"' not in page.text
    answer = send(person, page, decision="leave")
    assert "error=access_denied" in answer.location
    reference = re.findall(r"reference\+([0-9A-Z-]+)", answer.location)[0]
    cause = explain(app.extensions["yitong"].store, reference)
    assert cause is not None
    assert cause.detail == "nobody whom the client accepts"


def test_an_organisation_of_ones_own_is_added_by_its_code(
    person: FlaskClient, hats: Hats, app: Flask
) -> None:
    hats.accept(parties=["business"])
    register(app, hats, representative=MINE)
    page = page_of(person)
    assert 'id="nobody"' in page.text
    added = send(person, page, decision="add", code=f" {CODE.lower()} ")
    (root,) = values(added)
    assert f'value="{root}" id="option-1" required checked' in added.text
    consent = follow(person, follow(person, send(person, added, decision="choose", acting=root)))
    assert COMPANY in consent.text


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"representative": LegalRepresentative(name_of(5), number_of(5))}, "not-named"),
        ({"representative": None}, "not-named"),
        ({"representative": MINE, "status": OrganisationStatus.REVOKED}, "not-active"),
        (None, "not-named"),
    ],
)
def test_attack_an_organisation_of_somebody_else_is_added(
    person: FlaskClient, hats: Hats, app: Flask, changed: dict[str, object] | None, reason: str
) -> None:
    """Nothing of it is kept, unless the register says that the person is who represents it."""
    hats.accept()
    hats.agent()
    before = known(hats)
    if changed is not None:
        register(app, hats, **changed)
    answer = send(person, page_of(person), decision="add", code=CODE)
    assert answer.status_code == 422
    assert "business register" in answer.text.lower()
    assert known(hats) == before + (reason == "not-active")
    (event,) = hats.world.events("representation_refused")
    assert json.loads(event.payload)["reason"] == reason
    assert CODE not in event.payload


def test_an_organisation_that_is_known_is_made_true_again_by_whoever_asks(
    person: FlaskClient, hats: Hats, app: Flask
) -> None:
    """The register has another legal representative by now: the one of before acts no more."""
    hats.accept()
    root, _ = hats.root(), hats.agent()
    hats.world.clock.advance(10)
    register(app, hats, representative=LegalRepresentative(name_of(5), number_of(5)))
    page = page_of(person)
    assert root in values(page)
    assert root not in values(send(person, page, decision="add", code=CODE))
    assert hats.mandates.reasons(root) == ["representative_changed"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the unified social credit code."),
        ("91", "18 characters"),
        (CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "The last character does not fit"),
        (NUMBER, "person&#39;s number"),
        ("110108000000016", "registration number of before"),
    ],
)
def test_a_code_that_is_none_is_explained(person: FlaskClient, hats: Hats, typed: str, words: str) -> None:
    hats.accept()
    hats.agent()
    answer = send(person, page_of(person), decision="add", code=typed)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert hats.world.events("representation_refused") == []


def test_the_register_is_not_asked_without_end(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    hats.agent()
    page = page_of(person)
    for _ in range(TRIES_PER_HOUR + 1):
        answer = send(person, page, decision="add", code=code_of(9))
    assert "try again in an hour" in answer.text
    reasons = [json.loads(one.payload)["reason"] for one in hats.world.events("representation_refused")]
    assert reasons == ["not-named"] * TRIES_PER_HOUR + ["too-often"]


def test_who_asks_for_one_organisation_is_not_given_another(
    person: FlaskClient, hats: Hats, app: Flask
) -> None:
    hats.accept(parties=EVERYBODY, authorization_details_types=["mandate"])
    register(app, hats, representative=MINE)
    asked = json.dumps([{"type": "mandate", "matter": "tax_filing", "organisation": OTHER_CODE}])
    page = page_of(person, authorization_details=asked)
    assert 'id="nobody"' in page.text
    assert "asks for somebody whom you may not act for" in page.text or "act for somebody else" in page.text
    answer = send(person, page, decision="add", code=CODE)
    assert "This service asks for somebody else." in answer.text


def test_who_is_somebody_else_is_led_to_a_sign_in(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    hats.root()
    answer = send(person, page_of(person), decision="somebody_else")
    assert any(cookie.startswith(f"{sessions.COOKIE}=;") for cookie in answer.headers.getlist("Set-Cookie"))
    assert follow(person, answer).location.startswith("/login?")


def test_a_page_that_is_over_leads_on(person: FlaskClient, hats: Hats) -> None:
    hats.accept()
    response = get(person, "/oauth2/authorize", **ASKED)
    query = response.location.partition("?")[2]
    assert response.location.startswith("/consent?")
    for answer in (
        person.get(f"/choose?{query}", base_url=ORIGIN),
        person.get("/choose?interaction=unknown", base_url=ORIGIN),
    ):
        assert answer.status_code in {303, 400}
