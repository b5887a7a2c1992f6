"""Who may act for me, and for whom I may act: the list, one of them, and its end.

A text message alone opens none of these pages, as they name other people.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from idp.account.mandates import facts, offering, refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.facts import Shown
from idp.account.proving import signed_in_at
from idp.account.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.locales import ngettext
from idp.mandates.ending import end
from idp.mandates.models import Mandate, Role
from idp.mandates.reading import given_by, held_by, history_of_person, open_invitations_of_person
from idp.mandates.refusing import MandateRefused, Refusal
from idp.oidc.acting.notifying import SEEN_AT
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

SHOWN_AT_MOST: Final = 100
"""Of one side, the latest."""
ENDED_AT_MOST: Final = 20

SAID: dict[str, Callable[[], str]] = {
    "invited": lambda: ngettext(
        "The invitation is there. If number and name are right, they find it here after signing in, and can "
        "accept it within %(num)s day. Tell them yourself: whether somebody has an account here is told to "
        "nobody.",
        "The invitation is there. If number and name are right, they find it here after signing in, and can "
        "accept it within %(num)s days. Tell them yourself: whether somebody has an account here is told to "
        "nobody.",
        services().settings.mandates.invitation_days,
    ),
    "accepted": lambda: _("You may act for them from now on."),
    "refused": lambda: _("You did not accept."),
    "withdrawn": lambda: _("The invitation is withdrawn."),
    "ended": lambda: _("It has ended."),
    "changed": lambda: _("It counts until the day that you chose."),
    "added": lambda: _("The register says so: you may act for them from now on."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get(SEEN_AT)
def mandates() -> Response:
    return mandates_page(signed_in_at(SEEN_AT, level=VERIFIED))


@blueprint.get(f"{SEEN_AT}/<mandate_id>")
def mandate(mandate_id: str) -> Response:
    signed_in = signed_in_at(f"{SEEN_AT}/{mandate_id}", level=VERIFIED)
    return mandate_page(signed_in, mandate_id)


@blueprint.post(f"{SEEN_AT}/<mandate_id>/end")
def end_mandate(mandate_id: str) -> Response:
    """By either side, at once."""
    signed_in = signed_in_at(f"{SEEN_AT}/{mandate_id}", level=VERIFIED)
    try:
        with deed("end", signed_in) as (session, circumstances):
            seen_by(session, signed_in, mandate_id)
            end(session, mandate_id, by=signed_in.person_id, context=circumstances, ends=services().ends)
    except MandateRefused as refused:
        return mandate_page(signed_in, mandate_id, error=refusals.of(refused.reason), status=403)
    return to_list("ended")


@blueprint.get(f"{SEEN_AT}/<mandate_id>/until")
@blueprint.get(f"{SEEN_AT}/<mandate_id>/end")
def mandate_again(mandate_id: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return mandate(mandate_id)


def to_list(said: str) -> Response:
    return make_response(redirect(url_for("account.mandates", said=said), 303))


def mandates_page(signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    now = services().clock()
    said = SAID.get(request.args.get("said", ""))
    person_id = signed_in.person_id
    with reading() as session:
        given = given_by(session, person_id)
        offered = open_invitations_of_person(session, person_id, now)
        relatives = sum(row.role == Role.RELATIVE for row in given) + len(offered)
        left = services().settings.mandates.relatives_at_most - relatives
        page = render_template(
            "account/mandates.html",
            invitations=[
                facts.of_invitation(session, row, is_given=False)
                for row in services().mandates.accepting.waiting_for(session, person_id, now)
            ],
            received=[
                facts.of_mandate(session, row, is_given=False, now=now)
                for row in reversed(held_by(session, person_id)[-SHOWN_AT_MOST:])
            ],
            given=[facts.of_mandate(session, row, is_given=True, now=now) for row in given],
            offered=[facts.of_invitation(session, row, is_given=True) for row in offered],
            ended=_ended(session, person_id, now),
            relatives_left=max(left, 0),
            invite_url=url_for("account.invite_relative") if left > 0 else None,
            wards_url=url_for("account.wards"),
            account_url=url_for("account.home"),
            notice=None if said is None else said(),
            **shown,
        )
    return make_response(page, status)


def mandate_page(signed_in: SignIn, mandate_id: str, *, status: int = 200, **shown: object) -> Response:
    """404 for everybody but its two sides: nobody else learns that there is such a mandate."""
    now = services().clock()
    with reading() as session:
        row = seen_by(session, signed_in, mandate_id)
        is_given = row.principal_id == signed_in.person_id
        one = facts.of_mandate(session, row, is_given=is_given, now=now, last_use=False)
        page = render_template(
            "account/mandates_one.html",
            one=one,
            uses=facts.of_uses(session, mandate_id),
            uses_at_most=facts.USES_SHOWN,
            **_what_can_be_done(row, is_given),
            mandates_url=url_for("account.mandates"),
            **shown,
        )
    return make_response(page, status)


def seen_by(session: Session, signed_in: SignIn, mandate_id: str) -> Mandate:
    row = session.get(Mandate, mandate_id)
    if row is None or signed_in.person_id not in (row.person_id, row.principal_id):
        abort(404)
    return row


def _what_can_be_done(row: Mandate, is_given: bool) -> dict[str, object]:
    if row.ended_at is not None:
        return {}
    if row.parent_id is None and row.role != Role.RELATIVE:
        again = url_for("account.ask_again", mandate_id=row.id)
        may_ask = row.role == Role.GUARDIAN and not is_given
        return {
            "not_yours": refusals.of(Refusal.NOT_YOURS),
            "ask_again_url": again if may_ask else None,
        }
    words = _("They may no longer act for me") if is_given else _("I no longer act for them")
    end_it = {"url": url_for("account.end_mandate", mandate_id=row.id), "words": words}
    renew = {
        "url": url_for("account.renew_mandate", mandate_id=row.id),
        "until": offering.until(expires_at=row.expires_at),
    }
    return {"end": end_it, "renew": renew if is_given else None}


def _ended(session: Session, person_id: str, now: datetime) -> list[Shown]:
    over = [one.mandate for one in history_of_person(session, person_id) if one.is_end]
    return [
        facts.of_mandate(session, row, is_given=row.principal_id == person_id, now=now, last_use=False)
        for row in over[:ENDED_AT_MOST]
    ]
