"""Proving that the number is one's own. The ways follow from what was typed, never from what is known."""

from flask import Response, request

from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login import sms_words
from idp.login.circumstances import context
from idp.login.enrolment.place import Place, current_place
from idp.login.factors.sms import SentCode
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.people import directory
from idp.people.daily_tries import TooManyTries
from idp.people.enrolment import Step, Way, next_step, ways
from idp.people.enrolment_bindings import RegisterSilent
from idp.people.sms_checks import WrongCode


@blueprint.get("/enrol/binding")
def enrol_binding() -> Response:
    place = current_place()
    if next_step(place.enrolment) is not Step.BINDING:
        return place.go()
    if request.args.get("other") == "1":
        login_services().sent_codes.drop(_holder(place))
    return _page(place)


@blueprint.post("/enrol/binding")
def enrol_bind() -> Response:
    place = current_place()
    chosen = request.form.get("way", "")
    if chosen == Way.REGISTER_PHONE:
        return _ask_register_phone(place)
    if chosen == Way.ACTIVATION_CODE:
        return _use_activation_code(place)
    if chosen == Way.ACCOUNT_PHONE:
        login_services().bindings.use_account_phone(place.held, services().clock())
        return place.go()
    if "resend" in request.form:
        return _resend(place)
    return _confirm_register_phone(place)


def _ask_register_phone(place: Place) -> Response:
    now = services().clock()
    try:
        held = login_services().bindings.ask_register_phone(
            place.held, locale=current_locale(), context=context(now, place.interaction_id)
        )
    except TooManyTries:
        words = _("Too many tries. Choose another way, or start again.")
        return _page(place, error=words, status=429)
    except RegisterSilent:
        words = _(
            "The population register does not answer at the moment. Come back later or use another way."
        )
        return _page(place, error=words, status=503)
    if next_step(held.enrolment) is Step.BINDING:
        # Which phone it is stays with the desk: the page must not show that there is one.
        login_services().sent_codes.keep(_holder(place), SentCode("", now))
        return place.go("login.enrol_binding")
    return place.go()


def _resend(place: Place) -> Response:
    sent = login_services().sent_codes.find(_holder(place))
    wait = 0 if sent is None else sent.resend_after(services().clock())
    return _page(place, wait_seconds=wait, status=429) if wait else _ask_register_phone(place)


def _confirm_register_phone(place: Place) -> Response:
    bindings, code = login_services().bindings, request.form.get("code", "")
    try:
        bindings.confirm_register_phone(place.held, code, services().clock())
    except WrongCode as error:
        return _page(place, errors={"code": sms_words.wrong(error.answer)}, status=422)
    return place.go()


def _use_activation_code(place: Place) -> Response:
    typed = request.form.get("activation_code", "")
    circumstances = context(services().clock(), place.interaction_id)
    try:
        login_services().bindings.use_activation_code(place.held, typed, context=circumstances)
    except WrongCode:
        words = _("This code is not right for this number, or it was used before.")
        return _page(place, errors={"activation_code": words}, status=422)
    except TooManyTries:
        words = _("Too many tries. Start again, or ask the clerk for a new code.")
        return _page(place, error=words, status=429)
    return place.go()


def _page(place: Place, *, status: int = 200, **shown: object) -> Response:
    now = services().clock()
    offered = ways(place.enrolment, directory.day_in_china(now))
    sent = login_services().sent_codes.find(_holder(place))
    face_works = login_services().faces.is_available()
    unavailable = _("The face check is out of service just now. The other ways are open.")
    return place.page(
        "login/enrol_binding.html",
        status=status,
        stage="choose" if sent is None else "phone_code",
        face_url=place.url("login.enrol_face") if Way.FACE in offered and face_works else None,
        face_unavailable=unavailable if Way.FACE in offered and not face_works else None,
        register_phone=Way.REGISTER_PHONE in offered,
        activation=Way.ACTIVATION_CODE in offered,
        account_phone=Way.ACCOUNT_PHONE in offered,
        resend_after=0 if sent is None else sent.resend_after(now),
        other_ways_url=place.url("login.enrol_binding", other=1),
        sandbox_messages_url=sms_words.sandbox_messages_url(),
        **shown,
    )


def _holder(place: Place) -> str:
    return f"{place.enrolment.id}:register"
