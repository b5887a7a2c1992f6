"""Which events of the log are a team's, on every database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.apps.past import OF_APPS, OF_CLIENTS, OF_TEAMS, OfTeam
from idp.audit import AuditContext, record
from idp.audit.events.developers import AppMade, AppPaused, DeveloperRefused, TeamMade
from idp.audit.events.operation import ClientChanged
from idp.audit.events.signing_in import SignedIn
from idp.audit.searching import search
from tests.idp.audit.test_log import PERSON, engine

__all__ = ["engine"]

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEAM, OTHER = "01890a5d-ac96-774b-bcce-b30209900001", "01890a5d-ac96-774b-bcce-b30209900002"
APP, THEIRS = "01890a5d-ac96-774b-bcce-b3020990000a", "01890a5d-ac96-774b-bcce-b3020990000b"


@pytest.fixture
def log(engine: Engine) -> Engine:
    with Session(engine) as session:
        for team, app, client in ((TEAM, APP, "ours"), (OTHER, THEIRS, "other")):
            for event in (
                TeamMade(PERSON, team),
                AppMade(app, team, "portal", PERSON, client),
                AppPaused(PERSON, app, client),
                ClientChanged(client, "d", ("scope",), "person", PERSON),
                DeveloperRefused(PERSON, "pause-app", "role", team, app),
                SignedIn(PERSON, client, 2, ()),
            ):
                record(session, event, context=AuditContext(NOW))
        session.commit()
    return engine


@pytest.mark.parametrize(
    ("apps", "clients", "names"),
    [
        ((), (), ["team_made", "app_made"]),
        ((APP,), (), ["team_made", "app_made", "app_paused"]),
        ((), ("ours",), ["team_made", "app_made", "client_changed"]),
        ((APP, "a%b_c"), ("ours",), ["team_made", "app_made", "app_paused", "client_changed"]),
    ],
    ids=["team", "apps", "clients", "everything"],
)
def test_its_own_deeds_and_nobody_elses(
    log: Engine, apps: tuple[str, ...], clients: tuple[str, ...], names: list[str]
) -> None:
    """Neither what was refused nor who signed in where."""
    sought = OfTeam(names=(*OF_TEAMS, *OF_APPS, *OF_CLIENTS), team_id=TEAM, app_ids=apps, client_ids=clients)
    assert sought.is_narrow
    found = search(log, sought, None, 100, 30).events
    assert [one.name for one in reversed(found)] == names
    assert {one.client_id for one in found} <= {None, "ours"}
    assert all(one.fields.get("team_id", TEAM) == TEAM for one in found)
