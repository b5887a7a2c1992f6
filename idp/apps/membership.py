"""Who is in which team now, and as what: asked anew at each request.

Of a personal team a member is in it as long as the row says so, and whose own it is owns it always. Of an
organisation's only whoever may act for the organisation at this moment is in it, in all business or in the
matter of client apps: a mandate that has ended shuts the console at once, whatever the rows say. Who stands
for the organisation itself (its legal representative, the administrators of its licence) owns its team
without a row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps.models import Role, Team, TeamMember
from idp.mandates.standing import Standing, all_for, held_by
from idp.people.models import Person, PersonStatus

MATTER: Final = "client_apps"
"""The code of the matter (`config/matters`); a mandate for all business covers it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A team, and what somebody is in it now."""

    team_id: str
    organisation_id: str | None
    called: str | None
    """As `Team.name`."""
    created_by: str
    role: Role
    is_by_law: bool = False
    """On the strength of what they are in the organisation, or because it is their own."""

    @property
    def is_personal(self) -> bool:
        return self.organisation_id is None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a row in a team, or who owns it by law."""

    person_id: str
    role: Role
    since: datetime | None
    """None without a row."""
    has_left: bool
    """The row is there, and opens nothing: the mandate, or the account, stands no more."""
    is_by_law: bool


def role_of(session: Session, team: Team, person_id: str, now: datetime) -> Role | None:
    """What the person is in the team at this moment; None when they have nothing to do there."""
    found = membership(session, team, person_id, now)
    return None if found is None else found.role


def may_have_programs(session: Session, team: Team, person_id: str, now: datetime) -> bool:
    """Whether what programs hold on somebody's word is good: they may develop in the team, and could sign in.

    Pages need not ask for the second: who is frozen has no session.
    """
    role, person = role_of(session, team, person_id, now), session.get(Person, person_id)
    is_active = person is not None and person.status == PersonStatus.ACTIVE
    return is_active and role is not None and role.includes(Role.DEVELOPER)


def membership(session: Session, team: Team, person_id: str, now: datetime) -> Membership | None:
    """As above, and on what it rests."""
    row = session.get(TeamMember, (team.id, person_id))
    if team.organisation_id is None:
        return _in_personal(team, row)
    held = _strongest(held_by(session.connection(), person_id, now), team.organisation_id)
    return _in_organisation(team, row, held)


def memberships(session: Session, person_id: str, now: datetime) -> tuple[Membership, ...]:
    """All teams that somebody is in now, their own first."""
    held = held_by(session.connection(), person_id, now)
    organisations = {one.organisation_id for one in held if one.organisation_id is not None}
    rows = {
        row.team_id: row
        for row in session.scalars(select(TeamMember).where(TeamMember.person_id == person_id))
    }
    which = Team.id.in_(rows) | Team.organisation_id.in_(organisations)
    found = []
    for team in session.scalars(select(Team).where(which).order_by(Team.id)):
        row = rows.get(team.id)
        if team.organisation_id is None:
            one = _in_personal(team, row)
        else:
            one = _in_organisation(team, row, _strongest(held, team.organisation_id))
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: not one.is_personal))


def members(session: Session, team: Team, now: datetime) -> tuple[Member, ...]:
    """Everybody with a row, the first first, and after them who owns the team without one."""
    query = select(TeamMember).where(TeamMember.team_id == team.id)
    rows = session.scalars(query.order_by(TeamMember.since, TeamMember.person_id)).all()
    active = _active(session, [row.person_id for row in rows])
    if team.organisation_id is None:
        return tuple(
            Member(
                row.person_id,
                Role(row.role),
                row.since,
                row.person_id not in active,
                row.person_id == team.created_by,
            )
            for row in rows
        )
    standing = all_for(session.connection(), team.organisation_id, now)
    by_law = {one.person_id for one in standing if one.is_business and one.covers(MATTER)}
    may_act = {one.person_id for one in standing if one.covers(MATTER)}
    found = [
        Member(
            row.person_id,
            Role.OWNER if row.person_id in by_law else Role(row.role),
            row.since,
            row.person_id not in may_act,
            row.person_id in by_law,
        )
        for row in rows
    ]
    without = by_law - {row.person_id for row in rows}
    return (*found, *(Member(one, Role.OWNER, None, False, True) for one in sorted(without)))


def owners(session: Session, team: Team, now: datetime) -> frozenset[str]:
    """Who owns the team at this moment."""
    found = members(session, team, now)
    return frozenset(one.person_id for one in found if one.role is Role.OWNER and not one.has_left)


def is_by_law(session: Session, team: Team, person_id: str, now: datetime) -> bool:
    """Whether they own the team whatever its rows say."""
    found = membership(session, team, person_id, now)
    return found is not None and found.is_by_law


def has_left(session: Session, person_id: str, team_id: str, now: datetime) -> bool:
    """Whether somebody who once did something in a team is in it no more: what they made there, such as a
    secret that they have seen, is to be looked at."""
    team = session.get(Team, team_id)
    return team is None or role_of(session, team, person_id, now) is None


def may_develop(session: Session, person_id: str, now: datetime) -> bool:
    """Whether the console has anything for somebody outside the sandbox: a team, or an organisation for which
    they could make one."""
    held = held_by(session.connection(), person_id, now)
    return any(one.organisation_id is not None and one.covers(MATTER) for one in held)


def may_have_team(session: Session, person_id: str, organisation_id: str, now: datetime) -> bool:
    """Whether somebody may act for the organisation in the matter of client apps."""
    return _strongest(held_by(session.connection(), person_id, now), organisation_id) is not None


def _in_personal(team: Team, row: TeamMember | None) -> Membership | None:
    if row is None:
        return None
    return _of(team, Role(row.role), is_by_law=row.person_id == team.created_by)


def _in_organisation(team: Team, row: TeamMember | None, held: Standing | None) -> Membership | None:
    if held is None:
        return None
    if held.is_business:
        return _of(team, Role.OWNER, is_by_law=True)
    return None if row is None else _of(team, Role(row.role))


def _of(team: Team, role: Role, *, is_by_law: bool = False) -> Membership:
    return Membership(team.id, team.organisation_id, team.name, team.created_by, role, is_by_law)


def _strongest(held: Iterable[Standing], organisation_id: str) -> Standing | None:
    """Of those for the organisation that cover the matter, one that stands for it as a whole if there is."""
    found = [one for one in held if one.organisation_id == organisation_id and one.covers(MATTER)]
    return max(found, key=lambda one: one.is_business, default=None)


def _active(session: Session, ids: list[str]) -> frozenset[str]:
    query = select(Person.id).where(Person.id.in_(ids), Person.status == PersonStatus.ACTIVE)
    return frozenset(session.scalars(query))
