"""A team's page: what it is called, who is in it, who is invited; and changing that."""

from collections.abc import Callable
from typing import Any

from flask import Response, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import members, membership, teams
from idp.apps.membership import Member
from idp.apps.models import Role, Team, TeamInvitation
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit.context import AuditContext
from idp.developer import people, words
from idp.developer.deeds import deed, held_team
from idp.developer.present import (
    CONSOLE,
    TeamHere,
    developer_page,
    is_recently_proved,
    recently_proved,
    team_here,
)
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _

Do = Callable[[Session, Team, AuditContext], None]
SAID: dict[str, Callable[[], str]] = {
    "joined": lambda: _("You are in the team now."),
    "named": lambda: _("The team has its new name."),
    "role": lambda: _("The role is changed. It holds from their next click on."),
    "removed": lambda: _("They are in the team no more, from their next click on."),
    "withdrawn": lambda: _("The invitation is taken back. Its code opens nothing any more."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get("/teams/<team_id>")
def team_page(team_id: str) -> Response:
    return _page(team_here(team_id))


@blueprint.post("/teams/<team_id>/name")
def rename_team(team_id: str) -> Response:
    here = team_here(team_id, Role.OWNER)
    typed = request.form.get("name", "")
    by = here.developer.person_id

    def do(session: Session, team: Team, circumstances: AuditContext) -> None:
        teams.rename(session, team, typed, by, context=circumstances)

    return _done(here, "rename-team", do, "named")


@blueprint.post("/teams/<team_id>/invitations")
def invite_member(team_id: str) -> Response:
    """The code is on the answer to this form and nowhere else."""
    here = team_here(team_id, Role.OWNER)
    recently_proved(here)
    role = _role_typed()
    if role is None:
        return _page(here, error=_("Choose a role."), status=422)
    try:
        with deed("invite", here) as (session, circumstances):
            team = held_team(session, here, Role.OWNER)
            made = members.invite(
                session,
                team,
                role,
                here.developer.person_id,
                settings=services().settings.developer,
                context=circumstances,
            )
    except DeveloperDeedRefused as refused:
        return _refused(here, refused)
    return _page(
        here,
        new_code=made.code,
        new_code_role=words.role(role),
        new_code_until=made.invitation.expires_at,
        join_url=f"{services().settings.issuer}{CONSOLE}/join",
    )


@blueprint.post("/teams/<team_id>/invitations/<invitation_id>/withdraw")
def withdraw_invitation(team_id: str, invitation_id: str) -> Response:
    here = team_here(team_id, Role.OWNER)
    by = here.developer.person_id

    def do(session: Session, team: Team, circumstances: AuditContext) -> None:
        members.withdraw(session, team, invitation_id, by, context=circumstances)

    return _done(here, "withdraw-invitation", do, "withdrawn")


@blueprint.post("/teams/<team_id>/members/<person_id>/role")
def change_member(team_id: str, person_id: str) -> Response:
    here = team_here(team_id, Role.OWNER)
    recently_proved(here)
    role = _role_typed()
    if role is None:
        return _page(here, error=_("Choose a role."), status=422)
    by = here.developer.person_id

    def do(session: Session, team: Team, circumstances: AuditContext) -> None:
        members.change_role(session, team, person_id, role, by, context=circumstances)

    return _done(here, "change-role", do, "role")


@blueprint.post("/teams/<team_id>/members/<person_id>/remove")
def remove_member(team_id: str, person_id: str) -> Response:
    here = team_here(team_id, Role.OWNER)
    recently_proved(here)
    by = here.developer.person_id

    def do(session: Session, team: Team, circumstances: AuditContext) -> None:
        members.remove(session, team, person_id, by, context=circumstances)

    return _done(here, "remove-member", do, "removed")


@blueprint.post("/teams/<team_id>/leave")
def leave_team(team_id: str) -> Response:
    here = team_here(team_id)
    by = here.developer.person_id
    try:
        with deed("leave-team", here) as (session, circumstances):
            team = held_team(session, here, Role.VIEWER)
            members.remove(session, team, by, by, context=circumstances)
    except DeveloperDeedRefused as refused:
        return _refused(here, refused)
    return make_response(redirect(f"{CONSOLE}?said=left", 303))


def _done(here: TeamHere, act: str, do: Do, said: str) -> Response:
    """By an owner. The page that says why not, where it is not done."""
    try:
        with deed(act, here) as (session, circumstances):
            do(session, held_team(session, here, Role.OWNER), circumstances)
    except DeveloperDeedRefused as refused:
        return _refused(here, refused)
    return make_response(redirect(f"{here.path}?said={said}", 303))


def _refused(here: TeamHere, refused: DeveloperDeedRefused) -> Response:
    status = 404 if refused.reason is Refusal.NOT_FOUND else 422
    return _page(here, error=words.refusal(refused.reason), status=status)


def _role_typed() -> Role | None:
    typed = request.form.get("role", "")
    return Role(typed) if typed in set(Role) else None


def _page(here: TeamHere, *, status: int = 200, **shown: Any) -> Response:
    now = services().clock()
    is_owner = here.role is Role.OWNER
    said = SAID.get(request.args.get("said", ""))
    with reading() as session:
        team = session.get_one(Team, here.team.id)
        everybody = membership.members(session, team, now)
        listed = [_member(session, here, one, is_owner) for one in everybody]
        invited = members.waiting(session, team.id, now) if is_owner else []
        name = words.name_of(session, team)
        mine = next((one for one in everybody if one.person_id == here.developer.person_id), None)
    return developer_page(
        "developer/team/team.html",
        here,
        status=status,
        name=name,
        typed_name=team.name or "",
        is_personal=team.organisation_id is None,
        role=words.role(here.role),
        role_explained=words.role_explained(here.role),
        members=listed,
        roles=[
            {"value": one.value, "words": words.role(one), "explained": words.role_explained(one)}
            for one in reversed(Role)
        ],
        invitations=[_invitation(here, one) for one in invited],
        url=here.path,
        is_owner=is_owner,
        may_leave=mine is not None and mine.since is not None and not mine.is_by_law,
        proof_is_old=is_owner and not is_recently_proved(here),
        **{"notice": None if said is None else said(), **shown},
    )


def _member(session: Session, here: TeamHere, one: Member, is_owner: bool) -> dict[str, Any]:
    is_oneself = one.person_id == here.developer.person_id
    may_be_changed = is_owner and one.since is not None and not one.is_by_law
    url = f"{here.path}/members/{one.person_id}"
    return {
        "name": people.name(session, one.person_id),
        "role": words.role(one.role),
        "role_value": one.role.value,
        "since": one.since,
        "has_left": one.has_left,
        "is_by_law": one.is_by_law,
        "is_oneself": is_oneself,
        "role_url": f"{url}/role" if may_be_changed and not one.has_left else None,
        "remove_url": f"{url}/remove" if may_be_changed and not is_oneself else None,
    }


def _invitation(here: TeamHere, one: TeamInvitation) -> dict[str, Any]:
    return {
        "role": words.role(Role(one.role)),
        "until": one.expires_at,
        "made_at": one.made_at,
        "withdraw_url": f"{here.path}/invitations/{one.id}/withdraw",
    }
