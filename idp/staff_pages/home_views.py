"""The first page of staff: who am I here, where to, how do I sign in; and signing out."""

from flask import Response, jsonify, request, url_for

from idp.audit import log as audit
from idp.audit.events.staff import StaffSignedOut
from idp.browser import browser_digest
from idp.crypto.digests import digest
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.login.factors.passkey import PasskeyRefused
from idp.people.passkeys import PasskeyKnown, TooManyPasskeys
from idp.staff import accounts, changes, means
from idp.staff import sessions as staff_sessions
from idp.staff.roles import SECOND_OFFICERS, StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, current_staff, staff_here, staff_page, to
from idp.staff_pages.room import blueprint, staff_services

AT_APPROVALS = (StaffRole.APPROVER, StaffRole.SECURITY, StaffRole.AUDITOR)
AT_THE_DESK = (StaffRole.SECURITY, StaffRole.AUDITOR, StaffRole.OPERATOR)
SETTLED_SECONDS = 900
"""So recent a sign-in lets somebody change how they sign in (OWASP ASVS 7.5.1)."""


@blueprint.get("/staff")
def home() -> Response:
    return _page(staff_here())


@blueprint.post("/staff/sign-out")
def sign_out() -> Response:
    signed_in = current_staff()
    if signed_in is not None:
        with transaction() as session:
            staff_sessions.end(session, signed_in.sid)
            event = StaffSignedOut(signed_in.staff_id, digest(signed_in.sid))
            audit.record(session, event, context=context())
    response = to("staff.login")
    response.delete_cookie(staff_sessions.COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@blueprint.post("/staff/passkeys/options")
def new_passkey_options() -> Response:
    signed_in = staff_here()
    if not _is_recent(signed_in):
        return Response(status=403)
    with reading() as session:
        existing = [one.credential_id for one in means.passkeys_of(session, signed_in.staff_id)]
    return jsonify(
        staff_services().passkeys.creation_options(
            browser_digest(), handle=signed_in.staff_id, name=signed_in.staff_number, existing=existing
        )
    )


@blueprint.post("/staff/passkeys")
def add_passkey() -> Response:
    signed_in = staff_here()
    if not _is_recent(signed_in):
        return _ask_again(signed_in)
    try:
        new = staff_services().passkeys.bound(
            request.form.get("credential", ""),
            browser_digest(),
            handle=signed_in.staff_id,
            label=request.form.get("label", "").strip() or _("Passkey"),
        )
        with transaction() as session:
            account = accounts.locked(session, signed_in.staff_id)
            if account is not None:
                means.add_passkey(session, account, new, way="added", context=context())
    except TooManyPasskeys:
        return _page(signed_in, error=_("Remove a passkey before adding another one."), status=422)
    except (PasskeyRefused, PasskeyKnown):
        return _page(signed_in, error=_("The passkey was not added. Please try again."), status=422)
    return to("staff.home")


@blueprint.post("/staff/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> Response:
    signed_in = staff_here()
    if not _is_recent(signed_in):
        return _ask_again(signed_in)
    with transaction() as session:
        account = accounts.locked(session, signed_in.staff_id)
        removed = account is not None and means.remove_passkey(
            session, account, passkey_id, but=signed_in.sid, context=context()
        )
    if not removed:
        return _page(signed_in, error=_("You would have nothing left to sign in with."), status=422)
    return to("staff.home")


@blueprint.get("/staff/passkeys")
@blueprint.get("/staff/passkeys/<passkey_id>/remove")
def passkeys_page(**_passkey: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to("staff.home")


def _is_recent(signed_in: StaffSignIn) -> bool:
    """Who finds the page open must not make the account theirs."""
    return (services().clock() - signed_in.opened_at).total_seconds() <= SETTLED_SECONDS


def _ask_again(signed_in: StaffSignIn) -> Response:
    words = _("You signed in a while ago. Sign out and in again to change how you sign in.")
    return _page(signed_in, error=words, status=403)


def _page(signed_in: StaffSignIn, *, status: int = 200, **shown: object) -> Response:
    is_officer = signed_in.has(*SECOND_OFFICERS)
    with reading() as session:
        own = means.passkeys_of(session, signed_in.staff_id)
        waiting = changes.waiting(session, services().clock())
    about_me = any(change.staff_id == signed_in.staff_id for change, _account in waiting)
    return staff_page(
        "staff/home.html",
        signed_in,
        status=status,
        window_url=url_for("window.home") if signed_in.has(StaffRole.CLERK) else None,
        desk_url=url_for("security.overview") if signed_in.has(*AT_THE_DESK) else None,
        approvals_url=url_for("approvals.requests_page") if signed_in.has(*AT_APPROVALS) else None,
        changes_url=url_for("staff.waiting_changes") if is_officer else None,
        accounts_url=url_for("staff.all_accounts") if is_officer else None,
        changes_waiting=len(waiting) if is_officer else 0,
        about_me=about_me,
        passkeys=own,
        passkey={
            "action": url_for("staff.add_passkey"),
            "options_url": url_for("staff.new_passkey_options"),
        },
        **shown,
    )
