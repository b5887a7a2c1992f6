"""One person's right to act for an organisation: looked at, lengthened or shortened, narrowed, ended."""

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from idp.account import mandate_facts, mandate_words
from idp.account.home_views import level_here
from idp.account.mandate_terms import Reading
from idp.account.mandates_views import VERIFIED
from idp.account.organisation_place import ORGANISATIONS, Place, mandate_at, place_of
from idp.account.organisations_views import needed_at, organisation_page, to_organisation
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.audit.context import AuditContext
from idp.extensions import services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.login.reading import reading
from idp.mandates.days import Days, last_day
from idp.mandates.ending import end, holders_above, with_all_below
from idp.mandates.matters import of_party
from idp.mandates.models import Mandate
from idp.mandates.refusing import MandateRefused, Refusal, noting
from idp.mandates.standing import standing
from idp.sessions import SignIn

MANDATE = f"{ORGANISATIONS}/<organisation_id>/people/<mandate_id>"
Deed = Callable[[Session, Place, Mandate, AuditContext], object]


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
    signed_in = _signed_in(organisation_id, mandate_id, VERIFIED)

    def deed(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        end(session, row.id, by=place.own.person_id, context=circumstances, ends=services().ends)

    refused = _done(signed_in, organisation_id, mandate_id, "end", deed)
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
    signed_in = _signed_in(organisation_id, mandate_id, needed_at(organisation_id))
    found = services()
    now = found.clock()
    with reading() as session:
        days = _days(place_of(session, signed_in, organisation_id))
    typed = Reading(request.form, now, found.settings.sandbox)
    until = typed.until(days)
    if until is None:
        return _page(signed_in, organisation_id, mandate_id, errors=typed.errors, status=422)

    def deed(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        found.mandates.changing.renew(
            session,
            row.id,
            until,
            by=place.own.person_id,
            level=level_here(signed_in),
            context=circumstances,
        )

    refused = _done(signed_in, organisation_id, mandate_id, "renew", deed)
    return refused or to_organisation(organisation_id, "changed")


@blueprint.post(f"{MANDATE}/matters")
def narrow_organisation_mandate(organisation_id: str, mandate_id: str) -> Response:
    """To fewer matters; for more, somebody is invited anew."""
    signed_in = _signed_in(organisation_id, mandate_id, VERIFIED)
    left = request.form.getlist("matter")

    def deed(session: Session, place: Place, row: Mandate, circumstances: AuditContext) -> None:
        services().mandates.changing.narrow(
            session, row.id, left, by=place.own.person_id, context=circumstances
        )

    refused = _done(signed_in, organisation_id, mandate_id, "narrow", deed)
    return refused or to_organisation(organisation_id, "changed")


def _signed_in(organisation_id: str, mandate_id: str, level: int) -> SignIn:
    return signed_in_at(f"{ORGANISATIONS}/{organisation_id}/people/{mandate_id}", level=level)


def _done(signed_in: SignIn, organisation_id: str, mandate_id: str, what: str, deed: Deed) -> Response | None:
    """The page that says why not, where it is not done."""
    found = services()
    circumstances = context(found.clock())
    try:
        with noting(found.audit.append, what, signed_in.person_id, circumstances), transaction() as session:
            place = place_of(session, signed_in, organisation_id)
            deed(session, place, mandate_at(session, place, mandate_id), circumstances)
    except MandateRefused as refused:
        error = mandate_words.of(refused.reason)
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
        one = mandate_facts.of_mandate(session, row, is_given=True, now=now, last_use=False)
        is_above = row.ended_at is None and place.own.person_id in holders_above(session, row)
        is_own = row.ended_at is None and row.person_id == place.own.person_id and row.parent_id is not None
        below = len(with_all_below(session, [row.id])) - 1 if row.ended_at is None else 0
        page = render_template(
            "account/organisation_mandate.html",
            one=one,
            name=place.name,
            by=None if row.granted_by is None else mandate_facts.person_name(session, row.granted_by),
            may_pass_on=row.may_pass_on,
            is_own=is_own,
            not_yours=mandate_words.of(Refusal.NOT_YOURS) if row.parent_id is None else None,
            below=below,
            uses=mandate_facts.of_uses(session, row.id),
            uses_at_most=mandate_facts.USES_SHOWN,
            end_url=_url("end_organisation_mandate", place, row) if is_above or is_own else None,
            renew=_renewing(place, row) if is_above else None,
            narrow=_narrowing(session, place, row) if is_above else None,
            organisation_url=place.path,
            **shown,
        )
    return make_response(page, status)


def _renewing(place: Place, row: Mandate) -> dict[str, object]:
    days = _days(place)
    value = days.usual if row.expires_at is None else last_day(row.expires_at)
    return {
        "url": _url("renew_organisation_mandate", place, row),
        "min": days.first,
        "max": days.last,
        "value": value,
    }


def _narrowing(session: Session, place: Place, row: Mandate) -> dict[str, object] | None:
    """The matters that may be taken away, all ticked."""
    held = standing(session.connection(), row.id, services().clock())
    locale = current_locale()
    matters = [
        {"code": matter.code, "name": matter.names[locale]}
        for matter in of_party(services().mandates.matters, "organisation")
        if held is not None and held.covers(matter.code)
    ]
    if len(matters) < 2:
        return None
    return {"url": _url("narrow_organisation_mandate", place, row), "matters": matters}


def _url(endpoint: str, place: Place, row: Mandate) -> str:
    return url_for(f"account.{endpoint}", organisation_id=place.id, mandate_id=row.id)


def _days(place: Place) -> Days:
    found = services()
    return Days.from_now(found.clock(), found.settings.mandates.longest_days, place.own.expires_at)
