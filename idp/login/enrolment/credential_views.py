"""The last step of an enrolment: a password, a passkey or both; then signed in and on to the portal."""

from flask import Response, make_response, redirect, request

from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login import admission, new_passkeys, password_words
from idp.login.circumstances import context
from idp.login.enrolment.place import Place, current_place, finish, living_visit
from idp.login.face import receipts
from idp.login.factors import activation_code, face, sms
from idp.login.factors.passkey import PasskeyRefused
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_sign_in, page
from idp.oidc.claims.receipts import Evidence
from idp.people import directory, names, passkeys
from idp.people.enrolment import Enrolment, Step, Way, WrongStep, next_step
from idp.people.first_credentials import PasswordRefused
from idp.people.passkeys import PasskeyKnown, TooManyPasskeys
from idp.session_proofs import Proof

STEPS = frozenset({Step.CREDENTIAL, Step.DONE})
PROVED_BY = {
    Way.ACTIVATION_CODE: (activation_code.METHOD, activation_code.AMR),
    Way.REGISTER_PHONE: (sms.METHOD, sms.AMR),
    Way.ACCOUNT_PHONE: (sms.METHOD, sms.AMR),
}


@blueprint.get("/enrol/credentials")
def enrol_credentials() -> Response:
    place = current_place()
    if next_step(place.enrolment) not in STEPS:
        return place.go()
    return _page(place)


@blueprint.post("/enrol/credentials")
def enrol_set_password() -> Response:
    place = current_place()
    if next_step(place.enrolment) not in STEPS:
        return place.go()
    if "finish" in request.form:
        return _finish(place) if next_step(place.enrolment) is Step.DONE else _page(place)
    chosen = request.form.get("password", "")
    if chosen != request.form.get("password_again", ""):
        words = _("The two passwords are not the same.")
        return _page(place, errors={"password_again": words}, status=422)
    circumstances = context(services().clock(), place.interaction_id)
    try:
        held = login_services().first_credentials.set_password(place.held, chosen, context=circumstances)
    except PasswordRefused as error:
        return _page(place, errors={"password": password_words.of(error.problem)}, status=422)
    return _finish(Place(held, place.visit))


@blueprint.post("/enrol/passkey/options")
def enrol_passkey_options() -> Response:
    enrolment = current_place().enrolment
    person_id = enrolment.person_id
    if next_step(enrolment) not in STEPS or person_id is None:
        raise WrongStep
    return new_passkeys.options_for(person_id, enrolment.name or "*")


@blueprint.post("/enrol/passkey")
def enrol_add_passkey() -> Response:
    place = current_place()
    if next_step(place.enrolment) not in STEPS:
        return place.go()
    circumstances = context(services().clock(), place.interaction_id)
    try:
        new = new_passkeys.checked_form(place.enrolment.person_id or "")
        login_services().first_credentials.add_passkey(place.held, new, context=circumstances)
    except (PasskeyRefused, PasskeyKnown, TooManyPasskeys):
        words = _("The passkey was not added. Please try again, or set a password.")
        return _page(place, error=words, status=422)
    return place.go("login.enrol_credentials")


@blueprint.get("/enrol/passkey")
def enrol_passkey_page() -> Response:
    """A reload, or the language switch, on the page that followed a refused passkey."""
    return current_place().go()


@blueprint.get("/enrol/done")
def enrol_done() -> Response:
    """For who has just finished: their own session says who they are."""
    visit, signed_in = living_visit(), current_sign_in()
    onward = "/account" if visit is None else visit.resume_url
    if signed_in is None:
        return make_response(redirect(onward, 303))
    found = services()
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
    if person is None:
        return make_response(redirect(onward, 303))
    return page(
        "login/enrol_done.html",
        visit,
        flow=request.args.get("flow", "enrol"),
        name_masked=names.masked(directory.name_of(person, found.cipher)),
        level=signed_in.level(found.clock(), found.settings.protocol.presence_seconds),
        continue_url=onward,
    )


def _finish(place: Place) -> Response:
    person_id = place.enrolment.person_id
    if person_id is None or not finish(place):
        return place.go()
    visit: Visit = place.living_visit()
    onward = make_response(redirect(visit.url("login.enrol_done", flow=place.flow), 303))
    try:
        secret = admission.admit(visit, person_id, _proof(place.enrolment, person_id))
    except admission.NotAdmitted:
        return onward
    return admission.signed_in(onward, secret)


def _proof(enrolment: Enrolment, person_id: str) -> Proof:
    """What the binding has proved; a face counts as presence from when it was shown."""
    binding = enrolment.binding
    if binding is None:
        raise WrongStep
    if binding.kind is Way.FACE:
        evidence = None if binding.evidence is None else Evidence.from_json(binding.evidence)
        sealed = receipts.sealed(evidence, person_id, services().cipher)
        return Proof(face.METHOD, face.LEVEL, binding.at, face.AMR, sealed)
    method, amr = PROVED_BY[binding.kind]
    return Proof(method, enrolment.level, binding.at, amr)


def _page(place: Place, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        added = len(passkeys.of_person(session, place.enrolment.person_id or ""))
    return place.page(
        "login/enrol_credentials.html",
        status=status,
        passkey={
            "options_url": place.url("login.enrol_passkey_options"),
            "action": place.url("login.enrol_add_passkey"),
        },
        passkeys_added=added,
        can_finish=next_step(place.enrolment) is Step.DONE,
        **shown,
    )
