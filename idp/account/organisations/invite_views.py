"""Appointing administrators and agents of an organisation: inviting them, and taking that back."""

from flask import Response, abort, make_response, render_template, request

from idp.account.home_views import level_here
from idp.account.mandates import offering, refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.facts import role_of
from idp.account.mandates.form import MandateForm
from idp.account.organisations.organisation_views import organisation_page, signed_in_to_give, to_organisation
from idp.account.organisations.place import ORGANISATIONS, Place, place_of
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.extensions import reading, services
from idp.mandates.granting import Terms
from idp.mandates.models import Role
from idp.mandates.refusing import MandateRefused
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

INVITE = f"{ORGANISATIONS}/<organisation_id>/invite/<role>"


@blueprint.get(INVITE)
def invite_to_organisation(organisation_id: str, role: str) -> Response:
    return _page(_signed_in(organisation_id, role), organisation_id, role)


@blueprint.post(INVITE)
def send_organisation_invitation(organisation_id: str, role: str) -> Response:
    """The answer is the same whoever the number is of, and whether it is anybody's."""
    signed_in = _signed_in(organisation_id, role)
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
        wanted = _role(place, role)
    typed = MandateForm(request.form)
    invitee, matters, until = typed.person(), typed.matters(), typed.until(offering.days(place.own))
    if invitee is None or until is None or typed.errors:
        return _page(signed_in, organisation_id, role, typed, errors=typed.errors, status=422)
    may_pass_on = wanted is Role.AGENT and request.form.get("may_pass_on") == "yes"
    try:
        with deed("invite", signed_in) as (session, circumstances):
            services().mandates.invitations.invite(
                session,
                signed_in.person_id,
                place.own.mandate_id,
                invitee,
                Terms(wanted, matters, may_pass_on=may_pass_on, expires_at=until),
                level=level_here(signed_in),
                context=circumstances,
            )
    except MandateRefused as refused:
        shown = refusals.shown(refused.reason)
        return _page(signed_in, organisation_id, role, typed, status=422, **shown)
    return to_organisation(organisation_id, "invited")


@blueprint.post(f"{ORGANISATIONS}/<organisation_id>/invitations/<invitation_id>/withdraw")
def withdraw_organisation_invitation(organisation_id: str, invitation_id: str) -> Response:
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}", level=VERIFIED)
    try:
        with deed("withdraw", signed_in) as (session, circumstances):
            place_of(session, signed_in, organisation_id)
            services().mandates.invitations.withdraw(
                session, invitation_id, signed_in.person_id, context=circumstances
            )
    except MandateRefused as refused:
        error = refusals.of(refused.reason)
        return organisation_page(signed_in, organisation_id, error=error, status=404)
    return to_organisation(organisation_id, "withdrawn")


@blueprint.get(f"{ORGANISATIONS}/<organisation_id>/invitations/<invitation_id>/withdraw")
def organisation_withdrawn(organisation_id: str, **_invitation: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    signed_in = signed_in_at(f"{ORGANISATIONS}/{organisation_id}", level=VERIFIED)
    return organisation_page(signed_in, organisation_id)


def _signed_in(organisation_id: str, role: str) -> SignIn:
    """At the level at which the organisation gives mandates: before anything is typed."""
    if role not in set(Role):
        abort(404)
    return signed_in_to_give(organisation_id, f"{ORGANISATIONS}/{organisation_id}/invite/{role}")


def _role(place: Place, role: str) -> Role:
    """404 for who may not appoint anybody to it."""
    if role not in place.appoints:
        abort(404)
    return Role(role)


def _page(
    signed_in: SignIn,
    organisation_id: str,
    role: str,
    typed: MandateForm | None = None,
    *,
    status: int = 200,
    **shown: object,
) -> Response:
    with reading() as session:
        place = place_of(session, signed_in, organisation_id)
    wanted = _role(place, role)
    values = {} if typed is None else {**typed.values, "may_pass_on": request.form.get("may_pass_on")}
    page = render_template(
        "account/organisation_invite.html",
        name=place.name,
        role=role_of(wanted),
        is_administrator=wanted is Role.ADMINISTRATOR,
        matters=offering.matters("organisation", place.own),
        may_give_all=not place.own.matters,
        values=values,
        until=offering.until(place.own),
        organisation_url=place.path,
        **shown,
    )
    return make_response(page, status)
