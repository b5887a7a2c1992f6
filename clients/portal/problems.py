"""What a person reads when something went wrong, and what is written down for the developer."""

import logging

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from clients.sdk import (
    AnswerRejected,
    Cancelled,
    LevelTooLow,
    NotStartedHere,
    ProviderUnreachable,
    SignInRefused,
)

log = logging.getLogger("clients.portal")

KINDS: dict[type[SignInRefused], tuple[str, int]] = {
    Cancelled: ("cancelled", 200),
    NotStartedHere: ("not_started", 400),
    ProviderUnreachable: ("unreachable", 503),
    AnswerRejected: ("refused", 502),
    SignInRefused: ("refused", 403),
}
"""Failure -> message and HTTP status."""
HTTP_KINDS = {404: "not_found"}


def init_app(app: Flask) -> None:
    app.register_error_handler(SignInRefused, sign_in_refused)
    app.register_error_handler(LevelTooLow, level_too_low)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)


def sign_in_refused(problem: SignInRefused) -> tuple[str, int, dict[str, str]]:
    kind, status = KINDS[type(problem)]
    log.warning("sign-in refused: %s: %s", problem.error, problem.description)
    # The provider's words hold the reference that its service desk asks for.
    detail = problem.description if kind == "refused" else None
    headers = {"Retry-After": "30"} if status == 503 else {}
    return render_template("message.html", kind=kind, detail=detail), status, headers


def level_too_low(problem: LevelTooLow) -> tuple[str, int]:
    log.warning("sign-in refused: %s", problem)
    return render_template("message.html", kind="too_low"), 403


def http_error(problem: HTTPException) -> tuple[str, int] | Response:
    status = problem.code or 500
    if status < 400:
        return problem.get_response()
    return render_template("message.html", kind=HTTP_KINDS.get(status, "bad_request")), status


def broken(problem: Exception) -> tuple[str, int]:
    log.error("a page failed", exc_info=problem)
    return render_template("message.html", kind="broken"), 500
