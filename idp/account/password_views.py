"""Changing one's password. The present one is asked for; all other sessions end."""

from datetime import datetime

from flask import Response, make_response, render_template, request, url_for

from idp import sessions
from idp.account.home_views import (
    level_here,
    may_change_credentials,
    reaches,
    signed_in_here,
    to_home,
)
from idp.account.passkey_views import ask_for_more
from idp.account.room import blueprint
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.login import password_words
from idp.login.circumstances import context, subject, wait_before
from idp.login.services import login_services
from idp.people import credentials, directory, password_rules
from idp.people.credentials import PasswordWay
from idp.sessions import SignIn

KIND = "password-change"


@blueprint.get("/account/password")
def password() -> Response:
    signed_in = signed_in_here()
    return _page(_has_password(signed_in))


@blueprint.post("/account/password")
def change_password() -> Response:
    signed_in = signed_in_here()
    if not reaches(signed_in):
        return ask_for_more(signed_in)
    found, room = services(), login_services()
    now = found.clock()
    tried = subject(signed_in.person_id, KIND)
    if seconds := wait_before(tried):
        return _page(True, error=_("Too many tries."), wait_seconds=seconds, status=429)
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is None:
            return to_home()
        stored = credentials.stored_password(session, person)
        number = directory.number_of(session, person, found.cipher, directory.day_in_china(now)).number
        phone = directory.phone_of(person, found.cipher)
    if stored is None and not may_change_credentials(signed_in):
        return ask_for_more(signed_in)
    if (
        stored is not None
        and not room.passwords.check(stored.hash, request.form.get("current", "")).is_correct
    ):
        wait = found.throttle.failed(tried)
        errors = {"current": _("The present password is not right.")}
        return _page(True, errors=errors, wait_seconds=wait, status=422)
    found.throttle.succeeded(tried)
    chosen = request.form.get("password", "")
    if chosen != request.form.get("password_again", ""):
        errors = {"password_again": _("The two passwords are not the same.")}
        return _page(stored is not None, errors=errors, status=422)
    if problem := password_rules.problem_with(chosen, number=number, phone=phone):
        errors = {"password": password_words.of(problem)}
        return _page(stored is not None, errors=errors, status=422)
    _keep(signed_in, room.passwords.hash(chosen), now)
    return to_home()


def _keep(signed_in: SignIn, password_hash: str, now: datetime) -> None:
    """And end the person's other sessions. Nothing is kept of an account that was closed meanwhile."""
    with transaction() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is None or not directory.may_sign_in(person):
            return
        credentials.set_password(
            session,
            person,
            password_hash,
            bound_level=level_here(signed_in),
            way=PasswordWay.CHANGE,
            context=context(now),
        )
        sessions.end_all_of(session, person.id, now, but=signed_in.sid)


def _has_password(signed_in: SignIn) -> bool:
    with reading() as session:
        return credentials.changed_at(session, signed_in.person_id) is not None


def _page(has_password: bool, *, status: int = 200, **shown: object) -> Response:
    page = render_template(
        "account/password.html", has_password=has_password, account_url=url_for("account.home"), **shown
    )
    return make_response(page, status)
