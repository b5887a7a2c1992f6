"""Who would have their own app approved, or more approved than was shown."""

from idp.apps.models import FormerMember, Role, Team
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, at
from tests.idp.developer.going_live.conftest import Two
from tests.idp.developer.going_live.moves import app_in, approver, asked, at_request, console_post


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
