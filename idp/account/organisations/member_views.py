"""One person's right to act for an organisation: looked at, lengthened or shortened, narrowed, ended."""

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from idp.account.home_views import level_here
from idp.account.mandates import facts, offering, refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.form import MandateForm
from idp.account.organisations.organisation_views import organisation_page, signed_in_to_give, to_organisation
from idp.account.organisations.place import ORGANISATIONS, Place, mandate_at, place_of
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.audit.context import AuditContext
from idp.extensions import reading, services
from idp.mandates.ending import end, holders_above, with_all_below
from idp.mandates.models import Mandate
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.standing import standing
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

MANDATE = f"{ORGANISATIONS}/<organisation_id>/people/<mandate_id>"
Do = Callable[[Session, Place, Mandate, AuditContext], object]


@blueprint.get(MANDATE)
def organisation_mandate(organisation_id: str, mandate_id: str) -> Response:
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}/people/{mandate_id}", level=VERIFIED)
    return _page(signed_in, organisation_id, mandate_id)


@blueprint.get(f"{MANDATE}/end")
@blueprint.get(f"{MANDATE}/until")
@blueprint.get(f"{MANDATE}/matters")
def organisation_mandate_again(organisation_id: str, mandate_id: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return organisation_mandate(organisation_id, mandate_id)


@blueprint.post(f"{MANDATE}/end")
def end_organisation_mandate(organisation_id: str, mandate_id: str) -> Response:
    """By whoever is above it, or by whoever holds it; with everything below."""
    signed_in = _signed_in(organisation_id, mandate_id)

    def do(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        end(session, row.id, by=place.own.person_id, context=circumstances, ends=services().ends)

    refused = _done(signed_in, organisation_id, mandate_id, "end", do)
    if refused is not None:
        return refused
    # Who has given up their own is nobody there any more.
    with reading() as session:
        row = session.get(Mandate, mandate_id)
    if row is not None and row.person_id == signed_in.person_id:
        return make_response(redirect(url_for("account.organisations"), 303))
    return to_organisation(organisation_id, "ended")


@blueprint.post(f"{MANDATE}/until")
def renew_organisation_mandate(organisation_id: str, mandate_id: str) -> Response:
    signed_in = signed_in_to_give(organisation_id, f"{ORGANISATIONS}/{organisation_id}/people/{mandate_id}")
    with reading() as session:
        days = offering.days(place_of(session, signed_in, organisation_id).own)
    typed = MandateForm(request.form)
    until = typed.until(days)
    if until is None:
        return _page(signed_in, organisation_id, mandate_id, errors=typed.errors, status=422)

    def do(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        services().mandates.changing.renew(
            session,
            row.id,
            until,
            by=place.own.person_id,
            level=level_here(signed_in),
            context=circumstances,
        )

    refused = _done(signed_in, organisation_id, mandate_id, "renew", do)
    return refused or to_organisation(organisation_id, "changed")


@blueprint.post(f"{MANDATE}/matters")
def narrow_organisation_mandate(organisation_id: str, mandate_id: str) -> Response:
    """To fewer matters; for more, somebody is invited anew."""
    signed_in = _signed_in(organisation_id, mandate_id)
    left = request.form.getlist("matter")

    def do(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        services().mandates.changing.narrow(
            session, row.id, left, by=place.own.person_id, context=circumstances
        )

    refused = _done(signed_in, organisation_id, mandate_id, "narrow", do)
    return refused or to_organisation(organisation_id, "changed")


def _signed_in(organisation_id: str, mandate_id: str) -> SignIn:
    return signed_in_at(f"{ORGANISATIONS}/{organisation_id}/people/{mandate_id}", level=VERIFIED)


def _done(signed_in: SignIn, organisation_id: str, mandate_id: str, act: str, do: Do) -> Response | None:
    """The page that says why not, where it is not done."""
    try:
        with deed(act, signed_in) as (session, circumstances):
            place = place_of(session, signed_in, organisation_id)
            do(session, place, mandate_at(session, place, mandate_id), circumstances)
    except MandateRefused as refused:
        error = refusals.of(refused.reason)
        if refused.reason is Refusal.NOT_FOUND:
            return organisation_page(signed_in, organisation_id, error=error, status=404)
        return _page(signed_in, organisation_id, mandate_id, error=error, status=422)
    return None


def _page(
    signed_in: SignIn, organisation_id: str, mandate_id: str, *, status: int = 200, **shown: object
) -> Response:
    now = services().clock()
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
        row = mandate_at(session, place, mandate_id)
        one = facts.of_mandate(session, row, is_given=True, now=now, last_use=False)
        is_above = row.ended_at is None and place.own.person_id in holders_above(session, row)
        is_own = row.ended_at is None and row.person_id == place.own.person_id and row.parent_id is not None
        below = len(with_all_below(session, [row.id])) - 1 if row.ended_at is None else 0
        renew = {
            "url": _url("renew_organisation_mandate", place, row),
            "until": offering.until(place.own, expires_at=row.expires_at),
        }
        page = render_template(
            "account/organisation_mandate.html",
            one=one,
            name=place.name,
            by=None if row.granted_by is None else facts.person_name(session, row.granted_by),
            may_pass_on=row.may_pass_on,
            is_own=is_own,
            not_yours=refusals.of(Refusal.NOT_YOURS) if row.parent_id is None else None,
            below=below,
            uses=facts.of_uses(session, row.id),
            uses_at_most=facts.USES_SHOWN,
            end_url=_url("end_organisation_mandate", place, row) if is_above or is_own else None,
            renew=renew if is_above else None,
            narrow=_narrowing(session, place, row) if is_above else None,
            organisation_url=place.path,
            **shown,
        )
    return make_response(page, status)


def _narrowing(session: Session, place: Place, row: Mandate) -> dict[str, object] | None:
    """The matters that may be taken away, all ticked."""
    held = standing(session.connection(), row.id, services().clock())
    matters = [] if held is None else offering.matters("organisation", held)
    if len(matters) < 2:
        return None
    return {"url": _url("narrow_organisation_mandate", place, row), "matters": matters}


def _url(endpoint: str, place: Place, row: Mandate) -> str:
    return url_for(f"account.{endpoint}", organisation_id=place.id, mandate_id=row.id)
