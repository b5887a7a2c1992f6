"""Children and people one cares for: whom the population register says so of, one may act for."""

from typing import Final

from flask import Response, abort, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from idp.account.home_views import level_here
from idp.account.mandates import facts, refusals
from idp.account.mandates.form import MandateForm
from idp.account.mandates.guardians import desk_of
from idp.account.mandates.mandate_views import mandate_page, to_list
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.mandates.guardian_desk import NotInCare, RegisterSilent
from idp.mandates.guardianship import CHILDHOOD_YEARS
from idp.mandates.models import Mandate, Role
from idp.mandates.reading import held_by
from idp.mandates.refusing import MandateRefused, Refusal
from idp.oidc.acting.notifying import SEEN_AT
from idp.oidc.levels import PRESENT, VERIFIED
from idp.people.daily_tries import TooManyTries
from idp.sessions import SignIn

WARDS: Final = f"{SEEN_AT}/wards"
ADD: Final = f"{WARDS}?add=1"
"""With the form, which asks for somebody who is here now before anything is typed."""


@blueprint.get(WARDS)
def wards() -> Response:
    if "add" in request.args:
        return _page(signed_in_at(ADD, level=PRESENT))
    return _page(signed_in_at(WARDS, level=VERIFIED))


@blueprint.post(WARDS)
def add_ward() -> Response:
    """What the register does not say gets one answer, whichever of number, name and care differs."""
    signed_in = signed_in_at(ADD, level=PRESENT)
    found = services()
    typed = MandateForm(request.form)
    ward = typed.person()
    if ward is None:
        return _page(signed_in, values=typed.values, errors=typed.errors, status=422)
    try:
        desk_of(found).add(signed_in.person_id, ward, context=context(found.clock()))
    except NotInCare:
        words = _(
            "The population register does not say that you care for somebody of this name and number. Please "
            "check both. If they are right, the office that keeps the register can bring it up to date."
        )
        return _page(signed_in, values=typed.values, error=words, status=422)
    except RegisterSilent:
        return _page(signed_in, values=typed.values, error=_silent(), status=503)
    except TooManyTries:
        return _page(signed_in, values=typed.values, error=_too_many(), status=429)
    except MandateRefused as refused:
        return _page(signed_in, values=typed.values, **_shown(refused.reason), status=422)
    return to_list("added")


@blueprint.post(f"{SEEN_AT}/<mandate_id>/ask-again")
def ask_again(mandate_id: str) -> Response:
    """By the guardian, when the register's last word has run out before the worker asked anew."""
    signed_in = signed_in_at(f"{SEEN_AT}/{mandate_id}", level=VERIFIED)
    found = services()
    with reading() as session:
        row = session.get(Mandate, mandate_id)
    if row is None or row.person_id != signed_in.person_id or row.role != Role.GUARDIAN:
        abort(404)
    try:
        desk = desk_of(found)
        still = desk.ask_now(mandate_id, signed_in.person_id, context=context(found.clock()))
    except RegisterSilent:
        return mandate_page(signed_in, mandate_id, error=_silent(), status=503)
    except TooManyTries:
        return mandate_page(signed_in, mandate_id, error=_too_many(), status=429)
    return to_list("added" if still else "ended")


@blueprint.get(f"{SEEN_AT}/<mandate_id>/ask-again")
def asked_again(mandate_id: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return mandate_page(signed_in_at(f"{SEEN_AT}/{mandate_id}", level=VERIFIED), mandate_id)


def _page(signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    now = services().clock()
    with reading() as session:
        page = render_template(
            "account/mandates_wards.html",
            wards=[
                facts.of_mandate(session, row, is_given=False, now=now)
                for row in _of_guardian(session, signed_in.person_id)
            ],
            childhood_ends=CHILDHOOD_YEARS,
            add_url=None if level_here(signed_in) >= PRESENT else ADD,
            mandates_url=url_for("account.mandates"),
            **shown,
        )
    return make_response(page, status)


def _of_guardian(session: Session, person_id: str) -> list[Mandate]:
    return [row for row in held_by(session, person_id) if row.role == Role.GUARDIAN]


def _shown(refusal: Refusal) -> dict[str, object]:
    if refusal is Refusal.NO_STANDING:
        return {"error": _("Nobody can act for them at the moment. A service window can say why.")}
    return refusals.shown(refusal)


def _too_many() -> str:
    return _("Too many tries today. Please try again tomorrow.")


def _silent() -> str:
    return _("The population register does not answer at the moment. Please try again later.")
