"""Tokens by which programs register apps of a team."""

import json

import pytest

from idp.apps.models import App, Role
from idp.people import statuses
from idp.people.models import Person
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, at, post
from tests.idp.login.visitor import Site

BODY = {
    "client_name": "By a program",
    "redirect_uris": ["https://branch.example/callback"],
    "token_endpoint_auth_method": "none",
}


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_PROTOCOL__REGISTRATION": "initial_access_token"}


def made(site: Site, uses: str = "1") -> str:
    visitor = at(site, OWNER, "/developer")
    team_id = console.own_team(site)
    visitor.get("/developer/tokens").submit("make-form", team=team_id, uses=uses, days="7")
    return visitor.page.texts["token"]


def registers(site: Site, token: str) -> tuple[int, dict[str, str]]:
    response = site.visitor().client.post(
        "/oauth2/register",
        data=json.dumps(BODY),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        base_url=site.services.settings.issuer,
    )
    return response.status_code, json.loads(response.data)


def apps_of(site: Site) -> list[App]:
    with site.services.sessions() as session:
        return list(session.query(App))


def test_what_registers_with_it_is_an_app_of_the_team(site: Site) -> None:
    token = made(site)
    status, body = registers(site, token)
    assert status == 201, body
    (app,) = apps_of(site)
    assert (app.client_id, app.kind) == (body["client_id"], "registered")
    assert app.created_by == console.id_of(site, OWNER)
    visitor = at(site)
    assert visitor.shows("By a program")
    assert visitor.get(f"/developer/apps/{app.id}").page.texts["client-id"] == body["client_id"]
    (event,) = site.events("initial_token_made")
    assert (event["team_id"], event["uses"], event["person_id"]) == (app.team_id, 1, app.created_by)


def test_it_is_shown_once_and_listed_until_its_uses_are_spent(site: Site) -> None:
    token = made(site, "2")
    visitor = at(site, path="/developer/tokens")
    assert token not in visitor.body
    assert "2 apps more" in visitor.page.texts["tokens"]
    registers(site, token)
    registers(site, token)
    assert "no-tokens" in visitor.get("/developer/tokens").page.elements
    assert registers(site, token)[0] == 401


def test_it_is_ended_at_once(site: Site) -> None:
    token = made(site)
    visitor = at(site, path="/developer/tokens").submit("token-1-form")
    assert visitor.shows("The token is ended.")
    assert registers(site, token)[0] == 401
    assert site.events("initial_token_ended")[0]["person_id"] == console.id_of(site, OWNER)


def test_attack_a_token_of_somebody_who_has_left_the_team(site: Site) -> None:
    _, mandate_id, token, _ = registered_by_a_developer(site)
    console.mandate_ends(site, mandate_id)
    assert registers(site, token)[0] == 401
    assert len(apps_of(site)) == 1


def manages(site: Site, body: dict[str, str], method: str = "GET") -> int:
    """Of its own registration (RFC 7592), by what it holds."""
    address = body["registration_client_uri"].removeprefix(site.services.settings.issuer)
    return (
        site.visitor()
        .client.open(
            address,
            method=method,
            data=json.dumps({**BODY, "client_id": body["client_id"], "client_name": "Changed"}),
            headers={
                "Authorization": f"Bearer {body['registration_access_token']}",
                "Content-Type": "application/json",
            },
            base_url=site.services.settings.issuer,
        )
        .status_code
    )


