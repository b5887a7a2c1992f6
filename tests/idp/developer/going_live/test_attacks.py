"""Who would have their own app approved, or more approved than was shown."""

from sqlalchemy import select

from idp.apps.going_live.checklist import Outcome
from idp.apps.going_live.models import AppRequest
from idp.apps.models import App, FormerMember, Role, Team
from idp.oidc.clients.models import ClientRecord, ClientStatus
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, at
from tests.idp.developer.filled import send
from tests.idp.developer.going_live.conftest import Two
from tests.idp.developer.going_live.moves import (
    app_in,
    approve,
    approver,
    asked,
    at_request,
    console_post,
    draft_of,
    live,
    standing,
)
from tests.idp.login.visitor import Site
from tests.idp.staff_pages import officer


def test_attack_an_approver_leaves_the_team_to_decide_on_its_app(two: Two) -> None:
    app_id, site = asked(two), two.production
    console.settle(site, DEVELOPER)
    team_id = app_in(site, app_id).team_id
    with site.services.sessions() as session:
        organisation_id = session.get_one(Team, team_id).organisation_id
    assert organisation_id is not None
    console.mandated(site, DEVELOPER, organisation_id)
    console.joined(site, DEVELOPER, team_id, Role.OWNER)
    at(site, DEVELOPER, f"/developer/teams/{team_id}").submit("leave-form")
    with site.services.sessions() as session:
        assert session.get(FormerMember, (team_id, console.id_of(site, DEVELOPER))) is not None
    visitor = at_request(two, approver(two, own=DEVELOPER.number))
    assert "why-not" in visitor.page.elements
    console_post(visitor, decision="approve")
    assert visitor.status == 422
    assert app_in(site, app_id).client_id is None


def test_attack_an_approval_changes_what_the_security_staff_froze(two: Two) -> None:
    app_id, site = live(two), two.production
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    visitor.submit("settings-form", client_name="Fees and taxes", ask="1")
    with site.services.sessions.begin() as session:
        client_id = str(session.get_one(App, app_id).client_id)
        session.get_one(ClientRecord, client_id).status = ClientStatus.FROZEN
    deciding = officer.sign_in(site, officer.add(site, "A-2", "approver", serial=2), target="/approvals")
    deciding.get(str(deciding.page.elements["waiting-1"]["href"]))
    assert approve(deciding) == 422
    assert standing(site, app_id).client_name == "Taxes"


def test_attack_a_frozen_app_asks_for_more(two: Two) -> None:
    app_id, site = live(two), two.production
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    with site.services.sessions.begin() as session:
        client_id = str(session.get_one(App, app_id).client_id)
        session.get_one(ClientRecord, client_id).status = ClientStatus.FROZEN
    visitor.submit("settings-form", client_name="Fees and taxes", ask="1")
    assert visitor.status == 422
    assert len(site.events("app_request_made")) == 1


def test_attack_a_package_brings_a_name_that_passes_for_anothers_in_production(two: Two) -> None:
    """In the sandbox nobody had it."""
    app_id, site = draft_of(two), two.production
    with site.services.sessions.begin() as session:
        app = session.get_one(App, app_id)
        metadata = {**app.told["metadata"], "client_name": "City Service Hall 2"}
        app.told = {**app.told, "metadata": metadata}
    visitor = at(site, path=f"/developer/apps/{app_id}/going-live").submit("ask-form", note="")
    assert visitor.status == 422
    assert not site.events("app_request_made")


def check_of(site: Site, item: str) -> str | None:
    """What the approver reads beside an item of the checklist of the one request."""
    with site.services.sessions() as session:
        (request,) = session.scalars(select(AppRequest))
        return request.checks.get(item)


def test_what_was_checked_is_what_is_asked_for(two: Two) -> None:
    """Names, keys and addresses are others in production in any case."""
    asked(two)
    assert check_of(two.production, "checked-as-it-is") == Outcome.DONE
    assert check_of(two.production, "checked-by-us") == Outcome.ADVISED


def test_attack_a_draft_that_is_edited_after_it_was_checked(two: Two) -> None:
    """Whoever decides reads that the report speaks of another registration."""
    app_id, site = draft_of(two), two.production
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", require_pushed_authorization_requests="true", client_name="Fees")
    assert visitor.query.get("said") == "saved", visitor.body
    at(site, path=f"/developer/apps/{app_id}/going-live").submit("ask-form", note="")
    assert check_of(site, "checked-as-it-is") == Outcome.ADVISED
    visitor = at_request(two, approver(two))
    assert visitor.shows("That check was of the registration as it stands")


def test_attack_an_app_that_is_changed_in_the_sandbox_after_it_was_checked(two: Two) -> None:
    site = two.sandbox
    site.clock.advance(60)
    visitor = at(site, path=f"/developer/apps/{two.app_id}/settings")
    send(visitor, "settings-form", require_pushed_authorization_requests="true")
    assert visitor.status == 200, visitor.body
    asked(two)
    # The package is of what stands there now, which nobody has checked.
    assert check_of(two.production, "checked-as-it-is") == Outcome.ADVISED
