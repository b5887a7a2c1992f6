"""What the console calls things: roles, states of an app, teams, and why something was not done."""

from typing import Any, Final, Protocol

from flask import g
from sqlalchemy.orm import Session

from idp.apps.apps import AppState, state_of
from idp.apps.kinds import OF_KIND, Kind
from idp.apps.membership import Membership
from idp.apps.models import App, Role, Team
from idp.apps.refusing import Refusal
from idp.business.models import Organisation
from idp.developer import people
from idp.extensions import reading, services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.oidc.clients.changes.history import ActorKind
from idp.oidc.room import provider

QUICK_STARTS: Final = {
    Kind.PORTAL: "start/flask",
    Kind.SINGLE_PAGE: "start/spa",
    Kind.NATIVE: "start/native",
    Kind.MINI_PROGRAM: "start/mini-program",
    Kind.MACHINE: "start/curl",
    Kind.KIOSK: "start/curl",
}
"""Pages of the documentation; for what has none, its first page."""
VIEWER: Final = "developer_person_id"
"""Of Flask's `g`: who looks, to whom their own things are theirs."""


class AppSeen(Protocol):
    """What of `present.AppHere` is told here."""

    @property
    def app(self) -> App: ...

    @property
    def team(self) -> Team: ...

    @property
    def role(self) -> Role: ...

    @property
    def path(self) -> str: ...


def role(one: Role) -> str:
    return {
        Role.OWNER: _("Owner"),
        Role.DEVELOPER: _("Developer"),
        Role.VIEWER: _("Viewer"),
    }[one]


def role_explained(one: Role) -> str:
    return {
        Role.OWNER: _("Changes apps, says who is in the team, and deletes apps"),
        Role.DEVELOPER: _("Changes apps, their keys and secrets"),
        Role.VIEWER: _("Looks at everything and changes nothing"),
    }[one]


def actor(kind: str) -> str:
    """Who changed something, where it was nobody of the team."""
    return {
        ActorKind.OPERATOR.value: _("the operator"),
        ActorKind.STAFF.value: _("the provider’s staff"),
        ActorKind.CLIENT.value: _("the app itself"),
    }.get(kind, _("a member"))


def state(one: AppState) -> str:
    return {
        AppState.DRAFT: _("Draft"),
        AppState.ACTIVE: _("Works"),
        AppState.PAUSED: _("Stopped by the team"),
        AppState.SUSPENDED: _("Stopped by the operator"),
        AppState.FROZEN: _("Frozen by the security staff"),
    }[one]


def state_explained(one: AppState, kind: str) -> str:
    if one is AppState.ACTIVE and kind == Kind.MACHINE:
        return _("It gets tokens in its own name.")
    return {
        AppState.DRAFT: _("It has no client_id yet, and nobody can sign in to it."),
        AppState.ACTIVE: _("People can sign in to it."),
        AppState.PAUSED: _(
            "Nobody can sign in to it and its tokens open nothing, until somebody of the team lets it go on."
        ),
        AppState.SUSPENDED: _(
            "Nobody can sign in to it and its tokens open nothing. Only the operator lets it go on: ask them "
            "why."
        ),
        AppState.FROZEN: _(
            "Nobody can sign in to it and its tokens open nothing. Something about it worried the security "
            "staff, who alone let it go on: ask the operator to be put through."
        ),
    }[one]


def name_of(session: Session, found: Membership | Team) -> str:
    """As its owners call it, else as its organisation is called, else by whose own it is."""
    called = found.called if isinstance(found, Membership) else found.name
    if called is not None:
        return called
    if found.organisation_id is None:
        if found.created_by == g.get(VIEWER):
            return _("My sandbox")
        return _("Sandbox of %(name)s", name=people.name(session, found.created_by))
    organisation = session.get_one(Organisation, found.organisation_id)
    return services().organisations.name_of(organisation)


def app_name(app: App) -> str:
    """In the language of the page; of a draft as the wizard was told."""
    client = None if app.client_id is None else provider().clients.known(app.client_id)
    if client is not None:
        return client.name(current_locale())
    return str(app.told.get("client_name") or _("App without a name"))


def kind(app: App) -> str:
    """What the wizard was told that it is."""
    known = OF_KIND[Kind(app.kind)] if app.kind in set(Kind) else None
    return _("Registered by a program") if known is None else _(known.name)


def quick_start(kind: str) -> str:
    """Where programs are that run."""
    page = QUICK_STARTS[Kind(kind)] if kind in QUICK_STARTS else ""
    return f"/docs/{current_locale()}/{page}"


def app_shown(here: AppSeen) -> dict[str, Any]:
    """What the head of every page of an app shows."""
    with reading() as session:
        now = state_of(session, here.app)
        called = name_of(session, here.team)
    return {
        "id": here.app.id,
        "name": app_name(here.app),
        "client_id": here.app.client_id,
        "url": here.path,
        "kind": kind(here.app),
        "team": called,
        "team_url": f"/developer/teams/{here.team.id}",
        "role": role(here.role),
        "state": now.value,
        "state_words": state(now),
        "state_explained": state_explained(now, here.app.kind),
        "works": now is AppState.ACTIVE,
        "is_draft": now is AppState.DRAFT,
    }


def refusal(reason: Refusal) -> str:
    return {
        Refusal.NOT_FOUND: _("There is nothing of that here any more."),
        Refusal.ROLE: _("Your role in the team does not go so far."),
        Refusal.NO_STANDING: _(
            "Only who may act for the organisation can be in its team: have its legal representative give "
            "you a mandate for “Client apps” first, under “Acting for others”."
        ),
        Refusal.LAST_OWNER: _("Somebody has to own the team: make another member its owner first."),
        Refusal.BY_LAW: _(
            "Who stands for the organisation owns its team, until they no longer stand for it; and one’s own "
            "team is always one’s own."
        ),
        Refusal.ALREADY: _("That is so already."),
        Refusal.TOO_MANY_TEAMS: _("You are in as many teams as one person may be in. Leave one first."),
        Refusal.TOO_MANY_MEMBERS: _("The team has as many members as it may have. Remove one first."),
        Refusal.TOO_MANY_INVITATIONS: _(
            "As many invitations wait as may wait at a time. Take one back, or wait until one is used."
        ),
        Refusal.TOO_MANY_APPS: _("The team has as many apps as it may have. Delete one first."),
        Refusal.TOO_MANY_TOKENS: _("The team has as many tokens as it may have. End one first."),
        Refusal.TEXT: _("This name is too long, or has characters that nobody sees."),
        Refusal.STATE: _("That cannot be done as the app stands now."),
    }[reason]
