"""In production, undoing lets nothing through that would wait as a change."""

import pytest

from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_SANDBOX": "false"}


def change(site: Site, **fields: object) -> None:
    with site.services.sessions.begin() as session:
        changing.change(
            session,
            "app-1",
            {**changing.standing(session, "app-1").fields, **fields},
            actor=OPERATOR,
            context=console.context(site),
            secrets=site.app.extensions[KEY].authenticator.secrets,
        )


@pytest.fixture
def path(site: Site) -> str:
    """Of the history of an app whose first version may less than its second, and its third more than both."""
    app = console.an_app(site, console.company_team(site, console.company(site)))
    change(site, scope="openid profile phone")
    change(site, scope="openid", contacts=["ops@app.example"])
    return f"/developer/apps/{app}/history"


def test_a_version_that_may_more_waits_to_be_looked_at(site: Site, path: str) -> None:
    visitor = at(site, path=path).get(f"{path}/1/undo").submit("undo-form")
    assert visitor.status == 422
    assert visitor.shows("looked at before it holds")
    with site.services.sessions() as session:
        assert changing.standing(session, "app-1").fields["scope"] == "openid"


def test_a_version_that_may_less_holds_at_once(site: Site, path: str) -> None:
    change(site, scope="openid phone")
    visitor = at(site, path=path).get(f"{path}/2/undo").submit("undo-form")
    assert visitor.shows("It is as it was.")
    with site.services.sessions() as session:
        assert changing.standing(session, "app-1").fields["scope"] == "openid"
