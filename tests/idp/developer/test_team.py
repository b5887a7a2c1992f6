"""A team's page, as its people meet it."""

import re

import pytest

from idp.apps.models import Role
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, VIEWER, at, post
from tests.idp.login.visitor import Site


@pytest.fixture(autouse=True)
def _people(site: Site) -> None:
    console.settle(site, DEVELOPER, VIEWER)


@pytest.fixture
def team(site: Site) -> str:
    """Where the page of `OWNER`'s own team is."""
    return f"/developer/teams/{console.own_team(site)}"


def test_an_owner_lets_somebody_in_by_a_code_that_is_shown_once(site: Site, team: str) -> None:
    owner = at(site, path=team).submit("invite-form", role="viewer")
    code = owner.page.texts["code"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", code)
    assert owner.get(team).path == team
    assert code not in owner.body
    assert "invitation-1-form" in owner.page.forms
    other = at(site, VIEWER, "/developer/join").submit("join-form", code=f" {code} ")
    assert (other.status, other.path) == (200, team)
    assert other.shows("You are in the team now.")
    assert "invite-form" not in other.page.forms
    assert OWNER.name in other.page.texts["members"]
    assert other.shows(f"Sandbox of {OWNER.name}")
    assert other.get("/developer").shows("My sandbox")


def test_a_code_that_is_none_is_said_and_tries_are_bounded(site: Site) -> None:
    visitor = at(site, DEVELOPER, "/developer/join")
    for _ in range(site.services.settings.developer.invitation_tries_per_hour):
        assert visitor.submit("join-form", code="nothing").status == 422
        assert visitor.page.elements["code"]["value"] == "nothing"
    assert visitor.shows("This code is not good")
    assert visitor.submit("join-form", code="nothing").status == 429


def test_roles_are_changed_and_members_removed(site: Site, team: str) -> None:
    console.joined(site, DEVELOPER, team.rpartition("/")[2])
    owner = at(site, path=team).submit("member-2-role-form", role="viewer")
    assert owner.shows("The role is changed")
    owner.submit("member-2-remove-form")
    assert DEVELOPER.name not in owner.page.texts["members"]


def test_a_member_leaves(site: Site, team: str) -> None:
    console.joined(site, DEVELOPER, team.rpartition("/")[2])
    visitor = at(site, DEVELOPER, team).submit("leave-form")
    assert visitor.shows("You have left the team.")
    assert visitor.get(team).status == 404


def test_the_owner_of_their_own_team_is_not_offered_to_leave(site: Site, team: str) -> None:
    owner = at(site, path=team)
    assert "leave-form" not in owner.page.forms
    assert post(owner, f"{team}/leave").status == 422


def test_members_are_changed_on_a_fresh_proof_alone(site: Site, team: str) -> None:
    console.joined(site, DEVELOPER, team.rpartition("/")[2])
    owner = at(site, path=team)
    site.clock.advance(site.services.settings.protocol.presence_seconds + 1)
    owner.get(team)
    assert "proof-is-old" in owner.page.elements
    owner.submit("invite-form", role="owner")
    assert owner.path == "/login"
    assert site.events("team_invitation_made") == []
    owner.sign_in()
    assert owner.path == team
    assert "proof-is-old" not in owner.page.elements
    assert "code" in owner.submit("invite-form", role="owner").page.texts


def test_a_team_has_a_name_of_its_own(site: Site, team: str) -> None:
    owner = at(site, path=team).submit("name-form", name="  Portal   of the town ")
    assert owner.shows("Portal of the town")
    owner.submit("name-form", name="right‮to left")
    assert owner.status == 422
    owner.get(team).submit("name-form", name="")
    assert owner.shows("My sandbox")


def test_attack_a_developer_makes_themselves_an_owner(site: Site, team: str) -> None:
    console.joined(site, DEVELOPER, team.rpartition("/")[2], Role.DEVELOPER)
    visitor = at(site, DEVELOPER, team)
    path = f"{team}/members/{console.id_of(site, DEVELOPER)}/role"
    assert post(visitor, path, role="owner").status == 403
    assert post(visitor, f"{team}/invitations", role="owner").status == 403
