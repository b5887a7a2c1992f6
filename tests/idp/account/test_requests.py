"""Requests by the back channel, as the person meets them: a text message, a page, and three answers."""

import json

import pytest

from idp.oidc.backchannel import endpoint
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.models import ClientRecord
from idp.oidc.provider import CLIENT_SECRET_USE
from tests.idp.login.visitor import CALLBACKS, CHILD, HALL, ISSUER, PERSON, Site, Visitor
from tests.idp.oidc.clients.secret_rows import secret_row
from tests.idp.oidc.world import basic

SECRET = "a secret of the hall's"
HEADERS = {"Authorization": basic(HALL, SECRET)}


class Hall:
    """The portal's server. It knows the person from a sign-in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        found = site.services
        with found.sessions.begin() as session:
            record = session.get_one(ClientRecord, HALL)
            key = found.master_keys.derived(CLIENT_SECRET_USE)
            session.add(secret_row(key, HALL, SECRET, site.clock()))
            record.metadata_json = {
                **record.metadata_json,
                "token_endpoint_auth_method": "client_secret_basic",
                "grant_types": ["authorization_code", CIBA],
                "backchannel_token_delivery_mode": "poll",
            }
        self.client = site.app.test_client()

    def post(self, path: str, **form: str) -> dict[str, str]:
        answer = self.client.post(path, data=form, headers=HEADERS, base_url=ISSUER)
        found: dict[str, str] = json.loads(answer.data)
        return found

    def know(self, visitor: Visitor) -> str:
        """The id_token of a sign-in in the usual way."""
        visitor.authorize(HALL).sign_in().agree()
        code = visitor.query["code"]
        told = self.post(
            "/oauth2/token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACKS[HALL],
            code_verifier="v" * 43,
        )
        return told["id_token"]

    def ask(self, id_token: str, message: str = "W4SCT") -> str:
        return self.post(
            endpoint.PATH, scope="openid profile", id_token_hint=id_token, binding_message=message
        )["auth_req_id"]

    def poll(self, auth_req_id: str) -> dict[str, str]:
        self.site.clock.advance(5)
        return self.post("/oauth2/token", grant_type=CIBA, auth_req_id=auth_req_id)


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site)


def answer(visitor: Visitor, decision: str) -> Visitor:
    (action,) = [action for action in visitor.page.forms if action.startswith("/account/requests/")]
    return visitor.submit(action, decision=decision)


def test_a_text_message_leads_to_the_page_and_a_click_answers(site: Site, hall: Hall) -> None:
    auth_req_id = hall.ask(hall.know(site.visitor()))
    text = site.messages()[0]
    assert f"{ISSUER}/account/requests" in text
    assert "W4SCT" in text
    assert auth_req_id not in text
    visitor = site.visitor().get("/account/requests")
    assert visitor.path == "/login"
    visitor.sign_in()
    assert visitor.path == "/account/requests"
    assert visitor.shows("City Service Hall")
    assert visitor.page.texts["request-1-message"] == "W4SCT"
    assert hall.poll(auth_req_id)["error"] == "authorization_pending"
    answer(visitor, "agree")
    assert "approved" in visitor.page.elements
    assert "id_token" in hall.poll(auth_req_id)
    assert "no-requests" in visitor.get("/account/requests").page.elements


def test_the_account_page_says_that_something_waits(site: Site, hall: Hall) -> None:
    visitor = site.visitor()
    hall.ask(hall.know(visitor))
    assert "requests-waiting" in visitor.get("/account").page.elements
    site.clock.advance(301)
    assert "requests-waiting" not in visitor.get("/account").page.elements


def test_a_request_is_refused(site: Site, hall: Hall) -> None:
    visitor = site.visitor()
    auth_req_id = hall.ask(hall.know(visitor))
    answer(visitor.get("/account/requests"), "refuse")
    assert visitor.shows("You did not agree.")
    assert hall.poll(auth_req_id)["error"] == "access_denied"
    assert site.events("authorization_denied")[-1]["reason"] == "refused"


def test_a_request_that_was_not_theirs_is_reported_and_the_client_asks_in_vain(
    site: Site, hall: Hall
) -> None:
    visitor = site.visitor()
    hint = hall.know(visitor)
    first = hall.ask(hint)
    answer(visitor.get("/account/requests"), "report")
    assert visitor.shows("cannot ask you in this way for 7 days")
    assert hall.poll(first)["error"] == "access_denied"
    assert site.events("backchannel_reported")[-1]["client_id"] == HALL
    sent = len(site.messages())
    site.clock.advance(3600)
    again = hall.ask(hint)
    assert hall.poll(again)["error"] == "authorization_pending"
    assert len(site.messages()) == sent
    later = site.visitor().get("/account/requests").sign_in()
    assert "no-requests" in later.page.elements
    assert site.events("backchannel_requested")[-1]["outcome"] == "muted"


def test_a_second_answer_is_told_that_it_is_over(site: Site, hall: Hall) -> None:
    visitor = site.visitor()
    hall.ask(hall.know(visitor))
    visitor.get("/account/requests")
    (action,) = [action for action in visitor.page.forms if action.startswith("/account/requests/")]
    form = visitor.page.forms[action].fields
    visitor.submit(action, decision="refuse")
    visitor.get("/account")
    form = next(iter(visitor.page.forms.values())).fields | {"decision": "agree"}
    response = visitor.client.post(action, data=form, **visitor._environment())
    assert visitor._follow(response).shows("That request is over")


def test_attack_another_person_sees_and_answers_nothing(site: Site, hall: Hall) -> None:
    auth_req_id = hall.ask(hall.know(site.visitor()))
    mine = site.visitor().get("/account/requests").sign_in()
    (action,) = [action for action in mine.page.forms if action.startswith("/account/requests/")]
    other = site.visitor().get("/account/requests").sign_in(CHILD)
    assert "no-requests" in other.page.elements
    form = {"csrf_token": other.get("/account").csrf(), "decision": "agree"}
    other._follow(other.client.post(action, data=form, **other._environment()))
    assert other.shows("That request is over")
    assert hall.poll(auth_req_id)["error"] == "authorization_pending"


def test_attack_a_form_of_another_site_answers_nothing(site: Site, hall: Hall) -> None:
    visitor = site.visitor()
    auth_req_id = hall.ask(hall.know(visitor))
    visitor.get("/account/requests")
    (action,) = [action for action in visitor.page.forms if action.startswith("/account/requests/")]
    response = visitor.client.post(action, data={"decision": "agree"}, **visitor._environment())
    assert response.status_code in {400, 403}
    assert hall.poll(auth_req_id)["error"] == "authorization_pending"


def test_attack_markup_in_a_binding_message_never_comes_to_the_page(site: Site, hall: Hall) -> None:
    hint = hall.know(site.visitor())
    for message in ("<b>yes</b>", "a\u202eb", "a\nb", "see evil.example/in"):
        told = hall.post(endpoint.PATH, scope="openid", id_token_hint=hint, binding_message=message)
        assert told["error"] == "invalid_binding_message"
        assert "evil" not in told["error_description"]
    assert PERSON.phone not in str(told)
