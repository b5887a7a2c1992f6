"""What the people of a team did, to which app, member or token: out of the audit log, the latest first.

The log is asked for events of teams and apps alone, which are few, and of these for the team's own: by its
id, by the ids of its apps, those too that it has deleted, and by those of their clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, or_, select
from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.models import App, Team
from idp.audit.models import AuditEvent
from idp.audit.searching import Cursor, Page, Sought, search

AT_ONCE: Final = 30
"""Deeds of a page."""
GONE_AT_MOST: Final = 100
"""Deleted apps whose deeds are found, the latest."""
BUDGET_SECONDS: Final = 1.0
OF_TEAMS: Final = (
    *("team_made", "team_renamed", "team_invitation_made", "team_invitation_ended"),
    *("team_member_added", "team_member_changed", "team_member_removed"),
    *("app_made", "app_deleted", "initial_token_made", "initial_token_ended"),
)
"""Events that name the team."""
OF_APPS: Final = (
    *("app_paused", "app_resumed", "app_watched", "app_unwatched", "app_draft_changed", "logout_tried"),
    *("app_package_made", "app_package_taken", "app_request_made", "app_request_withdrawn"),
    *("app_request_decided", "app_check_set_up", "app_check_started", "app_check_reported"),
    *("app_check_token_made", "app_check_token_withdrawn", "app_badge_turned"),
)
"""Those that name an app."""
OF_CLIENTS: Final = (
    *("client_changed", "client_secret_made", "client_secret_revoked"),
    *("sandbox_outcomes_chosen", "sandbox_outcomes_ended"),
    *("sandbox_app_token_made", "sandbox_app_token_withdrawn"),
)
"""Those that name a client."""


@dataclass(frozen=True, slots=True)
class OfTeam(Sought):
    """The deeds of one team, and nobody else's."""

    team_id: str = ""
    app_ids: tuple[str, ...] = ()
    client_ids: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        one_of_these = (
            and_(AuditEvent.name.in_(OF_TEAMS), _says("team_id", self.team_id)),
            and_(AuditEvent.name.in_(OF_APPS), or_(*(_says("app_id", one) for one in self.app_ids)))
            if self.app_ids
            else None,
            and_(AuditEvent.name.in_(OF_CLIENTS), AuditEvent.client_id.in_(self.client_ids))
            if self.client_ids
            else None,
        )
        return [*Sought.conditions(self), or_(*(one for one in one_of_these if one is not None))]


def of_team(session: Session, engine: Engine, team: Team, after: Cursor | None) -> Page:
    """A page of it, behind the cursor."""
    theirs = apps.of_team(session, team.id)
    gone = Sought(names=("app_deleted",), text=_text("team_id", team.id))
    deleted = search(engine, gone, at_most=GONE_AT_MOST, budget_seconds=BUDGET_SECONDS).events
    ids = [one.id for one in theirs] + [str(one.fields.get("app_id")) for one in deleted]
    known = (*(one.client_id for one in theirs), *(one.client_id for one in deleted))
    clients = {one for one in known if one is not None}
    sought = OfTeam(
        names=(*OF_TEAMS, *OF_APPS, *OF_CLIENTS),
        team_id=team.id,
        app_ids=tuple(ids),
        client_ids=tuple(sorted(clients - _of_others(session, team, clients))),
    )
    return search(engine, sought, after, AT_ONCE, BUDGET_SECONDS)


def _of_others(session: Session, team: Team, client_ids: set[str]) -> set[str]:
    """Identifiers of deleted apps that somebody else's app has now."""
    query = select(App.client_id).where(App.client_id.in_(client_ids), App.team_id != team.id)
    found: Sequence[str | None] = session.scalars(query).all()
    return {one for one in found if one is not None}


def _says(name: str, value: str) -> ColumnElement[bool]:
    return AuditEvent.payload.contains(_text(name, value), autoescape=True)


def _text(name: str, value: str) -> str:
    """As canonical JSON has it."""
    return f'"{name}":"{value}"'
