"""What every page of the console has: who is there, which team and app it is about, the way to the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, g, make_response, render_template, request
from sqlalchemy.orm import Session

from idp import sessions
from idp.apps import membership, teams
from idp.apps.membership import Membership
from idp.apps.models import App, Role, Team
from idp.developer import words
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.login.circumstances import context
from idp.login.enrolment.place import start_for_our_own_pages
from idp.login.visits import current_sign_in
from idp.oidc.levels import VERIFIED
from idp.sessions import SignIn

CONSOLE: Final = "/developer"
BAD_REQUEST: Final = 400
"""From here on a status says that something was wrong (RFC 9110 section 15.5)."""
APPS: Final = f"{CONSOLE}/apps"
TEAMS: Final = f"{CONSOLE}/teams"
STANDS_AT: Final = {"apps": 4, "teams": 3}
"""How many segments of an address name the page that a form stands on: `/developer/apps/<id>/<section>`."""


@dataclass(frozen=True, slots=True)
class Section:
    """A page that the navigation leads to; what lies below it belongs to it."""

    path: str
    """Of the console's as they stand; of an app's, what follows its own address."""
    words: str
    """Marked by `gettext_noop`."""
    role: Role = Role.VIEWER
    """Shown to whoever has this role or a greater one."""
    in_drafts: bool = True
    """Whether it says anything of an app that has no client yet."""
    sandbox_alone: bool = False
    production_alone: bool = False


SECTIONS: Final[tuple[Section, ...]] = (
    Section(CONSOLE, gettext_noop("Apps")),
    Section(f"{CONSOLE}/errors", gettext_noop("What went wrong")),
    Section(f"{CONSOLE}/going-live", gettext_noop("From the sandbox"), production_alone=True),
    Section(f"{CONSOLE}/tokens", gettext_noop("Registration tokens"), sandbox_alone=True),
)
"""Of the console, in the order of the navigation."""

APP_SECTIONS: Final[tuple[Section, ...]] = (
    # One a line, in the order in which an app is built.
    Section("", gettext_noop("Overview")),
    Section("/settings", gettext_noop("Settings")),
    Section("/scopes", gettext_noop("What it asks for")),
    Section("/keys", gettext_noop("Secrets and keys"), in_drafts=False),
    Section("/history", gettext_noop("History"), in_drafts=False),
    Section("/requests", gettext_noop("Requests"), in_drafts=False),
    Section("/usage", gettext_noop("Usage"), in_drafts=False),
    Section("/sandbox", gettext_noop("Try what can go wrong"), in_drafts=False, sandbox_alone=True),
    Section("/checker", gettext_noop("Check my integration"), in_drafts=False, sandbox_alone=True),
    Section("/going-live", gettext_noop("Going live")),
)
"""Of an app, in the order of the navigation: each room adds its line when its page works."""


@dataclass(frozen=True, slots=True)
class Developer:
    """Who is at the console: a person of level 2 or more."""

    signed_in: SignIn

    @property
    def person_id(self) -> str:
        return self.signed_in.person_id


@dataclass(frozen=True, slots=True)
class TeamHere:
    """A team that whoever is here is in."""

    developer: Developer
    team: Team
    """Read only: whoever changes it reads it anew in a transaction."""
    membership: Membership

    @property
    def role(self) -> Role:
        return self.membership.role

    @property
    def path(self) -> str:
        return f"{TEAMS}/{self.team.id}"


@dataclass(frozen=True, slots=True)
class AppHere:
    """An app of a team that whoever is here is in."""

    developer: Developer
    team: Team
    role: Role
    app: App
    """Read only, as the team."""
    client_id: str | None
    """None in drafts."""

    @property
    def path(self) -> str:
        return f"{APPS}/{self.app.id}"

    def may(self, role: Role) -> bool:
        return self.role.includes(role)


Here = Developer | TeamHere | AppHere


def developer_here() -> Developer:
    """Who is signed in with level 2 or more; else the request ends with the way there, and back here.

    Whoever works here stays signed in: a page that they open is a use of their session. What a script asks
    for by itself is none, so that a page left open keeps nobody in.
    """
    signed_in = current_sign_in()
    if signed_in is None or _level(signed_in) < VERIFIED:
        abort(start_for_our_own_pages(_here(), level=VERIFIED).lead_on())
    setattr(g, words.VIEWER, signed_in.person_id)
    _ensure_own_team(signed_in.person_id)
    _touch(signed_in)
    return Developer(signed_in)


def team_here(team_id: str, role: Role = Role.VIEWER) -> TeamHere:
    """404 of a team that they are not in at this moment; 403 where their role does not go so far."""
    developer = developer_here()
    with reading() as session:
        team = session.get(Team, _id(team_id))
        found = None if team is None else _membership(session, team, developer)
        if team is None or found is None:
            abort(404)
    here = TeamHere(developer, team, found)
    _refuse_below(here, role)
    return here


def app_here(app_id: str, role: Role = Role.VIEWER) -> AppHere:
    """404 of an app whose team they are not in at this moment; 403 where their role does not go so far."""
    developer = developer_here()
    with reading() as session:
        app = session.get(App, _id(app_id))
        team = None if app is None else session.get(Team, app.team_id)
        found = None if team is None else _membership(session, team, developer)
        if app is None or team is None or found is None:
            abort(404)
    here = AppHere(developer, team, found.role, app, app.client_id)
    _refuse_below(here, role)
    return here


def is_recently_proved(here: Here) -> bool:
    """Whether they have proved who they are within the last minutes (`protocol.presence_seconds`), by what
    counts for level 2 or more: pages can say beforehand that more will be asked for."""
    found = services()
    since = found.clock() - timedelta(seconds=found.settings.protocol.presence_seconds)
    return any(proof.level >= VERIFIED and proof.at >= since for proof in developer_of(here).signed_in.proofs)


def recently_proved(here: Here, back: str | None = None) -> None:
    """For secrets, keys, members and going live: who finds the console open does none of that. Where the last
    proof is too old the request ends with the way to a new one, and from there to `back` (a path of the
    console); without it, to the page itself or, after a form, to the section that it stands in."""
    if not is_recently_proved(here):
        abort(start_for_our_own_pages(back or _here(), level=VERIFIED, anew=True).lead_on())


def developer_page(template: str, here: Here, *, status: int = 200, **shown: Any) -> Response:
    """A page of the console.

    `here`: what it is about, which gives it its navigation. Templates have it as `here`.
    """
    page = render_template(
        template,
        here=here,
        sections=_sections(SECTIONS, "", _is_shown_here),
        app=words.app_shown(here) if isinstance(here, AppHere) else None,
        app_sections=_app_sections(here) if isinstance(here, AppHere) else (),
        is_refused=status >= BAD_REQUEST,
        **shown,
    )
    return make_response(page, status)


def developer_of(here: Here) -> Developer:
    return here if isinstance(here, Developer) else here.developer


def _membership(session: Session, team: Team, developer: Developer) -> Membership | None:
    return membership.membership(session, team, developer.person_id, services().clock())


def _touch(signed_in: SignIn) -> None:
    # Fetch Metadata Request Headers section 2.1: what a script fetches is for nothing to be shown.
    is_opened = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    found = services()
    now = found.clock()
    if is_opened and not sessions.is_touched(signed_in, now):
        with transaction() as session:
            sessions.touch(session, signed_in, now, found.settings.protocol)


def _ensure_own_team(person_id: str) -> None:
    """Whichever page of the sandbox's console they come to first."""
    found = services()
    if not found.settings.sandbox:
        return
    with reading() as session:
        has_one = teams.has_personal(session, person_id)
    if not has_one:
        with transaction() as session:
            teams.personal(session, person_id, context=context(found.clock()))


