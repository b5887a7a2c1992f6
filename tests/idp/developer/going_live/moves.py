"""What teams and approvers do, in few words."""

import base64
import json
from typing import Any

from sqlalchemy import select

from idp.apps.models import App
from idp.oidc.clients.changes import changing
from idp.oidc.clients.metadata import ClientMetadata
from idp.oidc.clients.models import ClientRecord
from tests.idp.developer.console import at
from tests.idp.developer.going_live.conftest import Two
from tests.idp.login.visitor import Site, Visitor
from tests.idp.staff_pages import officer
from tests.idp.staff_pages.officer import Member


def taken(two: Two, package: str, team_id: str) -> Visitor:
    """In production, by whoever owns the team there."""
    visitor = at(two.production, path="/developer/going-live")
    return visitor.submit("take-form", package=package, team=team_id)


def draft_of(two: Two) -> str:
    """Its page is open in production."""
    visitor = taken(two, two.package(), two.team())
    assert visitor.path.endswith("/going-live"), visitor.body
    return visitor.path.split("/")[3]


def asked(two: Two, note: str = "") -> str:
    """A draft for which approval was asked; its id."""
    app_id = draft_of(two)
    visitor = at(two.production, path=f"/developer/apps/{app_id}/going-live")
    visitor.submit("ask-form", note=note)
    assert "waiting" in visitor.page.elements, visitor.body
    return app_id


def approver(two: Two, **own: Any) -> Member:
    return officer.add(two.production, "A-1", "approver", **own)


def at_request(two: Two, member: Member) -> Visitor:
    visitor = officer.sign_in(two.production, member, target="/approvals")
    return visitor.get(str(visitor.page.elements["waiting-1"]["href"]))


def approve(visitor: Visitor) -> int:
    """All of it. The status of the answer."""
    form = visitor.page.forms["decide-form"]
    data: dict[str, Any] = {
        **form.fields,
        "scope": ["profile", "phone"],
        "redirect_uris": ["https://fees.example/callback"],
        "accepted_parties": ["citizen"],
        "decision": "approve",
    }
    return visitor.client.post(visitor.url, data=data, **visitor._environment()).status_code


def live(two: Two) -> str:
    """An app in production; its id."""
    app_id = asked(two)
    assert approve(at_request(two, approver(two))) == 303
    return app_id


def app_in(site: Site, app_id: str) -> App:
    with site.services.sessions() as session:
        return session.get_one(App, app_id)


def client_of(site: Site, app_id: str) -> ClientRecord:
    with site.services.sessions() as session:
        app = session.get_one(App, app_id)
        found = session.scalar(select(ClientRecord).where(ClientRecord.client_id == app.client_id))
        assert found is not None
        return found


def standing(site: Site, app_id: str) -> ClientMetadata:
    with site.services.sessions() as session:
        return changing.standing(session, str(session.get_one(App, app_id).client_id)).metadata


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def console_post(visitor: Visitor, **fields: str) -> None:
    form = visitor.page.forms["decide-form"]
    response = visitor.client.post(visitor.url, data={**form.fields, **fields}, **visitor._environment())
    visitor.status = response.status_code
