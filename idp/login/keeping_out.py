"""Nobody begins anything on a page from a range of addresses that is blocked.

Who is signed in already goes on as themself, and as nobody else. Staff are not kept out, who alone can take
it back. The answer is the same for everybody: no page of before, no word of why.
"""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, Response, jsonify, make_response, request

from idp import errors, sessions
from idp.audit.events.measures import BlockedRefused
from idp.extensions import reading, services
from idp.login import circumstances
from idp.oidc.endpoints.posted_form import NOTED_AN_HOUR
from idp.oidc.room import provider
from idp.people import directory, documents, phones
from idp.people.resident_number import InvalidNumber

BEGINNINGS: Final = ("/login", "/enrol", "/recover", "/device", "/oauth2/authorize")
ANEW: Final = ("/enrol", "/recover")
"""Where also who is signed in begins something."""
STATUS: Final = 403
NOBODY: Final = ""


def init_app(app: Flask) -> None:
    """After the blueprints: pages of theirs are meant."""
    app.before_request(_keep_out)


def begins(path: str) -> bool:
    return any(_is_under(path, one) for one in BEGINNINGS)


def _is_under(path: str, begin: str) -> bool:
    return path == begin or path.startswith(f"{begin}/")


def _keep_out() -> Response | None:
    if not begins(request.path) or not provider().blocks.cover(request.remote_addr):
        return None
    now = services().clock()
    # Only of who comes from a blocked range does anything have to be looked up.
    signed_in = sessions.sign_in(provider().reads, request.cookies.get(sessions.COOKIE, ""), now)
    if signed_in is not None and _goes_on_as_themself(signed_in.person_id):
        return None
    if services().throttle.allow_from(circumstances.address(), "blocked", NOTED_AN_HOUR, 3600):
        services().audit.append(BlockedRefused("page"), circumstances.context(now))
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error="access_denied"), STATUS)
    return errors.page(STATUS, error="access_denied", words=errors.BLOCKED)


def _goes_on_as_themself(person_id: str) -> bool:
    """Whoever has an account of their own could try others by it. What is proved by other ways than these,
    `admission` looks at."""
    if any(_is_under(request.path, one) for one in ANEW):
        return False
    find = NAMED.get(request.path) if request.method == "POST" else None
    return find is None or find() in (None, person_id)


def _by_number() -> str | None:
    """Whose number was typed; None for what is no number."""
    found = services()
    try:
        document = documents.identify(request.form.get("number", ""), directory.day_in_china(found.clock()))
    except InvalidNumber:
        return None
    with reading() as session:
        person = directory.find_by_number(session, found.index, document.number.value)
    return NOBODY if person is None else person.id


def _by_phone() -> str | None:
    """Whose telephone was typed; None for what is none."""
    try:
        phone = phones.normalise(request.form.get("phone", ""))
    except phones.InvalidPhone:
        return None
    with reading() as session:
        person = directory.find_by_phone(session, services().index, phone)
    return NOBODY if person is None else person.id


NAMED: Final[Mapping[str, Callable[[], str | None]]] = {"/login": _by_number, "/login/sms": _by_phone}
"""Forms that say who somebody is before they have proved it."""
