"""Errors of the pages: plain words and a reference for the person, the cause for `idp explain`."""

import logging
import traceback
from dataclasses import dataclass

from flask import Flask, Response, abort, g, render_template, request
from werkzeug.exceptions import HTTPException

from idp.browser import CookiesBlocked
from idp.crypto.digests import new_secret
from idp.error_references import NOTHING_SEEN, Cause, Seen, may_be_kept, remember
from idp.extensions import services
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.storage.ephemeral import StoreUnavailable
from idp.storage.outages import OUTAGES

log = logging.getLogger("idp")


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    text: str


WORDS = {
    400: Words(
        gettext_noop("This request could not be read"),
        gettext_noop("Something in the address or the form is missing or wrong. Go back and try again."),
    ),
    403: Words(
        gettext_noop("This form is out of date"),
        gettext_noop("It was opened a while ago or in another window. Reload the page and try again."),
    ),
    404: Words(
        gettext_noop("There is no such page"),
        gettext_noop("The address may be wrong, or the page may have moved. Go back and try again."),
    ),
    413: Words(
        gettext_noop("What was sent is too large"), gettext_noop("Go back and send something smaller.")
    ),
    429: Words(
        gettext_noop("Too many tries"),
        gettext_noop("Please wait a little and try again. Nothing is lost."),
    ),
    500: Words(
        gettext_noop("Something went wrong on our side"),
        gettext_noop("It is not your fault, and nothing is lost. Please try again in a moment."),
    ),
    503: Words(
        gettext_noop("The service cannot be reached right now"),
        gettext_noop("A part of it does not answer. Please come back in a few minutes; nothing is lost."),
    ),
}

WAYS_BACK = {
    "security": ("/security", gettext_noop("To the security desk")),
    "staff": ("/staff", gettext_noop("To the first page of staff")),
    "developer": ("/developer", gettext_noop("To the developers' console")),
    "docs": ("/docs", gettext_noop("To the documentation")),
    "window": ("/window", gettext_noop("To the service window")),
}
"""By how an address begins: where those go on whom an account here does not help."""
TO_ACCOUNT = ("/", gettext_noop("My account"))

BLOCKED = Words(
    gettext_noop("You cannot sign in from this network at the moment"),
    gettext_noop(
        "There were attacks from it. Try again later or from another network, such as your telephone's. At a "
        "service window a clerk can help you, too."
    ),
)


def init_app(app: Flask) -> None:
    app.before_request(_name_request)
    app.before_request(_names_something)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CookiesBlocked, _cookies_blocked)
    for kind in OUTAGES:
        app.register_error_handler(kind, _outage)
    app.register_error_handler(Exception, _failed)


def _names_something() -> None:
    """What no address of ours holds: a line break would end a header that leads back there, and a database
    refuses NUL."""
    if any(isinstance(part, str) and not part.isprintable() for part in (request.view_args or {}).values()):
        abort(404)


def request_id() -> str:
    """Names this request in the log, the audit log and error references."""
    if "request_id" not in g:
        g.request_id = new_secret(12)
    return str(g.request_id)


def page(
    status: int,
    *,
    error: str,
    description: str = "",
    detail: str = "",
    client_id: str = "",
    words: Words | None = None,
    seen: Seen = NOTHING_SEEN,
) -> Response:
    """The error page for `status`, in its words or in others; the rest is for `idp explain` alone."""
    words = words or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    back_url, back_label = WAYS_BACK.get(request.path.split("/", 2)[1], TO_ACCOUNT)
    reference = _remember(error, description or words.title, detail, client_id, seen)
    body = render_template(
        "errors/error.html",
        status=status,
        title=_(words.title),
        text=_(words.text),
        reference=reference,
        is_of_protocol=bool(client_id) or seen is not NOTHING_SEEN,
        back_url=back_url,
        back_label=_(back_label),
    )
    return Response(body, status=status, mimetype="text/html")


def _name_request() -> None:
    request_id()


def _refused(problem: HTTPException) -> Response:
    if problem.code is None or problem.code < 400:
        return Response(status=problem.code or 500, headers=problem.get_headers())
    answer = page(problem.code, error=type(problem).__name__)
    if (allowed := getattr(problem, "valid_methods", None)) is not None:
        answer.headers["Allow"] = ", ".join(allowed)
    return answer


def _cookies_blocked(_problem: CookiesBlocked) -> Response:
    # The page that the form came from sets the cookie again, should it only have run out.
    body = render_template("login/cookies.html", retry_url=request.full_path.rstrip("?"), portal_url=None)
    return Response(body, status=400, mimetype="text/html")


def _outage(problem: Exception) -> Response:
    _log(problem)
    answer = page(503, error=type(problem).__name__, detail=_where(problem))
    answer.headers["Retry-After"] = "30"
    return answer


def _failed(problem: Exception) -> Response:
    _log(problem)
    return page(500, error=type(problem).__name__, detail=_where(problem))


def _log(problem: Exception) -> None:
    # Places and types, never the exception's text: it may quote what a person typed.
    log.error("request %s: %s at %s", request_id(), type(problem).__name__, _where(problem))


def _where(problem: Exception) -> str:
    """Where it was raised: the last places in our own code, innermost last."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if "/idp/" in f.filename]
    return " > ".join(f"{f.filename.rpartition('/idp/')[2]}:{f.lineno}" for f in frames[-4:])


def _remember(error: str, description: str, detail: str, client_id: str, seen: Seen) -> str | None:
    found = services()
    cause = Cause(
        at=found.clock(),
        where=request.endpoint or "none",
        error=error,
        description=description,
        detail=detail,
        client_id=client_id,
        request_id=request_id(),
        seen=seen,
    )
    try:
        if may_be_kept(found.throttle, request.remote_addr or ""):
            return remember(found.store, cause)
    except StoreUnavailable:
        pass
    # In place of a reference: where something is broken, the log has it.
    return request_id()
