"""The page where an app's outcomes are chosen."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from idp.apps.models import Role, TeamMember
from idp.sandbox.outcomes.api import AN_HOUR, HOUR_SECONDS
from idp.sandbox.outcomes.catalogue import CATALOGUE
from idp.sandbox.services import KEY as SANDBOX
from tests.idp.developer.console import DEVELOPER, OWNER, an_app, at, id_of, joined, own_team, post, settle
from tests.idp.login.visitor import ISSUER, Site, Visitor


def remove(session: Session, row: TeamMember) -> None:
    session.delete(row)


def look_on(_session: Session, row: TeamMember) -> None:
    row.role = Role.VIEWER


@pytest.fixture
def app_id(site: Site) -> str:
    return an_app(site, own_team(site))


def page(site: Site, app_id: str) -> Visitor:
    return at(site, OWNER, f"/developer/apps/{app_id}/sandbox")


def client_of(visitor: Visitor) -> str:
    return visitor.page.text.split("/sandbox/apps/")[1].split("/")[0]


def test_outcomes_are_chosen_seen_and_switched_off(site: Site, app_id: str) -> None:
    visitor = page(site, app_id)
    assert visitor.shows("Nothing is chosen")
    assert not visitor.shows("What your app did")
    chosen = {"outcome-id_token": "id_token_wrong_nonce", "outcome-pace": "slow_token", "seconds": "3"}
    visitor.submit("outcomes-form", sign_ins="5", **chosen)
    assert visitor.shows("The next 5 sign-ins are changed.")
    assert visitor.shows("A wrong nonce")
    assert visitor.shows("The token endpoint is slow (3 seconds)")
    assert visitor.shows("drops all tokens and signs nobody in")
    assert visitor.shows("Nobody has signed in to your app since you chose.")
    client_id = client_of(visitor)
    scripts = site.app.extensions[SANDBOX].scripts
    run = scripts.draw(client_id)
    assert run is not None
    scripts.observe(run, "answered", "code")
    scripts.observe(run, "userinfo_requested", "200")
    script = scripts.find(client_id)
    scripts.observe_logout(script, "logout_wrong_aud", 200)
    visitor.click("look-again")
    assert visitor.shows("The answer left, with a code")
    assert visitor.shows("Your app did what a correct app does not do")
    assert visitor.shows("Your app answered 200")
    assert visitor.shows("The next 4 sign-ins are changed.")
    visitor.submit("off-form")
    assert visitor.shows("Nothing is chosen")
    assert scripts.find(client_id) is None
    (event,) = site.events("sandbox_outcomes_chosen")
    assert (event["by"], event["outcomes"]) == ("developer", ["id_token_wrong_nonce", "slow_token"])
    assert event["person_id"]
    assert len(site.events("sandbox_outcomes_ended")) == 1


def test_every_outcome_can_be_chosen(site: Site, app_id: str) -> None:
    visitor = page(site, app_id)
    scripts, client_id = site.app.extensions[SANDBOX].scripts, client_of(visitor)
    for one in CATALOGUE:
        assert f'value="{one.name}"' in visitor.body, one.name
    visitor.submit("outcomes-form", **{"outcome-logout": "logout_alg_none"}, sign_ins="all")
    script = scripts.find(client_id)
    assert (script.outcomes, script.sign_ins, script.seconds) == (("logout_alg_none",), None, None)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose at least one outcome."),
        ({"outcome-token": "no_such"}, "Choose again"),
        ({"outcome-token": "level_unmet", "outcome-ending": "consent_refused"}, "Choose again"),
        ({"outcome-token": "token_unavailable", "sign_ins": "1000"}, "Choose again"),
        ({"outcome-token": "token_unavailable", "sign_ins": "²"}, "Choose again"),
        ({"outcome-pace": "slow_token", "seconds": "99"}, "Choose again"),
    ],
)
def test_what_makes_no_sense_is_said(site: Site, app_id: str, typed: dict[str, str], words: str) -> None:
    visitor = page(site, app_id).submit("outcomes-form", **{"sign_ins": "1", **typed})
    assert (visitor.status, visitor.shows(words)) == (422, True)


def test_a_token_is_shown_once_and_opens_the_api(site: Site, app_id: str) -> None:
    visitor = page(site, app_id).submit("token-form", name="  CI of   the hall ")
    text = visitor.body.split('id="token">')[1].split("<")[0]
    client_id = client_of(visitor)
    answer = visitor.client.get(
        f"/sandbox/apps/{client_id}/outcomes",
        headers={"Authorization": f"Bearer {text}"},
        base_url="https://id.example",
    )
    assert answer.status_code == 200
    visitor.get(f"/developer/apps/{app_id}/sandbox")
    assert text not in visitor.body
    assert visitor.shows("CI of the hall")
    visitor.submit("token-1-form")
    assert visitor.shows("The token opens nothing any more.")
    assert site.app.extensions[SANDBOX].app_tokens.opens(client_id, text) is None
    assert [len(site.events(f"sandbox_app_token_{what}")) for what in ("made", "withdrawn")] == [1, 1]


def test_no_more_tokens_than_there_are_places(site: Site, app_id: str) -> None:
    visitor = page(site, app_id)
    for _ in range(5):
        visitor.submit("token-form")
    visitor.submit("token-form")
    assert (visitor.status, visitor.shows("Withdraw one first.")) == (422, True)


def test_a_token_needs_a_recent_proof(site: Site, app_id: str) -> None:
    visitor = page(site, app_id)
    site.clock.advance(3000)
    visitor.submit("token-form")
    assert visitor.path == "/login"
    visitor.sign_in(OWNER)
    assert visitor.path == f"/developer/apps/{app_id}/sandbox"


@pytest.mark.parametrize("what", ["", "/off", "/tokens", "/tokens/0/withdraw"])
def test_other_peoples_apps_are_not_there(site: Site, what: str) -> None:
    visitor = at(site, OWNER)
    path = f"/developer/apps/0192f0c1-2345-7abc-8def-0123456789ab/sandbox{what}"
    assert post(visitor, path).status == 404


class TestWithoutASandbox:
    @pytest.fixture
    def changes(self) -> dict[str, str]:
        return {"IDP_SANDBOX": "false"}

    @pytest.mark.parametrize("what", ["", "/off", "/tokens", "/tokens/0/withdraw"])
    def test_there_is_no_such_page(self, site: Site, what: str) -> None:
        """Before anything is looked at: nobody has to sign in to be told so."""
        path = f"/developer/apps/0192f0c1-2345-7abc-8def-0123456789ab/sandbox{what}"
        visitor = site.visitor()
        assert what or visitor.client.get(path, base_url=ISSUER).status_code == 404
        assert post(visitor, path).status == 404


@pytest.mark.parametrize("change", [remove, look_on])
def test_attack_somebody_who_left_goes_on_by_a_test_token(
    site: Site, change: Callable[[Session, TeamMember], None]
) -> None:
    settle(site, DEVELOPER)
    team = own_team(site)
    app_id = an_app(site, team)
    joined(site, DEVELOPER, team)
    visitor = at(site, DEVELOPER, f"/developer/apps/{app_id}/sandbox")
    client_id = client_of(visitor)
    token = visitor.submit("token-form", name="CI").page.texts["token"]

    def status() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        put = site.app.test_client().put
        told = {"outcomes": ["level_unmet"]}
        address = f"/sandbox/apps/{client_id}/outcomes"
        return put(address, json=told, headers=headers, base_url=ISSUER).status_code

    assert status() == 200
    with site.services.sessions.begin() as session:
        change(session, session.get_one(TeamMember, (team, id_of(site, DEVELOPER))))
    assert status() == 401


def test_attack_a_program_fills_the_log(site: Site, app_id: str) -> None:
    client_id = client_of(page(site, app_id))
    token, _ = site.app.extensions[SANDBOX].app_tokens.make(client_id, "CI")
    for _ in range(AN_HOUR - 1):
        site.services.throttle.allow(f"outcomes of an app:{client_id}", AN_HOUR, HOUR_SECONDS)
    client = site.app.test_client()
    statuses = [
        client.put(
            f"/sandbox/apps/{client_id}/outcomes",
            json={"outcomes": ["level_unmet"]},
            headers={"Authorization": f"Bearer {token}"},
            base_url=ISSUER,
        ).status_code
        for _ in range(2)
    ]
    assert statuses == [200, 429]
    assert len(site.events("sandbox_outcomes_chosen")) == 1


def test_attack_a_name_that_turns_the_line_around(site: Site, app_id: str) -> None:
    visitor = page(site, app_id)
    client_id = client_of(visitor)
    visitor.submit("token-form", name="CI \u202egnp.exe\u200b")
    (token,) = site.app.extensions[SANDBOX].app_tokens.of(client_id)
    assert token.name == "CI gnp.exe"
