"""What follows when staff have shown who they are: a new session, the event, the cookie."""

from datetime import datetime

from flask import Response, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.events.staff import StaffSignedIn, StaffSignInDelayed, StaffSignInRefused
from idp.browser import browser_digest
from idp.crypto.digests import digest
from idp.extensions import services
from idp.login import circumstances
from idp.staff import sessions as staff_sessions
from idp.storage.throttle import Subject

REFUSALS_OF_ONE_ADDRESS = 1000
"""In an hour, in the audit log: an office may share one address."""


def open_session(session: Session, staff_id: str, methods: tuple[str, ...], now: datetime) -> str:
    """In this transaction; the cookie's secret. Whatever session of staff this browser had ends."""
    staff_sessions.end_by_secret(session, request.cookies.get(staff_sessions.COOKIE, ""))
    opened, secret = staff_sessions.open(
        session, staff_id, browser_digest(), methods, now=now, settings=services().settings.staff
    )
    event = StaffSignedIn(staff_id, methods, digest(opened.sid))
    audit.record(session, event, context=circumstances.context(now))
    return secret


def signed_in(location: str, secret: str) -> Response:
    """Lead on. The cookie goes when the browser closes, and with no request that another site begins."""
    response = make_response(redirect(location, 303))
    response.set_cookie(
        staff_sessions.COOKIE, secret, secure=True, httponly=True, samesite="Strict", path="/"
    )
    return response


def wait_before(tried: Subject) -> int:
    """0 to go on, else the seconds to wait; a delay is an event."""
    seconds = services().throttle.wait(tried)
    if seconds and log_has_room():
        event = StaffSignInDelayed(tried.kind, seconds)
        services().audit.append(event, circumstances.context(services().clock()))
    return seconds


def note_refusal(reason: str, method: str, staff_id: str | None) -> None:
    if log_has_room():
        event = StaffSignInRefused(reason, method, staff_id)
        services().audit.append(event, circumstances.context(services().clock()))


def log_has_room() -> bool:
    """What one may cause again and again without getting any further is not written down without end."""
    allow = services().throttle.allow_from
    return allow(circumstances.address(), "staff refusals", REFUSALS_OF_ONE_ADDRESS, 3600)
