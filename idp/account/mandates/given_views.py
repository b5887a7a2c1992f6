"""Asking a relative or friend to act for oneself (亲友代办): inviting, renewing, taking it back."""

from flask import Response, make_response, render_template, request, url_for

from idp.account.home_views import level_here
from idp.account.mandates import offering, refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.form import MandateForm
from idp.account.mandates.mandate_views import mandate_page, mandates_page, seen_by, to_list
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.extensions import services
from idp.mandates.granting import Terms
from idp.mandates.models import Role
from idp.mandates.refusing import MandateRefused
from idp.oidc.acting.notifying import SEEN_AT
from idp.oidc.levels import PRESENT, VERIFIED

INVITE = f"{SEEN_AT}/invite"


@blueprint.get(INVITE)
def invite_relative() -> Response:
    signed_in_at(INVITE, level=PRESENT)
    return _page()


@blueprint.post(INVITE)
def send_invitation() -> Response:
    """The answer is the same whoever the number is of, and whether it is anybody's."""
    signed_in = signed_in_at(INVITE, level=PRESENT)
    typed = MandateForm(request.form)
    invitee, matters, until = typed.person(), typed.matters(), typed.until(offering.days())
    if invitee is None or until is None or typed.errors:
        return _page(values=typed.values, errors=typed.errors, status=422)
    try:
        with deed("invite", signed_in) as (session, circumstances):
            services().mandates.invitations.invite(
                session,
                signed_in.person_id,
                None,
                invitee,
                Terms(Role.RELATIVE, matters, expires_at=until),
                level=level_here(signed_in),
                context=circumstances,
            )
    except MandateRefused as refused:
        return _page(values=typed.values, **refusals.shown(refused.reason), status=422)
    return to_list("invited")


@blueprint.post(f"{SEEN_AT}/invitations/<invitation_id>/withdraw")
def withdraw_invitation(invitation_id: str) -> Response:
    signed_in = signed_in_at(SEEN_AT, level=VERIFIED)
    try:
        with deed("withdraw", signed_in) as (session, circumstances):
            services().mandates.invitations.withdraw(
                session, invitation_id, signed_in.person_id, context=circumstances
            )
    except MandateRefused as refused:
        return mandates_page(signed_in, error=refusals.of(refused.reason), status=404)
    return to_list("withdrawn")


@blueprint.get(f"{SEEN_AT}/invitations/<invitation_id>/withdraw")
def withdrawn(**_invitation: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return mandates_page(signed_in_at(SEEN_AT, level=VERIFIED))


@blueprint.post(f"{SEEN_AT}/<mandate_id>/until")
def renew_mandate(mandate_id: str) -> Response:
    """By the person it is for, who gives it anew with that: as sure as when they first did."""
    signed_in = signed_in_at(f"{SEEN_AT}/{mandate_id}", level=PRESENT)
    typed = MandateForm(request.form)
    until = typed.until(offering.days())
    if until is None:
        return mandate_page(signed_in, mandate_id, errors=typed.errors, status=422)
    try:
        with deed("renew", signed_in) as (session, circumstances):
            seen_by(session, signed_in, mandate_id)
            services().mandates.changing.renew(
                session,
                mandate_id,
                until,
                by=signed_in.person_id,
                level=level_here(signed_in),
                context=circumstances,
            )
    except MandateRefused as refused:
        return mandate_page(signed_in, mandate_id, error=refusals.of(refused.reason), status=403)
    return to_list("changed")


def _page(*, status: int = 200, **shown: object) -> Response:
    page = render_template(
        "account/mandates_invite.html",
        matters=offering.matters("person"),
        until=offering.until(),
        mandates_url=url_for("account.mandates"),
        **shown,
    )
    return make_response(page, status)
