"""Who gets where in the console: every route of its url map, by everybody who may come by.

A route without a line in `LEAST` fails. `role` is the least that a member of the team needs; what belongs to
nobody's team takes anybody who is signed in.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

import pytest
from werkzeug.routing import Rule

from idp.apps.models import Role, TeamMember
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, VIEWER, at
from tests.idp.login.visitor import Site, Someone, Visitor


class Else(Enum):
    ANYBODY = "whoever is signed in"
    PRODUCTION = "whoever is signed in, in production alone; these are tries of a sandbox"
    BY_TOKEN = "whoever has the token of it, or its address: pages of the console are not asked for it"


Least = Role | Else
VIEWERS, DEVELOPERS, OWNERS, ANYBODY = Role.VIEWER, Role.DEVELOPER, Role.OWNER, Else.ANYBODY
LEAST: Final[dict[tuple[str, str], Least]] = {
    ("home", "GET"): ANYBODY,
    ("again", "GET"): VIEWERS,
    ("join_page", "GET"): ANYBODY,
    ("join", "POST"): ANYBODY,
    ("make_team", "POST"): ANYBODY,
    ("tokens_page", "GET"): ANYBODY,
    ("make_token", "POST"): DEVELOPERS,
    ("end_token", "POST"): DEVELOPERS,
    ("team_page", "GET"): VIEWERS,
    ("team_past", "GET"): VIEWERS,
    ("leave_team", "POST"): VIEWERS,
    ("rename_team", "POST"): OWNERS,
    ("invite_member", "POST"): OWNERS,
    ("withdraw_invitation", "POST"): OWNERS,
    ("change_member", "POST"): OWNERS,
    ("remove_member", "POST"): OWNERS,
    ("app_overview", "GET"): VIEWERS,
    ("pause_app", "POST"): DEVELOPERS,
    ("resume_app", "POST"): DEVELOPERS,
    ("delete_page", "GET"): OWNERS,
    ("delete_app", "POST"): OWNERS,
    ("app_keys", "GET"): VIEWERS,
    ("put_keys", "POST"): DEVELOPERS,
    ("put_or_try_uri", "POST"): DEVELOPERS,
    ("remove_key", "POST"): DEVELOPERS,
    ("make_secret", "POST"): DEVELOPERS,
    ("revoke_page", "GET"): DEVELOPERS,
    ("revoke_secret", "POST"): DEVELOPERS,
    ("app_history", "GET"): VIEWERS,
    ("undo_page", "GET"): DEVELOPERS,
    ("undo", "POST"): DEVELOPERS,
    # From the sandbox into production.
    ("going_live", "GET"): VIEWERS,
    ("make_package", "POST"): DEVELOPERS,
    ("withdraw_request", "POST"): DEVELOPERS,
    ("ask_to_go_live", "POST"): OWNERS,
    ("take_page", "GET"): Else.PRODUCTION,
    ("take_package", "POST"): Else.PRODUCTION,
    # A registration: made, changed, explained.
    ("new_app", "GET"): ANYBODY,
    ("make_app", "POST"): DEVELOPERS,
    ("check_new_app", "POST"): DEVELOPERS,
    ("app_settings", "GET"): VIEWERS,
    ("save_app_settings", "POST"): DEVELOPERS,
    ("check_app_settings", "POST"): DEVELOPERS,
    ("try_logout", "POST"): DEVELOPERS,
    ("try_logo", "POST"): DEVELOPERS,
    ("app_scopes", "GET"): VIEWERS,
    ("check_app_scopes", "POST"): DEVELOPERS,
    ("save_app_scopes", "POST"): DEVELOPERS,
    # Whether it does what it should.
    ("checker", "GET"): VIEWERS,
    ("checker_run", "GET"): VIEWERS,
    ("checker_report", "GET"): VIEWERS,
    ("set_up_checker", "POST"): DEVELOPERS,
    ("start_checker", "POST"): DEVELOPERS,
    ("turn_badge", "POST"): DEVELOPERS,
    ("make_checker_token", "POST"): DEVELOPERS,
    ("withdraw_checker_token", "POST"): DEVELOPERS,
    ("bring_report", "POST"): Else.BY_TOKEN,
    ("checker_badge", "GET"): Else.BY_TOKEN,
    # What its sign-ins end with, in the sandbox.
    ("outcomes_page", "GET"): VIEWERS,
    ("choose_outcomes", "POST"): DEVELOPERS,
    ("end_outcomes", "POST"): DEVELOPERS,
    ("make_test_token", "POST"): DEVELOPERS,
    ("withdraw_test_token", "POST"): DEVELOPERS,
    # What it used, and why something failed.
    ("app_usage", "GET"): VIEWERS,
    ("app_usage_file", "GET"): VIEWERS,
    ("errors", "GET"): ANYBODY,
    ("app_requests", "GET"): VIEWERS,
    ("app_request", "GET"): VIEWERS,
    ("watch_requests", "POST"): DEVELOPERS,
    ("stop_watching", "POST"): DEVELOPERS,
}
"""By the endpoint and the method: one line for each of the console's pages and forms."""
TEAM_IN_THE_FORM: Final = frozenset({"make_token", "make_app", "check_new_app"})
MAY_MISS: Final = frozenset({"checker_report", "try_logout", "try_logo", "app_request", "ask_to_go_live"})
"""Nothing is there before something happened, or was registered; or it is production's alone."""
OF_A_TEAM: Final = frozenset({"app_id", "team_id"})
UNKNOWN: Final = "0192f0c1-2345-7abc-8def-0123456789ab"


