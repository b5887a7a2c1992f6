"""An app that is stopped while people are signed in: by its team, the operator, the security staff."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.context import AuditContext
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.models import ClientRecord, ClientStatus
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import CALLBACKS, HALL, Site, Visitor

VERIFIER = "v" * 43
WORDS = "Nobody can sign in to this service at the moment"


def by_the_team(site: Site, path: str) -> None:
    at(site, path=path).submit("pause-form")


def by_the_operator(site: Site, _path: str) -> None:
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), actor="operator")
        changing.set_status(session, HALL, ClientStatus.SUSPENDED, actor=OPERATOR, context=context)


def by_the_desk(site: Site, _path: str) -> None:
    with site.services.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = ClientStatus.FROZEN


STOPPED: list[tuple[Callable[[Site, str], None], str]] = [
    (by_the_team, "Stopped by the team"),
    (by_the_operator, "Stopped by the operator"),
    (by_the_desk, "Frozen by the security staff"),
]
stopped = pytest.mark.parametrize(("stops", "words"), STOPPED, ids=["team", "operator", "desk"])


@pytest.fixture
def app(site: Site) -> str:
    """Where the page of the city's hall is, which is an app of `OWNER`'s."""
    return f"/developer/apps/{console.takes_over(site, console.own_team(site), HALL)}"


def stop(site: Site, app: str, stops: Callable[[Site, str], None]) -> None:
    stops(site, app)
    site.clock.advance(SECONDS + 1)


def tokens(visitor: Visitor) -> tuple[int, dict[str, Any]]:
    """What the portal gets for the code that the citizen came back with."""
    form = {
        "grant_type": "authorization_code",
        "client_id": HALL,
        "code": visitor.query["code"],
        "redirect_uri": CALLBACKS[HALL],
        "code_verifier": VERIFIER,
    }
    return answer(visitor.client.post("/oauth2/token", data=form, **visitor._environment()))


def userinfo(visitor: Visitor, token: str) -> int:
    environment = visitor._environment()
    environment["headers"] = {"Authorization": f"Bearer {token}"}
    return int(visitor.client.get("/oauth2/userinfo", **environment).status_code)


def answer(response: Any) -> tuple[int, dict[str, Any]]:
    return response.status_code, json.loads(response.data)


@stopped
def test_the_citizen_is_told_in_plain_words_and_led_nowhere(
    site: Site, app: str, stops: Callable[[Site, str], None], words: str
) -> None:
    citizen = site.visitor().authorize().sign_in()
    assert citizen.path == "/consent"
    stop(site, app, stops)
    citizen.agree()
    assert (citizen.status, citizen.is_back_at_the_portal) == (400, False)
    assert citizen.shows(WORDS)
    assert words not in citizen.body
    citizen.authorize()
    assert (citizen.status, citizen.is_back_at_the_portal) == (400, False)
    assert citizen.shows(WORDS)
    assert site.events("code_issued") == []


@stopped
def test_the_portal_gets_the_specifications_codes_and_its_tokens_open_nothing(
    site: Site, app: str, stops: Callable[[Site, str], None], words: str
) -> None:
    citizen = site.visitor().authorize().sign_in().agree()
    status, body = tokens(citizen)
    assert status == 200, body
    assert userinfo(citizen, body["access_token"]) == 200
    waiting = citizen.authorize()
    stop(site, app, stops)
    assert userinfo(citizen, body["access_token"]) == 401
    status, refused = tokens(waiting)
    assert (status, refused["error"]) == (401, "invalid_client")
    assert words not in json.dumps(refused)


@stopped
def test_the_console_says_who_stopped_it_and_who_lets_it_go_on(
    site: Site, app: str, stops: Callable[[Site, str], None], words: str
) -> None:
    stop(site, app, stops)
    visitor = at(site, path=app)
    assert words in visitor.page.texts["app-stopped"]
    assert ("resume-form" in visitor.page.forms) == (stops is by_the_team)
    assert words in visitor.get("/developer").page.text


def test_what_goes_on_finds_everything_as_it_was(site: Site, app: str) -> None:
    citizen = site.visitor().authorize().sign_in().agree()
    _status, body = tokens(citizen)
    stop(site, app, by_the_team)
    assert userinfo(citizen, body["access_token"]) == 401
    at(site, path=app).submit("resume-form")
    assert userinfo(citizen, body["access_token"]) == 200
    assert citizen.authorize().is_back_at_the_portal, "still signed in, and agreed"


def test_a_stranger_is_not_told_of_apps_that_are_none(site: Site) -> None:
    response = site.visitor().client.get(
        "/oauth2/authorize?client_id=nobody", base_url=site.services.settings.issuer
    )
    assert response.status_code == 400
    assert WORDS not in response.get_data(as_text=True)
