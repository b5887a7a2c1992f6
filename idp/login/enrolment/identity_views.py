"""Opening an account, and getting back into one: phone, then number and name. Nothing is told yet."""

from flask import Response, make_response, redirect, request

from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login import number_words, sms_words
from idp.login.circumstances import context
from idp.login.enrolment import words
from idp.login.enrolment.place import Place, begin, current_place, living_visit, start_for_our_own_pages
from idp.login.enrolment.words import Words
from idp.login.factors.sms import SentCode
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, page
from idp.people import names, phones
from idp.people.daily_tries import TooManyTries
from idp.people.enrolment import Purpose, Step, next_step
from idp.people.resident_number import InvalidNumber
from idp.people.settlement import Outcome
from idp.people.sms_checks import TooManyMessages, WrongCode

PAGES = {
    Step.PHONE: "login.enrol",
    Step.NUMBER: "login.enrol_identity",
    Step.BINDING: "login.enrol_binding",
    Step.NAME: "login.enrol_name",
    Step.CREDENTIAL: "login.enrol_credentials",
    Step.DONE: "login.enrol_credentials",
}


@blueprint.get("/enrol")
def enrol() -> Response:
    if request.args.get("enrolment"):
        place = current_place()
        codes = login_services().sent_codes
        if request.args.get("other") == "1":
            codes.drop(place.enrolment.id)
        return _phone_page(place.visit, place, codes.find(place.enrolment.id))
    visit = living_visit()
    if visit is None:
        started = start_for_our_own_pages()
        return make_response(redirect(started.url("login.enrol", flow=_purpose().value), 303))
    return _phone_page(visit, None, None)


@blueprint.post("/enrol")
def enrol_phone() -> Response:
    if not request.args.get("enrolment"):
        return _send(None, current_visit(), request.form.get("phone", ""))
    place = current_place()
    sent = login_services().sent_codes.find(place.enrolment.id)
    if "phone" in request.form:
        return _send(place, place.visit, request.form["phone"])
    if sent is None:
        return _phone_page(place.visit, place, None, status=422)
    if "resend" in request.form:
        if wait := sent.resend_after(services().clock()):
            return _phone_page(place.visit, place, sent, wait_seconds=wait, status=429)
        return _send(place, place.visit, sent.phone)
    try:
        desk, code = login_services().desk, request.form.get("code", "")
        desk.confirm_phone(place.held, sent.phone, code, services().clock())
    except WrongCode as error:
        return _phone_page(
            place.visit, place, sent, errors={"code": sms_words.wrong(error.answer)}, status=422
        )
    return place.go()


@blueprint.get("/enrol/next")
def enrol_next() -> Response:
    """To the page where the enrolment stands; asks the register when that is what is next."""
    place = current_place()
    step = next_step(place.enrolment)
    if step is Step.SETTLE:
        desk, now = login_services().desk, services().clock()
        held, settled = desk.settle(place.held, context=context(now, place.interaction_id))
        if settled.outcome is Outcome.LATER:
            return _refused(place, words.later(), again_url=place.url("login.enrol_next"))
        place = Place(held, place.visit)
        step = next_step(place.enrolment)
    if step is Step.REFUSED and place.enrolment.refusal is not None:
        return _refused(place, words.of(place.enrolment.refusal))
    return place.go(PAGES[step])


@blueprint.get("/enrol/identity")
def enrol_identity() -> Response:
    place = current_place()
    if next_step(place.enrolment) not in {Step.NUMBER, Step.BINDING}:
        return place.go()
    return place.page("login/enrol_identity.html")


@blueprint.post("/enrol/identity")
def enrol_identify() -> Response:
    place = current_place()
    values = {name: request.form.get(name, "") for name in ("name", "number")}
    errors = {}
    try:
        circumstances = context(services().clock(), place.interaction_id)
        login_services().desk.identify(place.held, values["name"], values["number"], context=circumstances)
    except InvalidNumber as error:
        errors["number"] = number_words.of(error.reason)
    except names.InvalidName:
        errors["name"] = _("Enter the name as it stands on the document.")
    except TooManyTries:
        return _refused(place, words.too_many_tries(), status=429)
    if errors:
        return place.page("login/enrol_identity.html", values=values, errors=errors, status=422)
    return place.go()


@blueprint.get("/enrol/name")
def enrol_name() -> Response:
    place = current_place()
    if next_step(place.enrolment) is not Step.NAME:
        return place.go()
    return _name_page(place, _("The register has this number with another name. Please check the name."))


@blueprint.post("/enrol/name")
def enrol_rename() -> Response:
    place = current_place()
    try:
        login_services().desk.rename(place.held, request.form.get("name", ""), services().clock())
    except names.InvalidName:
        return _name_page(place, _("Enter the name as it stands on the document."), status=422)
    return place.go()


def _name_page(place: Place, words: str, *, status: int = 200) -> Response:
    values = {"name": request.form.get("name", ""), "number": place.enrolment.number or ""}
    return place.page("login/enrol_identity.html", values=values, errors={"name": words}, status=status)


def _send(place: Place | None, visit: Visit | None, typed: str) -> Response:
    now = services().clock()
    here = place or begin(visit or start_for_our_own_pages(), _purpose())
    circumstances = context(now, here.interaction_id)
    values = {"phone": typed}
    try:
        desk = login_services().desk
        phone = desk.send_phone_code(here.held, typed, locale=current_locale(), context=circumstances)
    except phones.InvalidPhone:
        return _phone_page(
            visit, place, None, errors={"phone": sms_words.not_a_phone()}, values=values, status=422
        )
    except TooManyMessages:
        return _phone_page(visit, place, None, error=sms_words.too_many(), values=values, status=429)
    login_services().sent_codes.keep(here.enrolment.id, SentCode(phone, now))
    return here.go("login.enrol")


def _purpose() -> Purpose:
    return Purpose.RECOVER if request.args.get("flow") == Purpose.RECOVER.value else Purpose.ENROL


def _refused(place: Place, said: Words, *, again_url: str | None = None, status: int = 200) -> Response:
    return place.page(
        "login/enrol_refused.html",
        title=said.title,
        text=said.text,
        next_steps=said.next_steps,
        again_url=again_url,
        status=status,
    )


def _phone_page(
    visit: Visit | None, place: Place | None, sent: SentCode | None, *, status: int = 200, **shown: object
) -> Response:
    return page(
        "login/enrol_phone.html",
        visit,
        status=status,
        flow=_purpose().value if place is None else place.flow,
        stage="phone" if sent is None else "code",
        phone_masked=None if sent is None else phones.masked(sent.phone),
        resend_after=0 if sent is None else sent.resend_after(services().clock()),
        other_phone_url=None if place is None else place.url("login.enrol", other=1),
        sign_in_url=None if visit is None else visit.url("login.identify"),
        sandbox_messages_url=sms_words.sandbox_messages_url(),
        **shown,
    )
