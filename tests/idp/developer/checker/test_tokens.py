"""Tokens by which programs bring reports: they end with the place in the team of whoever made them."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from idp.apps import members
from idp.apps.models import Role, Team
from idp.people import directory
from idp.people.models import PersonStatus
from tests.clients.checker.hands import checked
from tests.idp.developer import console
from tests.idp.developer.checker.checking import CALLBACK, an_app, path_of
from tests.idp.developer.console import DEVELOPER, OWNER, at, id_of
from tests.idp.login.visitor import Site


@pytest.fixture(autouse=True)
def _people(site: Site) -> None:
    console.settle(site, DEVELOPER)


def brought(site: Site, app_id: str, token: str) -> TestResponse:
    site.clock.advance(11)
    headers = {"Authorization": f"Bearer {token}"}
    told = checked().as_json()
    return site.app.test_client().post(f"{path_of(app_id)}/reports", json=told, headers=headers)


def removed(site: Site, team_id: str) -> None:
    theirs, owners = id_of(site, DEVELOPER), id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        members.remove(session, team, theirs, owners, context=console.context(site))


def only_looks(site: Site, team_id: str) -> None:
    theirs, owners = id_of(site, DEVELOPER), id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        members.change_role(session, team, theirs, Role.VIEWER, owners, context=console.context(site))


def frozen(site: Site, _team_id: str) -> None:
    with site.services.sessions.begin() as session:
        person = directory.find_by_number(session, site.services.index, DEVELOPER.number)
        assert person is not None
        person.status = PersonStatus.FROZEN


@pytest.mark.parametrize("gone", [removed, only_looks, frozen], ids=lambda gone: gone.__name__)
def test_attack_a_token_of_whoever_has_left(site: Site, gone: Callable[[Site, str], None]) -> None:
    app_id, team_id = an_app(site), console.own_team(site)
    console.joined(site, DEVELOPER, team_id)
    token = at(site, DEVELOPER, path_of(app_id)).submit("token-form").page.texts["token"]
    assert brought(site, app_id, token).status_code == 201
    gone(site, team_id)
    answer = brought(site, app_id, token)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"] == "invalid_token"
    assert "no place in the team any more" in answer.json["error_description"]
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    # Whoever is left sees it, and makes one of their own.
    owner = at(site, path=path_of(app_id))
    assert "token-is-dead" in owner.page.elements
    another = owner.submit("token-form").page.texts["token"]
    assert "token-is-dead" not in owner.page.elements
    assert brought(site, app_id, another).status_code == 201
    assert brought(site, app_id, token).status_code == 401


def test_attack_the_token_of_an_organisation_whose_mandate_has_ended(site: Site) -> None:
    organisation_id = console.company(site)
    team_id = console.company_team(site, organisation_id)
    console.mandated(site, DEVELOPER, organisation_id)
    console.joined(site, DEVELOPER, team_id)
    app_id = console.an_app(site, team_id, redirect_uris=[CALLBACK], kind="portal")
    token = at(site, DEVELOPER, path_of(app_id)).submit("token-form").page.texts["token"]
    assert brought(site, app_id, token).status_code == 201
    # A mandate is given for a month.
    site.clock.advance(40 * 24 * 3600)
    assert brought(site, app_id, token).status_code == 401


def test_attack_a_token_comes_back_with_its_maker(site: Site) -> None:
    app_id, team_id = an_app(site), console.own_team(site)
    console.joined(site, DEVELOPER, team_id)
    token = at(site, DEVELOPER, path_of(app_id)).submit("token-form").page.texts["token"]
    removed(site, team_id)
    console.joined(site, DEVELOPER, team_id)
    assert brought(site, app_id, token).status_code == 401
    another = at(site, DEVELOPER, path_of(app_id)).submit("token-form").page.texts["token"]
    assert brought(site, app_id, another).status_code == 201
