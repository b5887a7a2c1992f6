"""Asking a relative or friend to act for oneself (亲友代办): inviting, renewing, taking it back."""

from flask import Response, make_response, render_template, request, url_for

from idp.account import mandate_words
from idp.account.home_views import level_here
from idp.account.mandate_terms import Reading
from idp.account.mandates_views import VERIFIED, mandate_page, mandates_page, seen_by, to_list
from idp.account.proving import PRESENT, signed_in_at
from idp.account.room import blueprint
from idp.extensions import services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.mandates.days import Days
from idp.mandates.granting import Terms
from idp.mandates.matters import of_party
from idp.mandates.models import Role
from idp.mandates.refusing import MandateRefused, noting
from idp.oidc.acting.notifying import SEEN_AT

INVITE = f"{SEEN_AT}/invite"


@blueprint.get(INVITE)
def invite_relative() -> Response:
    signed_in_at(INVITE, level=PRESENT)
    return _page()


@blueprint.post(INVITE)
def send_invitation() -> Response:
    """The answer is the same whoever the number is of, and whether it is anybody's."""
    signed_in = signed_in_at(INVITE, level=PRESENT)
    found = services()
    now = found.clock()
    reading = Reading(request.form, now, found.settings.sandbox)
    invitee, matters, until = reading.person(), reading.matters(), reading.until(_days())
    if invitee is None or until is None or reading.errors:
        return _page(values=reading.values, errors=reading.errors, status=422)
    circumstances = context(now)
    try:
        with (
            noting(found.audit.append, "invite", signed_in.person_id, circumstances),
            transaction() as session,
        ):
            found.mandates.invitations.invite(
                session,
                signed_in.person_id,
                None,
                invitee,
                Terms(Role.RELATIVE, matters, expires_at=until),
                level=level_here(signed_in),
                context=circumstances,
            )
    except MandateRefused as refused:
        return _page(values=reading.values, **mandate_words.shown(refused.reason), status=422)
    return to_list("invited")


@blueprint.post(f"{SEEN_AT}/invitations/<invitation_id>/withdraw")
def withdraw_invitation(invitation_id: str) -> Response:
    signed_in = signed_in_at(SEEN_AT, level=VERIFIED)
    found = services()
    circumstances = context(found.clock())
    try:
        with (
            noting(found.audit.append, "withdraw", signed_in.person_id, circumstances),
            transaction() as session,
        ):
            found.mandates.invitations.withdraw(
                session, invitation_id, signed_in.person_id, context=circumstances
            )
    except MandateRefused as refused:
        return mandates_page(signed_in, error=mandate_words.of(refused.reason), status=404)
    return to_list("withdrawn")


@blueprint.post(f"{SEEN_AT}/<mandate_id>/until")
def renew_mandate(mandate_id: str) -> Response:
    """By the person it is for, who gives it anew with that: as sure as when they first did."""
    signed_in = signed_in_at(f"{SEEN_AT}/{mandate_id}", level=PRESENT)
    found = services()
    now = found.clock()
    reading = Reading(request.form, now, found.settings.sandbox)
    until = reading.until(Days.from_now(now, found.settings.mandates.longest_days))
    if until is None:
        return mandate_page(signed_in, mandate_id, errors=reading.errors, status=422)
    circumstances = context(now)
    try:
        with (
            noting(found.audit.append, "renew", signed_in.person_id, circumstances),
            transaction() as session,
        ):
            seen_by(session, signed_in, mandate_id)
            found.mandates.changing.renew(
                session,
                mandate_id,
                until,
                by=signed_in.person_id,
                level=level_here(signed_in),
                context=circumstances,
            )
    except MandateRefused as refused:
        return mandate_page(signed_in, mandate_id, error=mandate_words.of(refused.reason), status=403)
    return to_list("changed")


@blueprint.get(f"{SEEN_AT}/invitations/<invitation_id>/withdraw")
def withdrawn(**_invitation: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return mandates_page(signed_in_at(SEEN_AT, level=VERIFIED))


def _page(*, status: int = 200, **shown: object) -> Response:
    locale, days = current_locale(), _days()
    offered = of_party(services().mandates.matters, "person")
    page = render_template(
        "account/mandates_invite.html",
        matters=[{"code": matter.code, "name": matter.names[locale]} for matter in offered],
        until_min=days.first,
        until_max=days.last,
        until_value=days.usual,
        mandates_url=url_for("account.mandates"),
        **shown,
    )
    return make_response(page, status)


def _days() -> Days:
    found = services()
    return Days.from_now(found.clock(), found.settings.mandates.longest_days)
