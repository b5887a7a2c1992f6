"""An invitation to act for somebody: read, accepted, refused."""

from flask import Response, abort, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from idp.account.home_views import level_here
from idp.account.mandates import facts, refusals
from idp.account.mandates.deeds import deed
from idp.account.mandates.mandate_views import mandates_page, to_list
from idp.account.proving import ask_for, signed_in_at
from idp.account.room import blueprint
from idp.extensions import reading, services
from idp.mandates.models import MandateInvitation
from idp.mandates.refusing import MandateRefused, Refusal
from idp.oidc.acting.notifying import SEEN_AT
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

INVITATIONS = f"{SEEN_AT}/invitations"


@blueprint.get(f"{INVITATIONS}/<invitation_id>")
def invitation(invitation_id: str) -> Response:
    signed_in = signed_in_at(_target(invitation_id), level=VERIFIED)
    return _page(signed_in, invitation_id)


@blueprint.post(f"{INVITATIONS}/<invitation_id>")
def answer_invitation(invitation_id: str) -> Response:
    """Accepted at the level that whoever is acted for has set; between people at 3, of the last minutes."""
    signed_in = signed_in_at(_target(invitation_id), level=VERIFIED)
    decision = request.form.get("decision", "")
    if decision not in {"accept", "refuse"}:
        abort(400)
    person_id, accepting = signed_in.person_id, services().mandates.accepting
    try:
        with deed(decision, signed_in) as (session, circumstances):
            if decision == "refuse":
                accepting.refuse(session, invitation_id, person_id, context=circumstances)
            else:
                needed = _level_needed(session, signed_in, invitation_id)
                if level_here(signed_in) < needed:
                    abort(ask_for(needed, _target(invitation_id)))
                accepting.accept(
                    session, invitation_id, person_id, level=level_here(signed_in), context=circumstances
                )
    except MandateRefused as refused:
        status = 404 if refused.reason is Refusal.NOT_FOUND else 409
        return mandates_page(signed_in, error=refusals.of(refused.reason), status=status)
    return to_list("accepted" if decision == "accept" else "refused")


def _page(signed_in: SignIn, invitation_id: str) -> Response:
    with reading() as session:
        row = _waiting(session, signed_in, invitation_id)
        if row is None:
            return mandates_page(signed_in, error=refusals.of(Refusal.NOT_FOUND), status=404)
        needed = _level_needed(session, signed_in, invitation_id)
        page = render_template(
            "account/mandates_invited.html",
            one=facts.of_invitation(session, row, is_given=False),
            is_organisation=row.organisation_id is not None,
            needs_proof=level_here(signed_in) < needed,
            mandates_url=url_for("account.mandates"),
        )
    return make_response(page)


def _waiting(session: Session, signed_in: SignIn, invitation_id: str) -> MandateInvitation | None:
    """None also where it is somebody else's."""
    found = services()
    waiting = found.mandates.accepting.waiting_for(session, signed_in.person_id, found.clock())
    return next((one for one in waiting if one.id == invitation_id), None)


def _level_needed(session: Session, signed_in: SignIn, invitation_id: str) -> int:
    """The lowest where there is no such invitation: that says nothing of one of somebody else's."""
    row = _waiting(session, signed_in, invitation_id)
    return VERIFIED if row is None else services().mandates.levels.of(session, row.organisation_id)


def _target(invitation_id: str) -> str:
    return f"{INVITATIONS}/{invitation_id}"
