"""Letting people into a team, changing what they may do there, and letting them go.

Whoever calls this holds the team's row (`with_for_update`) and has seen to the role of whoever acts, both in
this transaction: so members are counted, and the last owner stays, whatever happens at the same moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from idp.apps import registering
from idp.apps.membership import is_by_law, may_have_team, memberships, owners, role_of
from idp.apps.models import FormerMember, Role, Team, TeamInvitation, TeamMember
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.developers import (
    TeamInvitationEnded,
    TeamInvitationMade,
    TeamMemberAdded,
    TeamMemberChanged,
    TeamMemberRemoved,
)
from idp.crypto.digests import digest, new_secret
from idp.settings.developer import Developer as Settings
from idp.storage.base import new_id

CODE_BYTES: Final = 15
"""Twenty characters: guessed by nobody, and typed if need be."""
SWEPT_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, repr=False)
class Invited:
    invitation: TeamInvitation
    code: str
    """To be shown once: it is not kept."""


def invite(
    session: Session, team: Team, role: Role, by: str, *, settings: Settings, context: AuditContext
) -> Invited:
    """A code by which one person comes into the team. The caller commits. Raises DeveloperDeedRefused."""
    now = context.at
    waiting = select(func.count()).where(TeamInvitation.team_id == team.id, _is_open(now))
    if (session.scalar(waiting) or 0) >= settings.invitations_per_team:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_INVITATIONS, team_id=team.id)
    code = new_secret(CODE_BYTES)
    made = TeamInvitation(
        id=new_id(now),
        team_id=team.id,
        role=role.value,
        digest=digest(code),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=settings.invitation_days),
    )
    session.add(made)
    audit.record(session, TeamInvitationMade(by, team.id, made.id, role.value), context=context)
    return Invited(made, code)


def withdraw(session: Session, team: Team, invitation_id: str, by: str, *, context: AuditContext) -> None:
    """The caller commits. Raises DeveloperDeedRefused."""
    found = session.get(TeamInvitation, invitation_id)
    if found is None or found.team_id != team.id:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, team_id=team.id)
    _end(session, found, "withdrawn", by, context)


def accept(session: Session, code: str, person_id: str, *, settings: Settings, context: AuditContext) -> Team:
    """Come into a team by a code, which is good once. The caller commits.

    What is refused spends nothing. Raises DeveloperDeedRefused.
    """
    now = context.at
    team_id = _by_code(session, code, now).team_id
    team = session.get_one(Team, team_id, with_for_update=True, populate_existing=True)
    # Read again now that the team is held: of two who bring one code, one finds it used.
    found = _by_code(session, code, now)
    if role_of(session, team, person_id, now) is not None:
        raise DeveloperDeedRefused(Refusal.ALREADY, team_id=team.id)
    organisation_id = team.organisation_id
    if organisation_id is not None and not may_have_team(session, person_id, organisation_id, now):
        raise DeveloperDeedRefused(Refusal.NO_STANDING, team_id=team.id)
    if role_of(session, team, found.made_by, now) is not Role.OWNER:
        # Whoever has lost the team lets nobody in by what they left behind.
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, team_id=team.id)
    if len(memberships(session, person_id, now)) >= settings.teams_per_person:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_TEAMS, team_id=team.id)
    rows = select(func.count()).where(TeamMember.team_id == team.id)
    if (session.scalar(rows) or 0) >= settings.members_per_team:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_MEMBERS, team_id=team.id)
    _put(session, team, person_id, found, now)
    event = TeamMemberAdded(person_id, team.id, found.role, found.made_by)
    audit.record(session, event, context=context)
    _end(session, found, "accepted", person_id, context)
    return team


def change_role(
    session: Session, team: Team, person_id: str, role: Role, by: str, *, context: AuditContext
) -> None:
    """The caller commits. Raises DeveloperDeedRefused."""
    row = _changeable(session, team, person_id, context.at)
    if row.role == role:
        return
    _refuse_last(session, team, row, context.at, stays_owner=role is Role.OWNER)
    row.role = role.value
    audit.record(session, TeamMemberChanged(person_id, team.id, role.value, by), context=context)


def remove(session: Session, team: Team, person_id: str, by: str, *, context: AuditContext) -> None:
    """By an owner, or by themselves. The caller commits. Raises DeveloperDeedRefused."""
    row = _changeable(session, team, person_id, context.at)
    _refuse_last(session, team, row, context.at, stays_owner=False)
    session.delete(row)
    session.merge(FormerMember(team_id=team.id, person_id=person_id, left_at=context.at))
    registering.end_those_of(session, team, person_id, by, context=context)
    audit.record(session, TeamMemberRemoved(person_id, team.id, by), context=context)


def waiting(session: Session, team_id: str, now: datetime) -> list[TeamInvitation]:
    """The latest first."""
    query = select(TeamInvitation).where(TeamInvitation.team_id == team_id, _is_open(now))
    return list(session.scalars(query.order_by(TeamInvitation.id.desc())))


def expire(session: Session, now: datetime) -> int:
    """Drop invitations that nobody used; how many."""
    over = select(TeamInvitation).where(TeamInvitation.expires_at <= now).limit(SWEPT_AT_ONCE)
    found = session.scalars(over.with_for_update(skip_locked=True)).all()
    for invitation in found:
        _end(session, invitation, "expired", None, AuditContext(at=now, actor="worker"))
    return len(found)


def _is_open(now: datetime) -> ColumnElement[bool]:
    return TeamInvitation.expires_at > now


def _by_code(session: Session, code: str, now: datetime) -> TeamInvitation:
    query = select(TeamInvitation).where(TeamInvitation.digest == digest(code), _is_open(now))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND)
    return found


def _put(session: Session, team: Team, person_id: str, found: TeamInvitation, now: datetime) -> None:
    """Whoever was in it before, and may act for the organisation again, begins anew."""
    row = session.get(TeamMember, (team.id, person_id))
    if row is None:
        row = TeamMember(team_id=team.id, person_id=person_id)
        session.add(row)
    row.role, row.since, row.added_by = found.role, now, found.made_by


def _changeable(session: Session, team: Team, person_id: str, now: datetime) -> TeamMember:
    row = session.get(TeamMember, (team.id, person_id))
    if row is None:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, team_id=team.id)
    if is_by_law(session, team, person_id, now):
        raise DeveloperDeedRefused(Refusal.BY_LAW, team_id=team.id)
    return row


def _refuse_last(session: Session, team: Team, row: TeamMember, now: datetime, *, stays_owner: bool) -> None:
    if stays_owner or row.role != Role.OWNER:
        return
    if not owners(session, team, now) - {row.person_id}:
        raise DeveloperDeedRefused(Refusal.LAST_OWNER, team_id=team.id)


def _end(
    session: Session, invitation: TeamInvitation, answer: str, by: str | None, context: AuditContext
) -> None:
    session.delete(invitation)
    session.flush()
    event = TeamInvitationEnded(invitation.team_id, invitation.id, answer, by)
    audit.record(session, event, context=context)
