"""One's own e-mail address: given, confirmed by a code, taken away again."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from idp.account.home_views import home_page, may_change_credentials, signed_in_here, to_home
from idp.account.room import blueprint
from idp.extensions import reading, services, transaction
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login import sms_words
from idp.login.circumstances import context
from idp.login.factors.sms import SentCode
from idp.login.services import login_services
from idp.people import directory, email_addresses
from idp.people.email_addresses import InvalidEmail
from idp.people.sms_checks import TooManyMessages, WrongCode
from idp.sessions import SignIn


@blueprint.get("/account/email")
def email() -> Response:
    signed_in = _who_may_change()
    codes = login_services().sent_codes
    if request.args.get("other") == "1":
        codes.drop(_holder(signed_in))
    return _page(signed_in, codes.find(_holder(signed_in)))


@blueprint.post("/account/email")
def change_email() -> Response:
    signed_in = _who_may_change()
    sent = login_services().sent_codes.find(_holder(signed_in))
    if "remove" in request.form:
        return _remove(signed_in)
    if "email" in request.form:
        return _send(signed_in, request.form["email"])
    if sent is None:
        return _page(signed_in, None, error=_("This code has run out. Ask for another one."), status=422)
    if "resend" in request.form:
        if wait := sent.resend_after(services().clock()):
            return _page(signed_in, sent, wait_seconds=wait, status=429)
        return _send(signed_in, sent.phone)
    return _confirm(signed_in, sent, request.form.get("code", ""))


def _who_may_change() -> SignIn:
    """Portals may know people by their address, so it is guarded as what one signs in with is."""
    signed_in = signed_in_here()
    if services().settings.mail.adapter == "off":
        abort(404)
    if not may_change_credentials(signed_in):
        words = _(
            "To change your e-mail address, sign out, then sign in with your password or a passkey. "
            "A text message alone, or a sign-in of a while ago, is not enough."
        )
        abort(home_page(signed_in, error=words, status=403))
    return signed_in


def _send(signed_in: SignIn, typed: str) -> Response:
    room, now = login_services(), services().clock()
    values = {"email": typed}
    try:
        address = email_addresses.normalise(typed)
    except InvalidEmail:
        errors = {"email": _("This is not an e-mail address. Please check it.")}
        return _page(signed_in, None, errors=errors, values=values, status=422)
    holder = _holder(signed_in)
    try:
        with transaction() as session:
            room.emails.send(
                session,
                signed_in.person_id,
                address,
                holder=holder,
                locale=current_locale(),
                context=context(now),
            )
    except TooManyMessages:
        words = _("Too many mails today. Please try again tomorrow.")
        return _page(signed_in, None, error=words, values=values, status=429)
    room.sent_codes.keep(holder, SentCode(address, now))
    return make_response(redirect(url_for("account.email"), 303))


def _confirm(signed_in: SignIn, sent: SentCode, typed: str) -> Response:
    room, holder = login_services(), _holder(signed_in)
    try:
        room.emails.check(typed, sent.phone, holder=holder)
    except WrongCode as error:
        return _page(signed_in, sent, errors={"code": sms_words.wrong(error.answer)}, status=422)
    found = services()
    with transaction() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is not None and directory.may_sign_in(person):
            email_addresses.set_address(
                session, person, sent.phone, cipher=found.cipher, context=context(found.clock())
            )
    room.sent_codes.drop(holder)
    return to_home()


def _remove(signed_in: SignIn) -> Response:
    with transaction() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is not None:
            circumstances = context(services().clock())
            email_addresses.remove_address(session, person, way="asked", context=circumstances)
    return to_home()


def _holder(signed_in: SignIn) -> str:
    """Of this session alone: what was begun in one browser is not confirmed in another."""
    return f"email:{signed_in.sid}"


def _page(signed_in: SignIn, sent: SentCode | None, *, status: int = 200, **shown: object) -> Response:
    found = services()
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        address = None if person is None else directory.email_of(person, found.cipher)
    page = render_template(
        "account/email.html",
        stage="address" if sent is None else "code",
        address_masked=None if address is None else email_addresses.masked(address),
        sent_to=None if sent is None else sent.phone,
        resend_after=0 if sent is None else sent.resend_after(found.clock()),
        account_url=url_for("account.home"),
        other_url=url_for("account.email", other=1),
        sandbox_messages_url=sms_words.sandbox_messages_url(),
        **shown,
    )
    return make_response(page, status)