class Place:
    """A team of an organisation with everybody in it, and an app of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        console.settle(site, DEVELOPER, VIEWER, STRANGER)
        self.organisation_id = console.company(site)
        self.team_id = console.company_team(site, self.organisation_id)
        self.app_id = console.an_app(site, self.team_id)
        self.mandates = {
            one: console.mandated(site, one, self.organisation_id) for one in (DEVELOPER, VIEWER)
        }

    def known(self) -> dict[str, str]:
        # Whatever else an address names is somebody's, and not there.
        return {"app_id": self.app_id, "team_id": self.team_id, "kind": "csv", "number": "1"}


@pytest.fixture
def place(site: Site) -> Place:
    return Place(site)


def routes(site: Site) -> Iterator[tuple[Rule, str, str]]:
    """With the endpoint's own name, and the method."""
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith("developer."):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield rule, rule.endpoint.partition(".")[2], method


def address(rule: Rule, known: dict[str, str]) -> str:
    return re.sub(
        r"<(?:[^:<>]*\([^()]*\):|\w+:)?(\w+)>", lambda found: known.get(found[1], UNKNOWN), rule.rule
    )


class Asking:
    """Somebody who asks for everything, without going on where it leads."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.csrf = visitor.get("/account").csrf()

    def ask(self, path: str, method: str, **fields: str) -> int:
        data = {"csrf_token": self.csrf, **fields} if method != "GET" else None
        client, environment = self.visitor.client, self.visitor._environment()
        return client.open(path, method=method, data=data, **environment).status_code


def belongs_to_a_team(rule: Rule) -> bool:
    return bool(OF_A_TEAM & rule.arguments)


def test_every_route_of_the_console_has_its_line(site: Site) -> None:
    there = {(name, method) for _rule, name, method in routes(site)}
    assert there - set(LEAST) == set(), "say who may go there"


def test_a_stranger_gets_nowhere(place: Place) -> None:
    stranger = Asking(place.site.visitor())
    for rule, name, method in routes(place.site):
        if LEAST.get((name, method)) is not Else.BY_TOKEN:
            status = stranger.ask(address(rule, place.known()), method)
            assert status == 303, (rule.rule, method, status)


def _gets_to_no_team(place: Place, asking: Asking) -> None:
    for rule, name, method in routes(place.site):
        least = LEAST.get((name, method))
        path = address(rule, place.known())
        if belongs_to_a_team(rule) and least is not Else.BY_TOKEN:
            assert asking.ask(path, method) == 404, (rule.rule, method)
        elif name in TEAM_IN_THE_FORM or name == "end_token":
            assert asking.ask(path, method, team=place.team_id) == 404, (rule.rule, method)


def test_of_another_teams_app_there_is_nothing(place: Place) -> None:
    console.an_app(place.site, console.own_team(place.site, STRANGER), STRANGER, client_id="other")
    _gets_to_no_team(place, Asking(at(place.site, STRANGER)))


def test_whose_mandate_ends_while_they_are_signed_in_gets_nowhere_any_more(place: Place) -> None:
    console.joined(place.site, DEVELOPER, place.team_id, Role.OWNER)
    former = Asking(at(place.site, DEVELOPER))
    assert former.ask(f"/developer/apps/{place.app_id}", "GET") == 200
    console.mandate_ends(place.site, place.mandates[DEVELOPER])
    _gets_to_no_team(place, former)


@pytest.mark.parametrize(
    ("someone", "role"), [(VIEWER, Role.VIEWER), (DEVELOPER, Role.DEVELOPER), (OWNER, Role.OWNER)]
)
def test_a_member_gets_as_far_as_their_role(place: Place, someone: Someone, role: Role) -> None:
    def comes_back() -> None:
        """Some forms end just that."""
        with place.site.services.sessions.begin() as session:
            if session.get(TeamMember, (place.team_id, person_id)) is None:
                added = {"since": place.site.clock(), "added_by": person_id}
                session.add(TeamMember(team_id=place.team_id, person_id=person_id, role=role.value, **added))

    person_id = console.id_of(place.site, someone)
    comes_back()
    asking = Asking(at(place.site, someone))
    for rule, name, method in routes(place.site):
        least = LEAST.get((name, method))
        if least is Else.BY_TOKEN or least is None:
            continue
        comes_back()
        path = address(rule, place.known())
        status = asking.ask(path, method, team=place.team_id)
        if least is Else.PRODUCTION:
            assert status == 404, (rule.rule, method, status)
            continue
        if isinstance(least, Role) and not role.includes(least):
            # Of a token, which is not there, nobody learns more.
            assert status == (404 if name == "end_token" else 403), (rule.rule, method, status)
            continue
        # What else the address names is not there.
        may_miss = bool(rule.arguments - OF_A_TEAM) or name in MAY_MISS
        assert status in {200, 303, 400, 409, 422} or (may_miss and status == 404), (rule.rule, status)


def test_drafts_have_all_pages_or_none(site: Site) -> None:
    """Whatever needs a client is not there, rather than broken."""
    draft = console.a_draft(site, console.own_team(site), client_name="To be")
    asking = Asking(at(site))
    for rule, name, method in routes(site):
        if "app_id" not in rule.arguments or LEAST.get((name, method)) is Else.BY_TOKEN:
            continue
        status = asking.ask(address(rule, {"app_id": draft}), method)
        assert status in {200, 303, 400, 404, 409, 422}, (rule.rule, method, status)
