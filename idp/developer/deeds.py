"""Doing something from a page of the console: one transaction, and a refusal that is an event."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.models import App, Role, Team
from idp.apps.refusing import DeveloperDeedRefused, Refusal, noting
from idp.audit.context import AuditContext
from idp.developer.present import AppHere, Here, TeamHere, developer_of
from idp.extensions import services, transaction
from idp.login.circumstances import context


@contextmanager
def deed(act: str, here: Here) -> Iterator[tuple[Session, AuditContext]]:
    """Committed at the end of the block. `act`: as the log calls it. Raises DeveloperDeedRefused, noted by
    then."""
    found = services()
    circumstances = context(found.clock())
    person_id = developer_of(here).person_id
    with noting(found.audit.append, act, person_id, circumstances), transaction() as session:
        yield session, circumstances


def held_team(session: Session, here: TeamHere | AppHere, role: Role) -> Team:
    """The team, held until the end of the transaction; asked again within it what whoever is here may do, or
    of two owners who remove each other at the same moment both would be gone.

    Raises DeveloperDeedRefused.
    """
    team_id = here.team.id
    team = session.get(Team, team_id, with_for_update=True, populate_existing=True)
    if team is None:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, team_id=team_id)
    now = services().clock()
    theirs = membership.role_of(session, team, here.developer.person_id, now)
    if theirs is None or not theirs.includes(role):
        raise DeveloperDeedRefused(Refusal.ROLE, team_id=team_id)
    return team


def held_app(session: Session, here: AppHere, role: Role) -> App:
    """The app, as above. Raises DeveloperDeedRefused."""
    held_team(session, here, role)
    app = session.get(App, here.app.id, with_for_update=True, populate_existing=True)
    if app is None:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, app_id=here.app.id)
    return app
