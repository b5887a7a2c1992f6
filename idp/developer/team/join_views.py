"""Coming into a team by the code of an invitation."""

from typing import Any

from flask import Response, make_response, redirect, request

from idp.apps import members
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.developer import words
from idp.developer.deeds import deed
from idp.developer.present import TEAMS, Developer, developer_here, developer_page
from idp.developer.room import blueprint
from idp.extensions import services
from idp.locales import gettext as _

LONGEST_CODE = 64
HOUR_SECONDS = 3600


@blueprint.get("/join")
def join_page() -> Response:
    return _page(developer_here())


@blueprint.post("/join")
def join() -> Response:
    developer = developer_here()
    found = services()
    settings = found.settings.developer
    code = request.form.get("code", "").strip()[:LONGEST_CODE]
    quota = f"team codes {developer.person_id}"
    if not found.throttle.allow(quota, settings.invitation_tries_per_hour, HOUR_SECONDS):
        return _page(developer, error=_("Too many tries. Come back in an hour."), typed=code, status=429)
    try:
        with deed("join-team", developer) as (session, circumstances):
            team = members.accept(
                session, code, developer.person_id, settings=settings, context=circumstances
            )
            to = f"{TEAMS}/{team.id}?said=joined"
    except DeveloperDeedRefused as refused:
        if refused.reason is Refusal.NOT_FOUND:
            text = _("This code is not good: it may be mistyped, used or over. Ask for another one.")
            return _page(developer, errors={"code": text}, typed=code, status=422)
        return _page(developer, error=words.refusal(refused.reason), typed=code, status=422)
    return make_response(redirect(to, 303))


def _page(developer: Developer, *, status: int = 200, **shown: Any) -> Response:
    return developer_page(
        "developer/team/join.html", developer, status=status, **{"errors": {}, "typed": "", **shown}
    )
