"""Changes that take an auditor away, and the second officer's word on them."""

from flask import Response, abort, request, url_for

from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.staff import changes
from idp.staff.changes import Change, Done, NotYours
from idp.staff.roles import SECOND_OFFICERS
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, role_words, staff_here, staff_page
from idp.staff_pages.room import blueprint, staff_services


@blueprint.get("/staff/changes")
def waiting_changes() -> Response:
    return _page(staff_here(*SECOND_OFFICERS))


@blueprint.post("/staff/changes/<change_id>")
def decide_change(change_id: str) -> Response:
    officer = staff_here(*SECOND_OFFICERS)
    decision = request.form.get("decision", "")
    if decision not in {"agree", "refuse"}:
        abort(400)
    try:
        with transaction() as session:
            done = changes.decide(
                session,
                staff_services().accounts,
                change_id,
                officer,
                agrees=decision == "agree",
                settings=services().settings.staff,
                context=context(),
            )
    except NotYours as refused:
        return _page(officer, error=_why_not(refused.reason), status=403)
    return _page(officer, notice=_done(done, agreed=decision == "agree"))


@blueprint.get("/staff/changes/<change_id>")
def decided_change(**_change: str) -> Response:
    """A reload, or the language switch, on the page that followed a decision."""
    return _page(staff_here(*SECOND_OFFICERS))


def _done(done: Done, *, agreed: bool) -> str:
    if not agreed:
        return _("You have refused it. The account stays as it is.")
    if done.code is not None:
        return _("Done. Their activation code, shown this once: %(code)s", code=done.code)
    return _("Done.")


def _why_not(reason: str) -> str:
    words = {
        "own": _("It is about your own account: you may refuse it, another officer has to agree."),
        "asker": _("You have asked for it yourself: another officer has to agree."),
        "new": _(
            "Your account was made or reset less than %(hours)s hours ago: another officer has to agree.",
            hours=services().settings.staff.officer_settled_hours,
        ),
    }
    return words.get(reason) or _("It is over: somebody has decided it, or its time has run out.")


def _words(kind: str) -> str:
    words = {
        Change.DISABLE: _("Disable the account"),
        Change.RESET: _("Reset the account: whoever gets the new activation code signs in with it"),
        Change.ROLES: _("Take roles away"),
    }
    return words[Change(kind)]


def _page(officer: StaffSignIn, *, status: int = 200, **shown: object) -> Response:
    found = services()
    now = found.clock()
    with reading() as session:
        waiting = [
            {
                "url": url_for("staff.decide_change", change_id=change.id),
                "words": _words(change.kind),
                "staff_number": account.staff_number,
                "roles_now": role_words(account.roles),
                "roles_then": role_words(change.roles) if change.kind == Change.ROLES else None,
                "asked_at": change.asked_at,
                "expires_at": change.expires_at,
                "may_agree": (problem := changes.problem(change, officer, found.settings.staff, now)) is None,
                "why_not": None if problem is None else _why_not(problem),
            }
            for change, account in changes.waiting(session, now)
        ]
    return staff_page(
        "staff/changes.html", officer, status=status, changes=waiting, home_url=url_for("staff.home"), **shown
    )
