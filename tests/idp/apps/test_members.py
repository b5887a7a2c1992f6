"""Who is in a team, by its rules alone."""

from datetime import timedelta

import pytest

from idp.apps import members, membership
from idp.apps.membership import Membership, has_left, role_of
from idp.apps.models import Role, Team
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, VIEWER
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import Site, Someone

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]


def role(site: Site, team_id: str, someone: Someone) -> Role | None:
    person_id = console.id_of(site, someone)
    with site.services.sessions() as session:
        return role_of(session, session.get_one(Team, team_id), person_id, site.clock())


def invited(site: Site, team_id: str, as_role: Role = Role.DEVELOPER, by: Someone = OWNER) -> str:
    person_id = console.id_of(site, by)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        settings = site.services.settings.developer
        made = members.invite(
            session, team, as_role, person_id, settings=settings, context=console.context(site)
        )
        return made.code


def comes(site: Site, someone: Someone, code: str) -> None:
    person_id = console.id_of(site, someone)
    with site.services.sessions.begin() as session:
        settings = site.services.settings.developer
        members.accept(session, code, person_id, settings=settings, context=console.context(site))


def refusal(site: Site, someone: Someone, code: str) -> Refusal:
    with pytest.raises(DeveloperDeedRefused) as caught:
        comes(site, someone, code)
    return caught.value.reason


def changed(site: Site, team_id: str, someone: Someone, to: Role | None) -> None:
    """Another role, or none."""
    person_id, by = console.id_of(site, someone), console.id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id, with_for_update=True)
        if to is None:
            members.remove(session, team, person_id, by, context=console.context(site))
        else:
            members.change_role(session, team, person_id, to, by, context=console.context(site))


@pytest.fixture(autouse=True)
def _people(site: Site) -> None:
    console.settle(site, DEVELOPER, VIEWER, STRANGER)


@pytest.fixture
def company_team(site: Site) -> tuple[str, str]:
    """The organisation's id, and its team's."""
    organisation_id = console.company(site)
    return organisation_id, console.company_team(site, organisation_id)


def test_a_code_lets_one_person_in_once(site: Site) -> None:
    team_id = console.own_team(site)
    code = invited(site, team_id)
    comes(site, DEVELOPER, code)
    assert role(site, team_id, DEVELOPER) is Role.DEVELOPER
    assert refusal(site, VIEWER, code) is Refusal.NOT_FOUND
    assert refusal(site, STRANGER, "a-guess") is Refusal.NOT_FOUND
    (added,) = site.events("team_member_added")
    assert (added["role"], added["granted_by"]) == ("developer", console.id_of(site, OWNER))


def test_a_code_is_over_after_its_days_and_swept_with_an_event(site: Site) -> None:
    team_id = console.own_team(site)
    code = invited(site, team_id)
    site.clock.advance(timedelta(days=7).total_seconds())
    assert refusal(site, DEVELOPER, code) is Refusal.NOT_FOUND
    with site.services.sessions.begin() as session:
        assert members.expire(session, site.clock()) == 1
    assert site.events("team_invitation_ended")[0]["answer"] == "expired"


def test_attack_a_code_of_an_owner_who_was_removed_lets_nobody_in(site: Site) -> None:
    team_id = console.own_team(site)
    console.joined(site, DEVELOPER, team_id, Role.OWNER)
    code = invited(site, team_id, by=DEVELOPER)
    changed(site, team_id, DEVELOPER, None)
    assert refusal(site, STRANGER, code) is Refusal.NOT_FOUND


def test_into_the_team_of_an_organisation_comes_only_who_may_act_for_it(
    site: Site, company_team: tuple[str, str]
) -> None:
    organisation_id, team_id = company_team
    code = invited(site, team_id)
    assert refusal(site, DEVELOPER, code) is Refusal.NO_STANDING
    console.mandated(site, VIEWER, organisation_id, ["tax_filing"])
    assert refusal(site, VIEWER, code) is Refusal.NO_STANDING
    console.mandated(site, DEVELOPER, organisation_id)
    comes(site, DEVELOPER, code)
    assert role(site, team_id, DEVELOPER) is Role.DEVELOPER


def test_whose_mandate_ends_has_left_at_once(site: Site, company_team: tuple[str, str]) -> None:
    organisation_id, team_id = company_team
    mandate_id = console.mandated(site, DEVELOPER, organisation_id)
    console.joined(site, DEVELOPER, team_id, Role.OWNER)
    person_id = console.id_of(site, DEVELOPER)
    with site.services.sessions() as session:
        assert not has_left(session, person_id, team_id, site.clock())
    console.mandate_ends(site, mandate_id)
    assert role(site, team_id, DEVELOPER) is None
    owner_id = console.id_of(site, OWNER)
    with site.services.sessions() as session:
        assert has_left(session, person_id, team_id, site.clock())
        team = session.get_one(Team, team_id)
        listed = {one.person_id: one for one in membership.members(session, team, site.clock())}
        assert listed[person_id].has_left
        assert membership.owners(session, team, site.clock()) == {owner_id}
        assert membership.memberships(session, person_id, site.clock()) == ()


def test_who_stands_for_the_organisation_owns_its_team_without_a_row(
    site: Site, company_team: tuple[str, str]
) -> None:
    _organisation_id, team_id = company_team
    owner_id = console.id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        team = session.get_one(Team, team_id)
        session.delete(session.get_one(membership.TeamMember, (team_id, owner_id)))
        session.flush()
        found = membership.membership(session, team, owner_id, site.clock())
        assert found == Membership(team_id, team.organisation_id, None, owner_id, Role.OWNER, is_by_law=True)
        (listed,) = membership.members(session, team, site.clock())
        assert (listed.since, listed.is_by_law, listed.has_left) == (None, True, False)


@pytest.mark.parametrize("to", [Role.VIEWER, None])
def test_nobody_takes_from_the_legal_representative_what_is_theirs_by_law(
    site: Site, company_team: tuple[str, str], to: Role | None
) -> None:
    with pytest.raises(DeveloperDeedRefused) as caught:
        changed(site, company_team[1], OWNER, to)
    assert caught.value.reason is Refusal.BY_LAW


@pytest.mark.parametrize("to", [Role.DEVELOPER, None])
def test_whose_own_team_it_is_stays_its_owner(site: Site, to: Role | None) -> None:
    with pytest.raises(DeveloperDeedRefused) as caught:
        changed(site, console.own_team(site), OWNER, to)
    assert caught.value.reason is Refusal.BY_LAW


def test_roles_change_and_members_go_with_events(site: Site) -> None:
    team_id = console.own_team(site)
    console.joined(site, DEVELOPER, team_id)
    changed(site, team_id, DEVELOPER, Role.OWNER)
    assert role(site, team_id, DEVELOPER) is Role.OWNER
    changed(site, team_id, DEVELOPER, None)
    assert role(site, team_id, DEVELOPER) is None
    assert site.events("team_member_changed")[0]["role"] == "owner"
    assert site.events("team_member_removed")[0]["person_id"] == console.id_of(site, DEVELOPER)


def test_everything_is_bounded(site: Site) -> None:
    team_id = console.own_team(site)
    at_most = site.services.settings.developer.invitations_per_team
    for _ in range(at_most):
        code = invited(site, team_id)
    with pytest.raises(DeveloperDeedRefused) as caught:
        invited(site, team_id)
    assert caught.value.reason is Refusal.TOO_MANY_INVITATIONS
    comes(site, DEVELOPER, code)
    assert invited(site, team_id)
