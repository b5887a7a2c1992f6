"""`/developer/apps/<app_id>/requests`: what an app asked and was answered, the newest first.

Noted for half an hour when a developer of the team switches it on. Reading changes nothing and shows nobody's
data outside of the sandbox, so it is no event of its own; switching is.
"""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from flask import Response, abort, make_response, redirect, request

from idp.apps.models import Role
from idp.audit import log as audit
from idp.audit.events.developers import AppUnwatched, AppWatched
from idp.china_time import CHINA_TIME
from idp.developer import diagnosed
from idp.developer.deeds import deed, held_app
from idp.developer.present import AppHere, app_here, developer_page
from idp.developer.room import blueprint
from idp.doctor.diagnosis import diagnose
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.inspection import watching
from idp.oidc.inspection.watched import KEPT_AT_MOST, Watched
from idp.oidc.inspection.watching import MINUTES
from idp.oidc.room import provider

REFRESH_SECONDS: Final = 5
LISTED_AT_ONCE: Final = 50
FAILED, LIVE, ALL = "failed", "live", "all"
OUTCOMES = {
    "code": lambda: _("Code sent back"),
    "page": lambda: _("On to a page of ours"),
    "signed-out": lambda: _("Signed out"),
}
"""What came of a request, where no answer with JSON says so."""


@blueprint.get("/apps/<app_id>/requests")
def app_requests(app_id: str) -> Response:
    here = app_here(app_id)
    client_id = _client_of(here)
    now = services().clock()
    with reading() as session:
        until = watching.until(session, client_id, now)
    failed_alone, is_live = FAILED in request.args, LIVE in request.args and until is not None
    found = provider().inspector.recent(client_id, failed_alone=failed_alone)
    listed = list(islice(found, KEPT_AT_MOST if ALL in request.args else LISTED_AT_ONCE))
    page = developer_page(
        "developer/requests/requests.html",
        here,
        until=until,
        minutes=MINUTES,
        may_watch=here.may(Role.DEVELOPER),
        failed_alone=failed_alone,
        is_live=is_live,
        is_all=ALL in request.args,
        has_more=ALL not in request.args and len(listed) == LISTED_AT_ONCE,
        refresh_seconds=REFRESH_SECONDS,
        requests=[_line(here, one) for one in listed],
    )
    if is_live:
        # Works without JavaScript, and ends when the page is left.
        page.headers["Refresh"] = str(REFRESH_SECONDS)
    return page


@blueprint.get("/apps/<app_id>/requests/<int:number>")
def app_request(app_id: str, number: int) -> Response:
    here = app_here(app_id)
    client_id = _client_of(here)
    found = provider().inspector.one(client_id, number) if number < 10**12 else None
    if found is None:
        abort(404)
    diagnosis = diagnose(found.cause, provider().clients.known(client_id))
    told = diagnosed.shown(diagnosis, here.path)
    return developer_page(
        "developer/requests/request.html",
        here,
        one=_line(here, found),
        list_url=f"{here.path}/requests",
        detail=diagnosed.detail_of(found.cause, diagnosis.case) or None,
        address=found.address or None,
        answer=_members(found.answer),
        diagnosis=told if found.has_failed else None,
        parameters=told["parameters"],
    )


@blueprint.post("/apps/<app_id>/requests/watch")
def watch_requests(app_id: str) -> Response:
    return _turn(app_here(app_id, Role.DEVELOPER), is_on=True)


@blueprint.post("/apps/<app_id>/requests/stop")
def stop_watching(app_id: str) -> Response:
    return _turn(app_here(app_id, Role.DEVELOPER), is_on=False)


def _turn(here: AppHere, *, is_on: bool) -> Response:
    client_id, by = _client_of(here), here.developer.person_id
    with deed("watch-requests", here) as (session, circumstances):
        app = held_app(session, here, Role.DEVELOPER)
        if is_on:
            watching.watch(session, client_id, circumstances.at)
            audit.record(session, AppWatched(by, app.id, client_id), context=circumstances)
        else:
            watching.stop(session, client_id)
            audit.record(session, AppUnwatched(by, app.id, client_id), context=circumstances)
    provider().clients.forget(client_id)
    return make_response(redirect(f"{here.path}/requests", 303))


def _client_of(here: AppHere) -> str:
    """A draft has no requests."""
    if here.client_id is None:
        abort(404)
    return here.client_id


def _line(here: AppHere, one: Watched) -> dict[str, Any]:
    cause = one.cause
    return {
        "url": f"{here.path}/requests/{one.number}",
        "at": cause.at,
        "time": cause.at.astimezone(CHINA_TIME).strftime("%H:%M:%S"),
        "method": cause.seen.method,
        "path": cause.seen.path,
        "status": one.status,
        "has_failed": one.has_failed,
        "outcome": f"{cause.error} ({cause.description})" if one.has_failed else _outcome(one),
        "milliseconds": one.milliseconds,
    }


def _outcome(one: Watched) -> str:
    words = OUTCOMES.get(one.cause.description)
    return words() if words is not None else _("Answered")


def _members(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for name, value in answer.items()
    ]
