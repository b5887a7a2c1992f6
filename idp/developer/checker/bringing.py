"""Who may bring reports: the token's maker, as long as they may develop in the app's team."""

from datetime import datetime

from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.models import App, Role, Team, TeamMember
from idp.checker.models import CheckerSetup
from idp.people.models import Person, PersonStatus


def may_bring(session: Session, setup: CheckerSetup, now: datetime) -> bool:
    """Asked at each report: a token ends with its maker's place in the team, and with their account."""
    maker = None if setup.token_made_by is None else session.get(Person, setup.token_made_by)
    app = session.get(App, setup.app_id)
    team = None if app is None else session.get(Team, app.team_id)
    if maker is None or team is None or maker.status != PersonStatus.ACTIVE:
        return False
    theirs = membership.membership(session, team, maker.id, now)
    if theirs is None or not theirs.role.includes(Role.DEVELOPER):
        return False
    row = session.get(TeamMember, (team.id, maker.id))
    made_at = setup.token_made_at
    # Who was gone and has come back begins anew: what they left behind does not come back with them.
    return theirs.is_by_law or row is None or (made_at is not None and made_at >= row.since)
