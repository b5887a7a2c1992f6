"""The addresses by which programs choose outcomes: docs/sandbox-outcomes.md."""

import json
from typing import Any

from flask import Response, request
from sqlalchemy import select

from idp.apps.membership import may_have_programs
from idp.apps.models import App, Team
from idp.audit.context import AuditContext
from idp.audit.events.sandbox import SandboxOutcomesChosen, SandboxOutcomesEnded
from idp.browser import csrf_exempt
from idp.errors import request_id
from idp.extensions import reading, services
from idp.sandbox.outcomes import state
from idp.sandbox.outcomes.scripts import ScriptInvalid
from idp.sandbox.room import blueprint
from idp.sandbox.services import sandbox_services

PROGRAM = "program"
BODY_BYTES_AT_MOST = 4096
AN_HOUR, HOUR_SECONDS = 1200, 3600
"""Choices of one app: each is an event, which the log keeps for years."""
FIELDS = frozenset({"outcomes", "sign_ins", "seconds"})


class Refused(Exception):
    """Answered as JSON."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status, self.error, self.description = status, error, description


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    response = _json({"error": error.error, "error_description": error.description}, error.status)
    if error.status == 401:
        # RFC 6750 section 3
        response.headers["WWW-Authenticate"] = f'Bearer error="{error.error}"'
    return response


@blueprint.get("/sandbox/outcomes")
def outcomes_catalogue() -> Response:
    return _json(state.catalogue())


@blueprint.get("/sandbox/apps/<client_id>/outcomes")
def outcomes_state(client_id: str) -> Response:
    _check_token(client_id)
    return _json(state.state(sandbox_services().scripts, client_id))


@blueprint.put("/sandbox/apps/<client_id>/outcomes")
@csrf_exempt
def choose_outcomes(client_id: str) -> Response:
    _check_token(client_id)
    if not services().throttle.allow(f"outcomes of an app:{client_id}", AN_HOUR, HOUR_SECONDS):
        raise Refused(429, "too_many_requests", f"{AN_HOUR} choices in an hour, no more.")
    names, sign_ins, seconds = _asked()
    found, scripts = services(), sandbox_services().scripts
    try:
        scripts.put(client_id, names, sign_ins=sign_ins, seconds=seconds)
    except ScriptInvalid as error:
        raise Refused(422, "invalid_script", str(error)) from None
    event = SandboxOutcomesChosen(client_id=client_id, outcomes=names, by=PROGRAM)
    found.audit.append(event, _context())
    return _json(state.state(scripts, client_id))


@blueprint.delete("/sandbox/apps/<client_id>/outcomes")
@csrf_exempt
def end_outcomes(client_id: str) -> Response:
    _check_token(client_id)
    found = services()
    if sandbox_services().scripts.end(client_id):
        found.audit.append(SandboxOutcomesEnded(client_id=client_id, by=PROGRAM), _context())
    return Response(status=204)


def _check_token(client_id: str) -> None:
    """Raises Refused: the same whatever is wrong with it."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    token = sandbox_services().app_tokens.opens(client_id, text) if scheme.lower() == "bearer" else None
    if token is None or not _is_still_in_the_team(client_id, token.made_by):
        raise Refused(401, "invalid_token", "The test token is not known for this app.")


def _is_still_in_the_team(client_id: str, person_id: str | None) -> bool:
    """Who leaves takes nothing along, nor does who may only look on from now on. Asked at each request, as on
    the pages. Tokens of the operator are nobody's."""
    if person_id is None:
        return True
    with reading() as session:
        app = session.scalar(select(App).where(App.client_id == client_id))
        team = None if app is None else session.get(Team, app.team_id)
        return team is not None and may_have_programs(session, team, person_id, services().clock())


def _asked() -> tuple[tuple[str, ...], int | None, int | None]:
    """Raises Refused."""
    if request.mimetype != "application/json":
        raise Refused(415, "invalid_script", "The body must be application/json.")
    if (request.content_length or 0) > BODY_BYTES_AT_MOST:
        raise Refused(413, "invalid_script", "The body is too large.")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or not body.keys() <= FIELDS:
        raise Refused(422, "invalid_script", f"The body is an object with {', '.join(sorted(FIELDS))}.")
    names, sign_ins, seconds = body.get("outcomes"), body.get("sign_ins", 1), body.get("seconds")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refused(422, "invalid_script", "outcomes: a list of names.")
    if not all(number is None or type(number) is int for number in (sign_ins, seconds)):
        raise Refused(422, "invalid_script", "sign_ins, seconds: whole numbers, or null.")
    return tuple(names), sign_ins, seconds


def _context() -> AuditContext:
    """Of a program, which is no browser."""
    found = services()
    return AuditContext(
        at=found.clock(),
        request_id=request_id(),
        address=found.addresses.recorded(request.remote_addr),
        caller=request.remote_addr or None,
    )


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