def _refuse_below(here: TeamHere | AppHere, role: Role) -> None:
    if not here.role.includes(role):
        abort(developer_page("developer/refused.html", here, status=403, needed=words.role(role)))


def _level(signed_in: SignIn) -> int:
    found = services()
    return signed_in.level(found.clock(), found.settings.protocol.presence_seconds)


def _id(given: str) -> str:
    """Anything else is in no row, and PostgreSQL need not look."""
    try:
        return str(UUID(given))
    except ValueError:
        abort(404)


def _here() -> str:
    """Where to come back to: the page that was asked for or, of a form, the section that it stands in."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    segments = [one for one in request.path.split("/") if one]
    room = segments[1] if len(segments) > 1 else ""
    return "/" + "/".join(segments[: STANDS_AT.get(room, 2)])


def _is_shown_here(one: Section) -> bool:
    settings = services().settings
    if one.production_alone:
        return not settings.sandbox and bool(settings.developer.sandbox_issuer)
    return settings.sandbox or not one.sandbox_alone


def _app_sections(here: AppHere) -> list[dict[str, Any]]:
    is_sandbox = services().settings.sandbox

    def is_shown(one: Section) -> bool:
        is_there = one.in_drafts or here.client_id is not None
        return here.may(one.role) and is_there and (is_sandbox or not one.sandbox_alone)

    return _sections(APP_SECTIONS, here.path, is_shown)


def _sections(
    sections: tuple[Section, ...], base: str, is_shown: Callable[[Section], bool]
) -> list[dict[str, Any]]:
    """`base`: what their paths follow."""
    shown = [one for one in sections if is_shown(one)]
    path = request.path
    begun = [one for one in shown if path == base + one.path or path.startswith(f"{base}{one.path}/")]
    current = max(begun, key=lambda one: len(one.path), default=None)
    return [{"url": base + one.path, "words": _(one.words), "current": one is current} for one in shown]
