"""Everybody of the staff: officers help colleagues who have lost what they sign in with, and stop accounts.

Auditors read the list. What takes an auditor away waits for a second officer, as on the command line.
"""

from flask import Response, abort, url_for

from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.staff import accounts, changes
from idp.staff.changes import Change, Done
from idp.staff.models import StaffStatus
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, role_words, staff_here, staff_page
from idp.staff_pages.room import blueprint, staff_services

READERS = (StaffRole.SECURITY, StaffRole.AUDITOR)
KINDS = {"reset": Change.RESET, "disable": Change.DISABLE}


@blueprint.get("/staff/accounts")
def all_accounts() -> Response:
    return _page(staff_here(*READERS))


@blueprint.post("/staff/accounts/<staff_id>/<any(reset, disable):what>")
def change_account(staff_id: str, what: str) -> Response:
    officer = staff_here(StaffRole.SECURITY)
    if staff_id == officer.staff_id:
        return _page(officer, error=_("Another officer has to do this for you."), status=403)
    with transaction() as session:
        account = accounts.locked(session, staff_id)
        if account is None:
            abort(404)
        done = changes.ask(
            session,
            staff_services().accounts,
            account,
            KINDS[what],
            asked_by=officer.staff_id,
            settings=services().settings.staff,
            context=context(),
            reason="by_officer",
        )
        staff_number = account.staff_number
    return _page(officer, notice=_done(done, staff_number))


@blueprint.get("/staff/accounts/<staff_id>/<any(reset, disable):what>")
def changed_account(**_account: str) -> Response:
    """A reload, or the language switch, on the page that followed a change."""
    return _page(staff_here(*READERS))


def _done(done: Done, staff_number: str) -> str:
    if done.change is not None:
        return _("It waits for a second officer.")
    if done.code is not None:
        return _(
            "Activation code for %(number)s, shown this once: %(code)s", number=staff_number, code=done.code
        )
    return _("%(number)s is disabled.", number=staff_number)


def _page(officer: StaffSignIn, *, status: int = 200, **shown: object) -> Response:
    may_change = officer.has(StaffRole.SECURITY)
    statuses = {
        StaffStatus.INVITED: _("not activated yet"),
        StaffStatus.ACTIVE: _("active"),
        StaffStatus.DISABLED: _("disabled"),
    }
    with reading() as session:
        listed = [
            {
                "staff_number": one.staff_number,
                "roles": role_words(one.roles),
                "status": statuses[StaffStatus(one.status)],
                "office": one.office,
                "window": one.window,
                "reset_url": url_for("staff.change_account", staff_id=one.id, what="reset"),
                "disable_url": url_for("staff.change_account", staff_id=one.id, what="disable"),
                "may_change": may_change and one.id != officer.staff_id,
                "is_disabled": one.status == StaffStatus.DISABLED,
            }
            for one in accounts.everybody(session)
        ]
    return staff_page(
        "staff/accounts.html",
        officer,
        status=status,
        accounts=listed,
        home_url=url_for("staff.home"),
        **shown,
    )
