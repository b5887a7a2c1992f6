"""Nobody begins anything on a page from a range of addresses that is blocked.

Who is signed in already is not kept out by it, and neither are staff, who alone can take it back. The answer
is the same for everybody: no page of before, no word of why.
"""

from typing import Final

from flask import Flask, Response, jsonify, make_response, request

from idp import errors, sessions
from idp.audit.events.measures import BlockedRefused
from idp.extensions import services
from idp.login import circumstances
from idp.oidc.endpoints.posted_form import NOTED_AN_HOUR
from idp.oidc.room import provider

BEGINNINGS: Final = ("/login", "/enrol", "/recover", "/device", "/oauth2/authorize")
STATUS: Final = 403


def init_app(app: Flask) -> None:
    """After the blueprints: pages of theirs are meant."""
    app.before_request(_keep_out)


def begins(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in BEGINNINGS)


def _keep_out() -> Response | None:
    if not begins(request.path) or not provider().blocks.cover(request.remote_addr):
        return None
    now = services().clock()
    # Only of who comes from a blocked range does anything have to be looked up.
    if sessions.sign_in(provider().reads, request.cookies.get(sessions.COOKIE, ""), now) is not None:
        return None
    if services().throttle.allow_from(circumstances.address(), "blocked", NOTED_AN_HOUR, 3600):
        services().audit.append(BlockedRefused("page"), circumstances.context(now))
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error="access_denied"), STATUS)
    return errors.page(STATUS, error="access_denied", words=errors.BLOCKED)
