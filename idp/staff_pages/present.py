"""Who of the staff is at this browser, for every page of theirs; and what keeps others out."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for

from idp.audit.context import AuditContext
from idp.audit.events.staff import StaffRefused
from idp.browser import browser_digest
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.locales import is_local
from idp.login import circumstances
from idp.staff import sessions as staff_sessions
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn

CONSOLES = ("/staff", "/window", "/security", "/approvals")
"""Where a sign-in may lead on to."""


def current_staff() -> StaffSignIn | None:
    """Asked of the database with each request: roles and status are those of now."""
    now = services().clock()
    secret = request.cookies.get(staff_sessions.COOKIE, "")
    with reading() as session:
        found = staff_sessions.find(session, secret, browser_digest(), now)
    if found is not None and not staff_sessions.is_touched(found, now):
        with transaction() as session:
            staff_sessions.touch(session, found, now, services().settings.staff)
    g.staff_actor = None if found is None else found.staff_id
    return found


def staff_here(*roles: StaffRole) -> StaffSignIn:
    """With one of these roles; any will do where none is named.

    Else the request ends: with the sign-in where nobody is, or with a page that says no."""
    found = current_staff()
    if found is None:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        abort(make_response(redirect(url_for("staff.login", next=here), 303)))
    if roles and not found.has(*roles):
        services().audit.append(StaffRefused(found.staff_id, (request.endpoint or "none")[:64]), context())
        abort(staff_page("staff/refused.html", found, status=403))
    return found


def context(interaction_id: str | None = None) -> AuditContext:
    """Where this request comes from, and which member of staff acts by it."""
    found = circumstances.context(services().clock(), interaction_id)
    return replace(found, actor=g.get("staff_actor"))


def onward(target: str) -> str:
    """Where a sign-in leads: a console of ours, or the first page of staff."""
    path = urlsplit(target).path
    is_ours = is_local(target) and any(path == one or path.startswith(f"{one}/") for one in CONSOLES)
    return target if is_ours else url_for("staff.home")


def staff_page(template: str, signed_in: StaffSignIn | None, *, status: int = 200, **shown: Any) -> Response:
    """A page of staff's: it says who is signed in, and how to leave."""
    if signed_in is not None:
        shown.setdefault("staff", signed_in)
        shown.setdefault("role_words", role_words(signed_in.roles))
    return make_response(render_template(template, **shown), status)


def role_words(roles: frozenset[str] | list[str]) -> list[str]:
    words = {
        StaffRole.SECURITY: _("Security officer"),
        StaffRole.AUDITOR: _("Auditor"),
        StaffRole.OPERATOR: _("Operator"),
        StaffRole.CLERK: _("Clerk"),
        StaffRole.APPROVER: _("Approver of apps"),
    }
    return [text for role, text in words.items() if role in roles]


def to(endpoint: str, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **values), 303))
