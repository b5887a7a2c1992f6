"""Signing in: number of service, password and the code of the app on one page; or a passkey alone.

Nothing says which of the three was wrong, or whether there is such a number.
"""

from flask import Response, jsonify, request, url_for

from idp.browser import browser_digest
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.login.circumstances import subject
from idp.login.factors import passkey
from idp.login.factors.passkey import PasskeyRefused, UsedPasskey
from idp.login.services import login_services
from idp.people.passwords import Passwords
from idp.staff import accounts, means
from idp.staff.models import StaffAccount, StaffPasskey, StaffStatus
from idp.staff_pages import admission
from idp.staff_pages.present import context, current_staff, onward, staff_page, to
from idp.staff_pages.room import blueprint, staff_services

KIND = "staff"
CODES_OF_ONE_ACCOUNT = 30
"""A day, beside the right password: more than anybody needs, and guesses get in once in 11,000 days. After
that there is the passkey, or another officer who resets the account: the password is known to somebody."""
DAY = 86400


@blueprint.get("/staff/login")
def login() -> Response:
    if current_staff() is not None:
        return to("staff.home")
    return _page()


@blueprint.post("/staff/login")
def sign_in() -> Response:
    found = services()
    typed = request.form.get("staff_number", "")
    tried = subject(_account_of(typed), KIND)
    values = {"staff_number": typed}
    if seconds := admission.wait_before(tried):
        return _page(error=_("Too many tries."), wait_seconds=seconds, values=values, status=429)
    with reading() as session:
        candidate = means.candidate(session, found.cipher, typed)
    now = found.clock()
    passwords: Passwords = login_services().passwords
    code = request.form.get("code", "")
    shown = means.check(
        passwords, candidate, request.form.get("password", ""), code, now, may_try=_may_try_a_code
    )
    secret = None
    if shown is not None:
        with transaction() as session:
            # Of two who show one code, one is let in (RFC 6238 section 5.2).
            if means.take(session, shown):
                secret = admission.open_session(session, shown.staff_id, means.METHODS, now)
    if secret is None:
        admission.note_refusal("wrong", means.PASSWORD_AND_TOTP, candidate.staff_id)
        wait = found.throttle.failed(tried)
        words = _("Number, password or code is not right. A code counts once: wait for the next one.")
        return _page(error=words, wait_seconds=wait, values=values, status=422)
    found.throttle.succeeded(tried)
    return admission.signed_in(onward(request.args.get("next", "")), secret)


@blueprint.post("/staff/login/passkey/options")
def passkey_options() -> Response:
    return jsonify(staff_services().passkeys.request_options(browser_digest()))


@blueprint.post("/staff/login/passkey")
def passkey_sign_in() -> Response:
    found = services()
    tried = subject(browser_digest(), f"{KIND}-passkey")
    if seconds := admission.wait_before(tried):
        return _page(error=_("Too many tries."), wait_seconds=seconds, status=429)
    stored: StaffPasskey | None = None
    try:
        stored, used = _checked(request.form.get("credential", ""))
        secret = _admitted(stored, used)
    except PasskeyRefused as error:
        admission.note_refusal(error.reason, passkey.METHOD, None if stored is None else stored.staff_id)
        wait = found.throttle.failed(tried)
        words = _("This passkey was not recognised. Choose another one, or another way.")
        return _page(error=words, wait_seconds=wait, status=422)
    found.throttle.give_back(tried)
    return admission.signed_in(onward(request.args.get("next", "")), secret)


@blueprint.get("/staff/login/passkey")
def passkey_page() -> Response:
    """A reload, or the language switch, on the page that followed a refused passkey."""
    return to("staff.login")


def _checked(text: str) -> tuple[StaffPasskey, UsedPasskey]:
    ceremonies = staff_services().passkeys
    credential_id = ceremonies.credential_id(text)
    with reading() as session:
        stored = means.find_passkey(session, credential_id)
    used = ceremonies.used(text, browser_digest(), stored)
    if stored is None:  # `used` has raised already
        raise PasskeyRefused("unknown")
    return stored, used


def _admitted(stored: StaffPasskey, used: UsedPasskey) -> str:
    """The session's secret. Raises PasskeyRefused."""
    now = services().clock()
    with transaction() as session:
        row = session.get(StaffPasskey, stored.id)
        account = accounts.locked(session, stored.staff_id)
        if row is None or not _is_active(account):
            refused: str | None = "not_active"
        else:
            copied = not means.passkey_used(
                session, row, sign_count=used.sign_count, backed_up=used.backed_up, context=context()
            )
            refused = "cloned" if copied else None
        secret = None if refused else admission.open_session(session, stored.staff_id, used.amr, now)
    if secret is None:
        raise PasskeyRefused(refused or "wrong")
    return secret


def _is_active(account: StaffAccount | None) -> bool:
    return account is not None and account.status == StaffStatus.ACTIVE


def _may_try_a_code(staff_id: str) -> bool:
    limit = CODES_OF_ONE_ACCOUNT
    if services().throttle.allow(f"staff codes {staff_id}", limit, DAY) or staff_id == means.NOBODY:
        return True
    admission.note_refusal("codes", means.PASSWORD_AND_TOTP, staff_id)
    return False


def _account_of(typed: str) -> str:
    """What is counted: the same for every way of typing one number."""
    try:
        return accounts.normalise(typed)
    except accounts.StaffNumberWrong:
        return typed[:64]


def _page(*, status: int = 200, **shown: object) -> Response:
    following = request.args.get("next") or None
    return staff_page(
        "staff/login.html",
        None,
        status=status,
        action=url_for("staff.sign_in", next=following),
        passkey={
            "options_url": url_for("staff.passkey_options"),
            "action": url_for("staff.passkey_sign_in", next=following),
        },
        activate_url=url_for("staff.activate"),
        **shown,
    )
