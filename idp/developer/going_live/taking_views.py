"""GET /developer/going-live: production takes in what the sandbox has signed, as a draft of a team."""

from typing import Any

from flask import Response, abort, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import apps, membership
from idp.apps.going_live import packages
from idp.apps.going_live.asking import told_of
from idp.apps.going_live.packages import Package, PackageRefused
from idp.apps.kinds import Kind
from idp.apps.making import new_client_id
from idp.apps.models import App, Role, Team
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.going_live import AppPackageTaken
from idp.developer import words
from idp.developer.deeds import deed
from idp.developer.going_live.shown import package_problem
from idp.developer.present import APPS, Developer, developer_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.fields.registration import NO_HOST
from idp.outbound import OutboundFailed

KINDS = frozenset(kind.value for kind in Kind)
TAKEN_AN_HOUR = 20
HOUR_SECONDS = 3600


@blueprint.get("/going-live")
def take_page() -> Response:
    return _page(_here())


@blueprint.post("/going-live")
def take_package() -> Response:
    developer = _here()
    found = services()
    text, team_id = request.form.get("package", ""), request.form.get("team", "")
    if not found.throttle.allow(f"packages {developer.person_id}", TAKEN_AN_HOUR, HOUR_SECONDS):
        return _page(developer, error=_("Too many tries. Come back in an hour."), status=429)
    try:
        package = packages.read(text, found.settings.developer.sandbox_issuer, _json, found.clock())
    except PackageRefused as refused:
        return _page(developer, errors={"package": package_problem(refused)}, typed=text, status=422)
    try:
        with deed("take-package", developer) as (session, circumstances):
            team = session.get(Team, team_id, with_for_update=True)
            role = None
            if team is not None:
                role = membership.role_of(session, team, developer.person_id, circumstances.at)
            if team is None or role is None or not role.includes(Role.DEVELOPER):
                raise DeveloperDeedRefused(Refusal.ROLE)
            app = _draft(session, team, package, developer, circumstances)
            event = AppPackageTaken(developer.person_id, app.id, package.client_id)
            audit.record(session, event, context=circumstances)
            to = f"{APPS}/{app.id}/going-live"
    except DeveloperDeedRefused as why:
        return _page(developer, error=words.refusal(why.reason), typed=text, status=422)
    return make_response(redirect(to, 303))


def _draft(
    session: Session, team: Team, package: Package, developer: Developer, circumstances: AuditContext
) -> App:
    """With an identifier of its own: nobody is known by the same name in both places."""
    told = told_of(package)
    client_id = new_client_id()
    fields = told["metadata"] | {"client_id": client_id, "sector": f"{NO_HOST}{client_id}"}
    kind = package.kind if package.kind in KINDS else Kind.PORTAL.value
    return apps.add(
        session,
        team,
        kind,
        developer.person_id,
        client_id=None,
        told={**told, "metadata": fields, "client_name": str(fields.get("client_name", ""))},
        at_most=services().settings.developer.apps_per_team,
        context=circumstances,
    )


def _here() -> Developer:
    """There is such a page where there is a sandbox to come from, and in none itself."""
    developer, settings = developer_here(), services().settings
    if settings.sandbox or not settings.developer.sandbox_issuer:
        abort(404)
    return developer


def _json(url: str) -> Any:
    try:
        return services().outbound.get(url).json()
    except OutboundFailed as failed:
        raise OSError from failed


def _page(developer: Developer, *, status: int = 200, typed: str = "", **said: Any) -> Response:
    found = services()
    with reading() as session:
        mine = membership.memberships(session, developer.person_id, found.clock())
        teams = [
            {"id": one.team_id, "name": words.name_of(session, one)}
            for one in mine
            if one.role.includes(Role.DEVELOPER)
        ]
    return developer_page(
        "developer/going_live/take.html",
        developer,
        status=status,
        teams=teams,
        typed=typed,
        sandbox_url=f"{found.settings.developer.sandbox_issuer}/developer",
        **{"errors": {}, **said},
    )
