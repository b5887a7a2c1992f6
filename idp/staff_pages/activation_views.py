"""The first sign-in: a one-time code, then a password with an authenticator app, or a passkey."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from idp.audit.events.staff import StaffActivationRefused
from idp.browser import browser_digest
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.login import circumstances, password_words, qr
from idp.login.circumstances import subject
from idp.login.factors.passkey import PasskeyRefused
from idp.login.services import login_services
from idp.people import directory, documents, password_rules
from idp.people.passkeys import PasskeyKnown, TooManyPasskeys
from idp.staff import accounts, means, totp
from idp.staff.models import StaffAccount
from idp.staff_pages import admission
from idp.staff_pages.activation import Activation, Activations
from idp.staff_pages.present import context, staff_page, to
from idp.staff_pages.room import blueprint, staff_services

KIND = "staff-activation"
ISSUER = "Yitong"
WAY = "activation"


Keep = Callable[[Session, StaffAccount], tuple[str, ...]]
"""Keeps what was chosen, in a transaction; how they are signed in by that."""


class _Gone(Exception):
    """The code was used, replaced or has expired meanwhile."""


@blueprint.get("/staff/activate")
def activate() -> Response:
    return _code_page()


@blueprint.post("/staff/activate")
def check_code() -> Response:
    found, typed = services(), request.form.get("staff_number", "")
    tried = subject(typed.strip().upper()[:64], KIND)
    values = {"staff_number": typed}
    if seconds := admission.wait_before(tried):
        return _code_page(error=_("Too many tries."), wait_seconds=seconds, values=values, status=429)
    now = found.clock()
    with reading() as session:
        account = accounts.find(session, typed)
    right = account is not None and staff_services().accounts.code_is_right(
        account, request.form.get("code", ""), now
    )
    if account is None or account.activation_digest is None or not right:
        if admission.log_has_room():
            event = StaffActivationRefused("wrong", None if account is None else account.id)
            found.audit.append(event, circumstances.context(now))
        wait = found.throttle.failed(tried)
        words = _("Number or code is not right, or the code has expired. Ask for another one.")
        return _code_page(error=words, wait_seconds=wait, values=values, status=422)
    found.throttle.succeeded(tried)
    begun = _activations().begin(account.id, account.activation_digest, browser_digest())
    return to("staff.choose_means", at=begun.handle)


@blueprint.get("/staff/activate/means")
def choose_means() -> Response:
    begun = _current()
    return _code_page() if begun is None else _means_page(begun)


@blueprint.post("/staff/activate/means")
def set_means() -> Response:
    begun = _current()
    if begun is None:
        return _over()
    now = services().clock()
    chosen, code = request.form.get("password", ""), request.form.get("code", "")
    errors = _password_errors(begun, chosen, now)
    step = totp.step_of(begun.secret, code, now, last=None)
    if step is None:
        errors["code"] = _("This is not the code that the app shows now. Is the phone's clock right?")
    if errors or step is None:
        return _means_page(begun, errors=errors, status=422)
    password_hash = login_services().passwords.hash(chosen)

    def keep(session: Session, account: StaffAccount) -> tuple[str, ...]:
        means.set_password_and_totp(
            session,
            account,
            password_hash,
            begun.secret,
            step,
            cipher=services().cipher,
            way=WAY,
            context=context(),
        )
        return means.METHODS

    return _finished(begun, keep, now)


@blueprint.post("/staff/activate/passkey/options")
def activation_passkey_options() -> Response:
    begun = _current()
    if begun is None:
        return Response(status=404)
    with reading() as session:
        account = session.get_one(StaffAccount, begun.staff_id)
    options = staff_services().passkeys.creation_options(
        browser_digest(), handle=account.id, name=account.staff_number, existing=[]
    )
    return jsonify(options)


@blueprint.post("/staff/activate/passkey")
def activate_by_passkey() -> Response:
    begun = _current()
    if begun is None:
        return _over()
    now = services().clock()
    try:
        new = staff_services().passkeys.bound(
            request.form.get("credential", ""),
            browser_digest(),
            handle=begun.staff_id,
            label=request.form.get("label", "").strip() or _("Passkey"),
        )

        def keep(session: Session, account: StaffAccount) -> tuple[str, ...]:
            means.add_passkey(session, account, new, way=WAY, context=context())
            return ("user",)

        return _finished(begun, keep, now)
    except (PasskeyRefused, PasskeyKnown, TooManyPasskeys):
        return _means_page(begun, error=_("The passkey was not added. Please try again."), status=422)


@blueprint.get("/staff/activate/passkey")
def activation_passkey_page() -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to("staff.choose_means", at=request.args.get("at"))


def _finished(begun: Activation, keep: Keep, now: datetime) -> Response:
    try:
        with transaction() as session:
            account = accounts.locked(session, begun.staff_id)
            # The code is used up with this; one that was made meanwhile takes this one's place.
            if account is None or not accounts.awaits_activation(account, now):
                raise _Gone
            if account.activation_digest != begun.code_digest or not _activations().end(begun):
                raise _Gone
            methods = keep(session, account)
            secret = admission.open_session(session, account.id, methods, now)
    except _Gone:
        return _over()
    return admission.signed_in(url_for("staff.home"), secret)


def _password_errors(begun: Activation, chosen: str, now: datetime) -> dict[str, str]:
    if chosen != request.form.get("password_again", ""):
        return {"password_again": _("The two passwords are not the same.")}
    found = services()
    with reading() as session:
        account = session.get_one(StaffAccount, begun.staff_id)
        own = found.cipher.open_text(account.own_number_sealed, context=f"{accounts.OWN_NUMBER}:{account.id}")
    number = documents.identify(own, directory.day_in_china(now)).number
    problem = password_rules.problem_with(chosen, number=number)
    return {} if problem is None else {"password": password_words.of(problem)}


def _activations() -> Activations:
    found = services()
    return Activations(found.store, found.cipher)


def _current() -> Activation | None:
    return _activations().find(request.args.get("at", ""), browser_digest())


def _over() -> Response:
    words = _("That took too long, or another code was made meanwhile. Begin again.")
    return _code_page(error=words, status=410)


def _code_page(*, status: int = 200, **shown: object) -> Response:
    return staff_page(
        "staff/activate.html",
        None,
        status=status,
        action=url_for("staff.check_code"),
        sign_in_url=url_for("staff.login"),
        **shown,
    )


def _means_page(begun: Activation, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        account = session.get_one(StaffAccount, begun.staff_id)
    address = totp.address(begun.secret, account.staff_number, ISSUER)
    shown_secret = totp.shown(begun.secret)
    return staff_page(
        "staff/means.html",
        None,
        status=status,
        action=url_for("staff.set_means", at=begun.handle),
        staff_number=account.staff_number,
        qr=qr.svg_uri(address),
        secret=" ".join(shown_secret[start : start + 4] for start in range(0, len(shown_secret), 4)),
        passkey={
            "options_url": url_for("staff.activation_passkey_options", at=begun.handle),
            "action": url_for("staff.activate_by_passkey", at=begun.handle),
        },
        **shown,
    )
