"""Showing presence with a code that a clerk at a service window has just made."""

from flask import Response, request
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.events.people import ActivationCodeRefused, ActivationCodeUsed
from idp.extensions import services
from idp.locales import gettext as _
from idp.login import admission
from idp.login.circumstances import context, subject, wait_before
from idp.login.factors import activation_code
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_sign_in, current_visit, page
from idp.people import directory
from idp.people.models import Person
from idp.session_proofs import Proof

SECONDS_IN_A_MINUTE = 60


class _TooOld(Exception):
    """Good for binding an account, but it does not say that the person is here now: it is not used up."""


@blueprint.get("/login/activation")
def activation() -> Response:
    visit = current_visit()
    return visit.lead_on() if current_sign_in() is None else _page(visit)


@blueprint.post("/login/activation")
def activation_check() -> Response:
    visit = current_visit()
    signed_in = current_sign_in()
    if signed_in is None:
        return visit.lead_on()
    found = services()
    tried = subject(signed_in.person_id, activation_code.METHOD)
    if seconds := wait_before(tried, visit.id):
        return _page(visit, error=_("Too many tries."), wait_seconds=seconds, status=429)
    now = found.clock()
    typed = request.form.get("code", "")

    def use(session: Session, person: Person) -> bool:
        today = directory.day_in_china(now)
        number = directory.number_of(session, person, found.cipher, today).number.value
        code_id = login_services().activation_codes.redeem(session, number, typed, now)
        if code_id is None:
            event = ActivationCodeRefused("wrong", person.id)
            audit.record(session, event, context=context(now, visit.id))
            return False
        if not activation_code.shows_presence(session, code_id, now, presence_seconds=visit.presence_seconds):
            raise _TooOld
        audit.record(session, ActivationCodeUsed(person.id, code_id), context=context(now, visit.id))
        return True

    proof = Proof(activation_code.METHOD, activation_code.LEVEL, now, activation_code.AMR)
    try:
        secret = admission.admit(visit, signed_in.person_id, proof, use)
    except admission.ProofWithheld:
        wait = found.throttle.failed(tried)
        words = _("This code is not right, or it was used before.")
        return _page(visit, errors={"code": words}, wait_seconds=wait, status=422)
    except _TooOld:
        words = _(
            "This code was made more than %(minutes)s minutes ago, so it does not show "
            "that you are here now. Ask the clerk for a new one, or choose another way.",
            minutes=visit.presence_seconds // SECONDS_IN_A_MINUTE,
        )
        return _page(visit, errors={"code": words}, status=422)
    except admission.NotAdmitted:
        return visit.lead_on()
    found.throttle.succeeded(tried)
    return admission.signed_in(visit.lead_on(), secret)


def _page(visit: Visit, *, status: int = 200, **shown: object) -> Response:
    return page(
        "login/activation.html",
        visit,
        status=status,
        other_ways_url=visit.url("login.presence"),
        **shown,
    )
