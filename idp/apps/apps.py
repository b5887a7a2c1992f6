"""Apps of a team: kept, found, stopped, let go on, taken away. What their registration says is elsewhere
(`idp.oidc.clients.changes.changing`)."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.apps.models import App, Team
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.developers import AppDeleted, AppMade, AppPaused, AppResumed
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.registration import records
from idp.storage.base import new_id
from idp.storage.database import batched

BY_ITS_TEAM: Final = "by-its-team"
REGISTERED: Final = "registered"
"""The kind of an app that came by dynamic registration."""


class AppState(StrEnum):
    """Whether people can sign in to it, and who may let it go on where they cannot."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    """By its team."""
    SUSPENDED = "suspended"
    """By the operator."""
    FROZEN = "frozen"
    """By the security staff."""


def of_team(session: Session, team_id: str) -> Sequence[App]:
    """The latest first."""
    return session.scalars(select(App).where(App.team_id == team_id).order_by(App.id.desc())).all()


def of_client(session: Session, client_id: str) -> App | None:
    return session.scalars(select(App).where(App.client_id == client_id)).one_or_none()


def state_of(session: Session, app: App) -> AppState:
    return states_of(session, [app])[app.id]


def states_of(session: Session, found: Collection[App]) -> dict[str, AppState]:
    """By the ids of the apps. Asked of the database: what another process changed a moment ago is told at
    once."""
    ids = [one.client_id for one in found if one.client_id is not None]
    statuses: dict[str, str] = {}
    for some in batched(ids):
        rows = session.execute(
            select(ClientRecord.client_id, ClientRecord.status).where(ClientRecord.client_id.in_(some))
        )
        statuses.update({row.client_id: row.status for row in rows})
    # A client that is taken away takes its app along.
    return {
        one.id: AppState(statuses[one.client_id]) if one.client_id in statuses else AppState.DRAFT
        for one in found
    }


def add(
    session: Session,
    team: Team,
    kind: str,
    person_id: str,
    *,
    client_id: str | None,
    told: Mapping[str, Any],
    at_most: int,
    context: AuditContext,
) -> App:
    """An app of a client that was made in this transaction, or a draft. The caller commits, and has seen to
    the role. `at_most`: apps of one team. Raises DeveloperDeedRefused."""
    # One after the other, so that they can be counted.
    session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    query = select(func.count()).where(App.team_id == team.id)
    if (session.scalar(query) or 0) >= at_most:
        raise DeveloperDeedRefused(Refusal.TOO_MANY_APPS, team_id=team.id)
    app = App(
        id=new_id(context.at),
        team_id=team.id,
        kind=kind,
        client_id=client_id,
        told=dict(told),
        created_by=person_id,
        created_at=context.at,
    )
    session.add(app)
    event = AppMade(app.id, team.id, kind, person_id=person_id, client_id=client_id)
    audit.record(session, event, context=context)
    session.flush()
    return app


def pause(session: Session, app: App, person_id: str, *, context: AuditContext) -> None:
    """Stop one's own app. The caller commits. Raises DeveloperDeedRefused."""
    client_id = _turned(session, app, ClientStatus.ACTIVE, ClientStatus.PAUSED, _actor(person_id), context)
    audit.record(session, AppPaused(person_id, app.id, client_id), context=context)


def resume(session: Session, app: App, person_id: str, *, context: AuditContext) -> None:
    """Let go on what the team itself stopped, and nobody else. The caller commits.

    Raises DeveloperDeedRefused.
    """
    client_id = _turned(session, app, ClientStatus.PAUSED, ClientStatus.ACTIVE, _actor(person_id), context)
    audit.record(session, AppResumed(person_id, app.id, client_id), context=context)


def delete(session: Session, app: App, person_id: str, *, context: AuditContext) -> None:
    """With its client and all that people had allowed it. The caller commits.

    What the security staff froze stays to be looked at. Raises DeveloperDeedRefused.
    """
    client_id = app.client_id
    if client_id is not None and _locked(session, app).status == ClientStatus.FROZEN:
        raise DeveloperDeedRefused(Refusal.STATE, app_id=app.id)
    session.delete(app)
    session.flush()
    if client_id is not None:
        records.remove(session, client_id, BY_ITS_TEAM, context=context)
    audit.record(session, AppDeleted(person_id, app.id, app.team_id, client_id), context=context)


def _turned(
    session: Session,
    app: App,
    before: ClientStatus,
    after: ClientStatus,
    actor: Actor,
    context: AuditContext,
) -> str:
    """The client's id."""
    record = _locked(session, app)
    if record.status != before:
        raise DeveloperDeedRefused(Refusal.STATE, app_id=app.id)
    changing.set_status(session, record.client_id, after, actor=actor, context=context)
    return record.client_id


def _actor(person_id: str) -> Actor:
    return Actor(ActorKind.PERSON, person_id)


def _locked(session: Session, app: App) -> ClientRecord:
    query = select(ClientRecord).where(ClientRecord.client_id == app.client_id)
    record = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if record is None:
        raise DeveloperDeedRefused(Refusal.STATE, app_id=app.id)
    return record
