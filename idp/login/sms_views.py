"""Signing in with a code by text message: the same pages and words whether the phone is known or not."""

from flask import Response, make_response, redirect, request

from idp.audit import log as audit
from idp.audit.events.credentials import SmsCodeSent
from idp.audit.events.signing_in import SignInRefused
from idp.extensions import reading, services, transaction
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login import admission, day_quota, sms_words
from idp.login.circumstances import context, note_refusal, subject, tried_digest, wait_before
from idp.login.factors import sms
from idp.login.factors.sms import SentCode
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, page
from idp.people import directory, phones
from idp.people.one_time_codes import CodeAnswer
from idp.people.sms_checks import WrongCode
from idp.session_proofs import Proof


@blueprint.get("/login/sms")
def sms_page() -> Response:
    visit = current_visit()
    codes = login_services().sent_codes
    if request.args.get("other") == "1":
        codes.drop(visit.id)
    return _page(visit, codes.find(visit.id))


@blueprint.post("/login/sms")
def sms_check() -> Response:
    visit = current_visit()
    sent = login_services().sent_codes.find(visit.id)
    if "phone" in request.form:
        return _send(visit, request.form["phone"])
    if sent is None:
        return _page(visit, None, error=_("This code has run out. Ask for another one."), status=422)
    if "resend" in request.form:
        if wait := sent.resend_after(services().clock()):
            return _page(visit, sent, wait_seconds=wait, status=429)
        return _send(visit, sent.phone)
    return _check(visit, sent, request.form.get("code", ""))


def _send(visit: Visit, typed: str) -> Response:
    room, now = login_services(), services().clock()
    values = {"phone": typed}
    try:
        phone = phones.normalise(typed)
    except phones.InvalidPhone:
        return _page(visit, None, errors={"phone": sms_words.not_a_phone()}, values=values, status=422)
    circumstances = context(now, visit.id)
    if not room.sms.may_send(phone, circumstances):
        return _page(visit, None, error=sms_words.too_many(), values=values, status=429)
    if not day_quota.may_message(visit, circumstances):
        return _page(visit, None, error=sms_words.none_left_today(), values=values, status=429)
    with reading() as session:
        is_known = directory.find_by_phone(session, services().index, phone) is not None
    with transaction() as session:
        # The same for nobody as for somebody: an event, a code, a row in the log. The worker sends.
        audit.record(session, SmsCodeSent("sign_in"), context=circumstances)
        room.sms.send(
            session,
            phone,
            purpose=sms.PURPOSE,
            holder=visit.id,
            locale=current_locale(),
            context=circumstances,
            really=is_known,
        )
    room.sent_codes.keep(visit.id, SentCode(phone, now))
    return make_response(redirect(visit.url("login.sms_page"), 303))


def _check(visit: Visit, sent: SentCode, typed: str) -> Response:
    found, room = services(), login_services()
    tried = subject(sent.phone, sms.METHOD)
    if seconds := wait_before(tried, visit.id):
        return _page(visit, sent, wait_seconds=seconds, error=_("Too many tries."), status=429)
    with reading() as session:
        person = directory.find_by_phone(session, found.index, sent.phone)
    now = found.clock()
    try:
        room.sms.check(typed, sent.phone, purpose=sms.PURPOSE, holder=visit.id)
        if person is None:
            raise WrongCode(CodeAnswer.WRONG)
    except WrongCode as error:
        refused = SignInRefused(
            reason=error.answer.value,
            method=sms.METHOD,
            person_id=None if person is None else person.id,
            client_id=visit.client_id,
            tried=tried_digest(sent.phone),
        )
        note_refusal(refused, visit.id)
        wait = found.throttle.failed(tried)
        words = sms_words.wrong(error.answer)
        return _page(visit, sent, errors={"code": words}, wait_seconds=wait, status=422)
    found.throttle.succeeded(tried)
    try:
        secret = admission.admit(visit, person.id, Proof(sms.METHOD, sms.LEVEL, now, sms.AMR))
    except admission.NotAdmitted as error:
        return _page(visit, None, error=error.words, status=403)
    room.sent_codes.drop(visit.id)
    return admission.signed_in(visit.lead_on(), secret)


def _page(visit: Visit, sent: SentCode | None, *, status: int = 200, **shown: object) -> Response:
    return page(
        "login/sms.html",
        visit,
        status=status,
        stage="phone" if sent is None else "code",
        phone_masked=None if sent is None else phones.masked(sent.phone),
        resend_after=0 if sent is None else sent.resend_after(services().clock()),
        password_url=visit.url("login.identify"),
        other_phone_url=visit.url("login.sms_page", other=1),
        sandbox_messages_url=sms_words.sandbox_messages_url(),
        **shown,
    )