def registered_by_a_developer(site: Site) -> tuple[str, str, str, dict[str, str]]:
    """Team, mandate, token, and what the program got."""
    console.settle(site, DEVELOPER)
    organisation_id = console.company(site)
    team_id = console.company_team(site, organisation_id)
    mandate_id = console.mandated(site, DEVELOPER, organisation_id)
    console.joined(site, DEVELOPER, team_id)
    visitor = at(site, DEVELOPER).get("/developer/tokens")
    visitor.submit("make-form", team=team_id, uses="5", days="30")
    token = visitor.page.texts["token"]
    status, body = registers(site, token)
    assert status == 201
    return team_id, mandate_id, token, body


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_attack_a_program_of_somebody_who_has_left_changes_the_teams_app(site: Site, method: str) -> None:
    _team_id, mandate_id, _token, body = registered_by_a_developer(site)
    assert manages(site, body, "PUT") == 200
    console.mandate_ends(site, mandate_id)
    assert manages(site, body, method) == 401
    (app,) = apps_of(site)
    assert at(site).get(f"/developer/apps/{app.id}").page.texts["client-id"] == body["client_id"]


def test_attack_what_a_member_made_comes_back_with_them(site: Site) -> None:
    """Whoever is taken out of the team leaves nothing behind that works again one day."""
    team_id, _mandate_id, token, body = registered_by_a_developer(site)
    person_id = console.id_of(site, DEVELOPER)
    owner = at(site, OWNER, f"/developer/teams/{team_id}")
    assert post(owner, f"/developer/teams/{team_id}/members/{person_id}/remove").status == 303
    (event,) = site.events("initial_token_ended")
    assert (event["team_id"], event["person_id"]) == (team_id, console.id_of(site, OWNER))
    assert site.events("client_changed")[-1]["changed"] == ["registration_access_token"]
    console.joined(site, DEVELOPER, team_id)
    assert registers(site, token)[0] == 401
    assert manages(site, body) == 401
    (app,) = apps_of(site)
    history = at(site).get(f"/developer/apps/{app.id}/history")
    assert history.status == 200
    assert history.shows("changes its own registration was ended")


def test_attack_programs_of_a_frozen_account_go_on(site: Site) -> None:
    """The security staff stop somebody: what their programs hold opens nothing either, in a team of their own
    as in an organisation's."""
    token = made(site, "5")
    status, body = registers(site, token)
    assert (status, manages(site, body)) == (201, 200)
    with site.services.sessions.begin() as session:
        person = session.get_one(Person, console.id_of(site, OWNER))
        statuses.freeze(session, person, reason="suspected", context=console.context(site))
    assert [manages(site, body, method) for method in ("GET", "PUT", "DELETE")] == [401] * 3
    assert registers(site, token)[0] == 401
    assert len(apps_of(site)) == 1


def test_attack_a_viewer_makes_one_and_anybody_ends_one_of_anothers(site: Site) -> None:
    console.settle(site, DEVELOPER)
    team_id = console.own_team(site)
    made(site)
    other = at(site, DEVELOPER)
    with site.services.engine.connect() as connection:
        token_id = connection.exec_driver_sql("SELECT id FROM initial_access_tokens").scalar()
    assert post(other, f"/developer/tokens/{token_id}/end").status == 404
    assert post(other, "/developer/tokens", team=team_id, uses="1", days="7").status == 404
    console.joined(site, DEVELOPER, team_id, Role.VIEWER)
    assert post(other, "/developer/tokens", team=team_id, uses="1", days="7").status == 403
    assert post(other, f"/developer/tokens/{token_id}/end").status == 403


@pytest.mark.parametrize(("uses", "days"), [("0", "7"), ("101", "7"), ("many", "7"), ("1", "8")])
def test_bounds(site: Site, uses: str, days: str) -> None:
    visitor = at(site, path="/developer").get("/developer/tokens")
    team_id = console.own_team(site)
    assert visitor.submit("make-form", team=team_id, uses=uses, days=days).status == 422


def test_more_apps_than_a_team_may_have(site: Site) -> None:
    settings = site.services.settings.developer
    team_id = console.own_team(site)
    token = made(site, "2")
    for number in range(settings.apps_per_team):
        console.an_app(site, team_id, client_id=f"app-{number}")
    status, body = registers(site, token)
    assert (status, body["error"]) == (403, "access_denied")
    assert "as many apps" in body["error_description"]
