"""Making teams and naming them."""

import unicodedata
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.apps.membership import may_have_team, memberships
from idp.apps.models import Role, Team, TeamMember
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.developers import TeamMade, TeamRenamed
from idp.storage.base import new_id

NAME_CHARACTERS_AT_MOST: Final = 60


def personal(session: Session, person_id: str, *, context: AuditContext) -> Team:
    """Somebody's own team, made at the first visit. In the sandbox alone, which the caller sees to.

    The caller commits; of two visits at once both find the same.
    """
    query = select(Team).where(*_own(person_id))
    found = session.scalars(query).one_or_none()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            team = _add(session, None, person_id, context)
    except IntegrityError:
        return session.scalars(query).one()
    return team


def has_personal(session: Session, person_id: str) -> bool:
    return session.scalar(select(Team.id).where(*_own(person_id))) is not None


def open_for(
    session: Session, organisation_id: str, person_id: str, *, at_most: int, context: AuditContext
) -> Team:
    """The team of an organisation, by somebody who may act for it in the matter of client apps. They own it.

    The caller commits. `at_most`: teams of one person. Raises DeveloperDeedRefused.
    """
    if not may_have_team(session, person_id, organisation_id, context.at):
        raise DeveloperDeedRefused(Refusal.NOT_FOUND)
    if len(memberships(session, person_id, context.at)) >= at_most:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_TEAMS)
    try:
        with session.begin_nested():
            return _add(session, organisation_id, person_id, context)
    except IntegrityError:
        raise DeveloperDeedRefused(Refusal.ALREADY) from None


def rename(session: Session, team: Team, typed: str, person_id: str, *, context: AuditContext) -> None:
    """Nothing typed: it is called after its organisation again. The caller commits and has seen to the role.

    Raises DeveloperDeedRefused.
    """
    name = " ".join(typed.split()) or None
    if name is not None and not shows(name, NAME_CHARACTERS_AT_MOST):
        raise DeveloperDeedRefused(Refusal.TEXT, team_id=team.id)
    if name == team.name:
        return
    team.name = name
    audit.record(session, TeamRenamed(person_id, team.id), context=context)


def shows(text: str, at_most: int) -> bool:
    """Whether people see all of a text: no control characters, nothing that turns the line around."""
    seen = all(character == " " or unicodedata.category(character)[0] not in "CZ" for character in text)
    return seen and 1 <= len(text) <= at_most


def _own(person_id: str) -> tuple[ColumnElement[bool], ...]:
    return Team.organisation_id.is_(None), Team.created_by == person_id


def _add(session: Session, organisation_id: str | None, person_id: str, context: AuditContext) -> Team:
    now = context.at
    team = Team(
        id=new_id(now), organisation_id=organisation_id, name=None, created_by=person_id, created_at=now
    )
    session.add(team)
    session.flush()
    session.add(
        TeamMember(team_id=team.id, person_id=person_id, role=Role.OWNER.value, since=now, added_by=person_id)
    )
    audit.record(session, TeamMade(person_id, team.id, organisation_id), context=context)
    session.flush()
    return team
