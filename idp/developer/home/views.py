"""The first page of the console: one's teams and their apps; making a team for an organisation."""

from collections.abc import Callable
from typing import Any, Final

from flask import Response, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import apps, membership, teams
from idp.apps.apps import AppState
from idp.apps.membership import MATTER, Membership
from idp.apps.models import App, Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.business.models import Organisation
from idp.developer import people, words
from idp.developer.deeds import deed
from idp.developer.present import APPS, CONSOLE, TEAMS, Developer, developer_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.mandates.standing import held_by

OWN_PERSON: Final = "/sandbox/people/own"
"""Where a sandbox person can be drawn whom nobody else knows."""
SAID: dict[str, Callable[[], str]] = {
    "left": lambda: _("You have left the team."),
    "deleted": lambda: _("The app is deleted, with all that hung on it."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get("")
def home() -> Response:
    return _page(developer_here())


@blueprint.post("/teams")
def make_team() -> Response:
    """For an organisation that one may act for."""
    developer = developer_here()
    at_most = services().settings.developer.teams_per_person
    organisation_id = request.form.get("organisation", "")[:36]
    try:
        with deed("make-team", developer) as (session, circumstances):
            team = teams.open_for(
                session, organisation_id, developer.person_id, at_most=at_most, context=circumstances
            )
            made = team.id
    except DeveloperDeedRefused as refused:
        return _page(developer, error=words.refusal(refused.reason), status=422)
    return make_response(redirect(f"{TEAMS}/{made}", 303))


def _page(developer: Developer, *, status: int = 200, **shown: Any) -> Response:
    found = services()
    now = found.clock()
    said = SAID.get(request.args.get("said", ""))
    with reading() as session:
        mine = membership.memberships(session, developer.person_id, now)
        listed = [_team(session, one) for one in mine]
        without = _without_team(session, developer, mine)
        is_shared = people.is_shared(session, developer.person_id)
    return developer_page(
        "developer/home/home.html",
        developer,
        status=status,
        teams=listed,
        has_apps=any(one["apps"] for one in listed),
        may_make_apps=any(one["new_url"] for one in listed),
        organisations=without,
        join_url=f"{CONSOLE}/join",
        is_shared=is_shared,
        own_person_url=OWN_PERSON if found.settings.sandbox else None,
        **{"notice": None if said is None else said(), **shown},
    )


def _team(session: Session, one: Membership) -> dict[str, Any]:
    theirs = apps.of_team(session, one.team_id)
    states = apps.states_of(session, theirs)
    return {
        "id": one.team_id,
        "name": words.name_of(session, one),
        "is_personal": one.is_personal,
        "url": f"{TEAMS}/{one.team_id}",
        "role": words.role(one.role),
        "apps": [_app(app, states[app.id]) for app in theirs],
        "new_url": f"{APPS}/new?team={one.team_id}" if one.role.includes(Role.DEVELOPER) else None,
    }


def _app(app: App, now: AppState) -> dict[str, Any]:
    return {
        "id": app.id,
        "name": words.app_name(app),
        "url": f"{APPS}/{app.id}",
        "client_id": app.client_id,
        "state": now.value,
        "state_words": words.state(now),
    }


def _without_team(
    session: Session, developer: Developer, mine: tuple[Membership, ...]
) -> list[dict[str, str]]:
    """Organisations that they may act for and that have no team, or none that they are in."""
    known = {one.organisation_id for one in mine}
    held = held_by(session.connection(), developer.person_id, services().clock())
    ids = dict.fromkeys(
        one.organisation_id
        for one in held
        if one.organisation_id is not None and one.organisation_id not in known and one.covers(MATTER)
    )
    return [
        {"id": one, "name": services().organisations.name_of(session.get_one(Organisation, one))}
        for one in ids
    ]
