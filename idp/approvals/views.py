"""GET /approvals: requests of teams. An approver decides; security officers and auditors look on."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from idp.approvals import shown
from idp.approvals.room import blueprint
from idp.apps.going_live import deciding
from idp.apps.going_live.deciding import WORDS_AT_MOST, NotYours, Word
from idp.apps.going_live.models import AppRequest, RequestState
from idp.apps.models import App, Team
from idp.apps.telling import tell_team
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.messages import texts
from idp.oidc.clients.changes.changing import ClientTaken
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.resources import ResourceTaken
from idp.oidc.room import provider
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context, staff_here, staff_page, to

__all__ = ["blueprint"]

READERS: Final = (StaffRole.APPROVER, StaffRole.SECURITY, StaffRole.AUDITOR)
DECIDED_AT_MOST: Final = 50
DECISIONS: Final = ("approve", "refuse")


@blueprint.get("")
def requests_page() -> Response:
    staff = staff_here(*READERS)
    with reading() as session:
        waiting = [shown.row(session, *one) for one in deciding.open_requests(session)]
        over = [shown.row(session, *one) for one in deciding.decided(session, DECIDED_AT_MOST)]
    return staff_page(
        "approvals/list.html", staff, waiting=waiting, over=over, home_url=url_for("staff.home")
    )


@blueprint.get("/<uuid:request_id>")
def request_page(request_id: UUID) -> Response:
    return _page(staff_here(*READERS), str(request_id))


@blueprint.post("/<uuid:request_id>")
def decide_request(request_id: UUID) -> Response:
    staff = staff_here(StaffRole.APPROVER)
    decision = request.form.get("decision", "")
    if decision not in DECISIONS:
        abort(400)
    asked = str(request_id)
    words = request.form.get("words", "")
    word = Word(decision == "approve", words, _without(asked))
    try:
        with transaction() as session:
            done = deciding.decide(
                session,
                asked,
                staff,
                word,
                secrets=provider().authenticator.secrets,
                context=context(),
                tell=_tell,
            )
            app = session.get_one(App, done.app_id)
            client_id = app.client_id
    except NotYours as refused:
        return _page(staff, asked, error=_why_not(refused.reason), typed=words, status=422)
    except MetadataRefused:
        text = _("What would be left is no registration that works: leave something of each list.")
        return _page(staff, asked, error=text, typed=words, status=422)
    except (ClientTaken, ResourceTaken):
        text = _("What it asks for belongs to another app by now. Refuse it, and say so.")
        return _page(staff, asked, error=text, typed=words, status=422)
    if client_id is not None:
        provider().clients.forget(client_id)
    return to("approvals.request_page", request_id=asked)


def _tell(session: Session, decided: AppRequest, app: App) -> None:
    found = services()
    locale = found.settings.default_locale
    name = read(decided.fields).text("client_name", locale)
    page = f"{found.settings.issuer}/developer/apps/{app.id}/going-live"
    text = texts.app_decided(locale, name, decided.state != RequestState.REFUSED, page)
    subject = texts.app_decided_subject(locale)
    tell_team(session, found.cipher, app.team_id, subject, text, locale=locale, now=found.clock())


def _without(request_id: str) -> dict[str, list[str]]:
    """What the form leaves unticked of what was asked for."""
    with reading() as session:
        found = session.get(AppRequest, request_id)
        fields = {} if found is None else dict(found.fields)
    asked = {
        "scope": str(fields.get("scope", "")).split(),
        **{name: list(fields.get(name, ())) for name in shown.LESSENED[1:]},
    }
    ticked = {name: set(request.form.getlist(name)) for name in asked}
    return {name: [one for one in values if one not in ticked[name]] for name, values in asked.items()}


def _page(
    staff: StaffSignIn, request_id: str, *, status: int = 200, typed: str = "", **said: Any
) -> Response:
    found = services()
    with reading() as session:
        one = session.get(AppRequest, request_id)
        app = None if one is None else session.get(App, one.app_id)
        team = None if app is None else session.get(Team, app.team_id)
        if one is None or app is None or team is None:
            abort(404)
        problem = deciding.problem(session, one, team, staff, found.clock())
        whole = shown.whole(session, one, app, team)
    return staff_page(
        "approvals/one.html",
        staff,
        status=status,
        one=whole,
        may_decide=problem is None,
        why_not=None if problem in {None, "over", "role"} else _why_not(str(problem)),
        typed=typed,
        words_at_most=WORDS_AT_MOST,
        all_url=url_for("approvals.requests_page"),
        **said,
    )


def _why_not(reason: str) -> str:
    words: dict[str, Callable[[], str]] = {
        "own": lambda: _(
            "It is an app of your own, or of a team that you are or were in: somebody else decides it."
        ),
        "over": lambda: _("It is over: somebody has decided it, or the team has taken it back."),
        "words": lambda: _("Say to the team why: they read nothing else."),
        "frozen": lambda: _("The security staff have frozen the app: nothing of it is changed meanwhile."),
        "overtaken": lambda: _("The app has changed since they asked: refuse it, and have them ask anew."),
    }
    return words.get(reason, lambda: _("You cannot decide this."))()
