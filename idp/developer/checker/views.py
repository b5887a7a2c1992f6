"""Where an app is looked at, the button that begins, and what there was so far."""

from typing import Any

from flask import Response, abort, make_response, redirect, request

from idp.apps.kinds import Kind
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.audit import log as audit
from idp.audit.events.checking import (
    AppBadgeTurned,
    AppCheckSetUp,
    AppCheckStarted,
    AppCheckTokenMade,
    AppCheckTokenWithdrawn,
)
from idp.checker import runs, setups
from idp.checker.models import CheckerSetup
from idp.checker.setups import SetupRefused, Wanted
from idp.developer import words
from idp.developer.checker import shown
from idp.developer.checker.bringing import may_bring
from idp.developer.deeds import deed, held_app
from idp.developer.present import (
    CONSOLE,
    AppHere,
    app_here,
    developer_page,
    is_recently_proved,
    recently_proved,
)
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.metadata import Client
from idp.oidc.room import provider

AN_HOUR, HOUR_SECONDS = 20, 3600
"""Runs of one app: workers are everybody's."""
SAID = {
    "set": lambda: _("That is where the app will be looked at."),
    "badge": lambda: _("That is done."),
    "withdrawn": lambda: _("The token brings no reports any more."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get("/apps/<app_id>/checker")
def checker(app_id: str) -> Response:
    return page(checked_app(app_id))


@blueprint.post("/apps/<app_id>/checker/setup")
def set_up_checker(app_id: str) -> Response:
    here = checked_app(app_id, Role.DEVELOPER)
    typed = {name: request.form.get(name, "").strip() for name in ("sign_in_url", "page_url", "marker")}
    try:
        wanted = setups.checked(Wanted(**typed), setups.origins_of(client_of(here)))
    except SetupRefused as refused:
        return page(here, status=422, typed=typed, wrong={refused.field: shown.unfit(refused.why)})
    try:
        with deed("check", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            setups.keep(session, app.id, wanted)
            event = AppCheckSetUp(here.developer.person_id, app.id)
            audit.record(session, event, context=circumstances)
    except DeveloperDeedRefused as refused:
        return page(here, status=422, error=words.refusal(refused.reason))
    return _back(here, "set")


@blueprint.post("/apps/<app_id>/checker/start")
def start_checker(app_id: str) -> Response:
    here = checked_app(app_id, Role.DEVELOPER)
    if why_not := _not_from_here(here):
        return page(here, status=422, error=why_not)
    if not services().throttle.allow(f"checks of an app:{here.app.id}", AN_HOUR, HOUR_SECONDS):
        return page(
            here, status=429, error=_("That was often enough for an hour. Use the command line meanwhile.")
        )
    try:
        with deed("check", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            run = runs.start(session, app.id, circumstances.at)
            event = AppCheckStarted(here.developer.person_id, app.id, client_of(here).client_id)
            audit.record(session, event, context=circumstances)
            run_id = run.id
    except runs.QueueFull:
        return page(here, status=429, error=_("Many checks wait already. Try again in some minutes."))
    except runs.UnderWay:
        return page(here, status=409, error=_("A check of this app is under way. Wait until it has ended."))
    except DeveloperDeedRefused as refused:
        return page(here, status=422, error=words.refusal(refused.reason))
    return make_response(redirect(f"{path_of(here)}/runs/{run_id}", 303))


@blueprint.post("/apps/<app_id>/checker/badge")
def turn_badge(app_id: str) -> Response:
    here = checked_app(app_id, Role.DEVELOPER)
    is_public = request.form.get("shown") == "yes"
    try:
        with deed("check-badge", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            setups.turn_badge(session, app.id, is_public=is_public)
            event = AppBadgeTurned(here.developer.person_id, app.id, is_public)
            audit.record(session, event, context=circumstances)
    except DeveloperDeedRefused as refused:
        return page(here, status=422, error=words.refusal(refused.reason))
    return _back(here, "badge")


@blueprint.post("/apps/<app_id>/checker/token")
def make_checker_token(app_id: str) -> Response:
    """The token is on the answer to this form and nowhere else."""
    here = checked_app(app_id, Role.DEVELOPER)
    recently_proved(here)
    try:
        with deed("check-token", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            token = setups.new_token(session, app.id, here.developer.person_id, services().clock)
            event = AppCheckTokenMade(here.developer.person_id, app.id)
            audit.record(session, event, context=circumstances)
    except DeveloperDeedRefused as refused:
        return page(here, status=422, error=words.refusal(refused.reason))
    return page(here, new_token=token)


@blueprint.post("/apps/<app_id>/checker/token/withdraw")
def withdraw_checker_token(app_id: str) -> Response:
    here = checked_app(app_id, Role.DEVELOPER)
    try:
        with deed("check-token", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            if setups.withdraw_token(session, app.id):
                event = AppCheckTokenWithdrawn(here.developer.person_id, app.id)
                audit.record(session, event, context=circumstances)
    except DeveloperDeedRefused as refused:
        return page(here, status=422, error=words.refusal(refused.reason))
    return _back(here, "withdrawn")


def _not_from_here(here: AppHere) -> str | None:
    """Why our server cannot check the app, as far as it is known before the run."""
    client = client_of(here)
    with reading() as session:
        setup = setups.of_app(session, here.app.id)
    if here.app.kind == Kind.SINGLE_PAGE:
        return shown.by_scripts()
    if not client.is_active:
        return shown.failure("no_client")
    if setup is None or not setup.sign_in_url:
        return _("Say first where the app is to be looked at.")
    try:
        wanted = Wanted(setup.sign_in_url, setup.page_url, setup.marker)
        setups.checked(wanted, setups.origins_of(client))
    except SetupRefused:
        return shown.failure("setup")
    allow = services().settings.developer.checker_allow
    return None if setups.are_reached(wanted, allow) else shown.is_far()


def checked_app(app_id: str, role: Role = Role.VIEWER) -> AppHere:
    """404 of a draft, and wherever there is no sandbox: nobody real is signed in by a program."""
    here = app_here(app_id, role)
    if here.client_id is None or not services().settings.sandbox:
        abort(404)
    return here


def client_of(here: AppHere) -> Client:
    client = None if here.client_id is None else provider().clients.known(here.client_id)
    if client is None:
        abort(404)
    return client


def path_of(here: AppHere) -> str:
    return f"{here.path}/checker"


def page(here: AppHere, *, status: int = 200, **told: Any) -> Response:
    """`told`: what is different after a form."""
    settings, client, path = services().settings, client_of(here), path_of(here)
    now = services().clock()
    with reading() as session:
        setup = setups.of_app(session, here.app.id)
        found = [shown.run(one, path, now) for one in runs.of_app(session, here.app.id)]
    said = SAID.get(request.args.get("done", ""))
    allow = settings.developer.checker_allow
    typed = told.pop("typed", None) or _kept(setup)
    is_by_scripts = here.app.kind == Kind.SINGLE_PAGE
    asked = shown.Asked(settings.issuer, client, f"{settings.issuer}{path}/reports")
    return developer_page(
        "developer/checker/checker.html",
        here,
        status=status,
        path=path,
        typed=typed,
        wrong=told.pop("wrong", {}),
        origins=setups.origins_of(client),
        hears_of_logouts=client.metadata.backchannel_logout_uri is not None,
        is_by_scripts=is_by_scripts,
        is_far=bool(typed["sign_in_url"]) and not setups.are_reached(Wanted(**typed), allow),
        runs=found,
        is_under_way=any(one["is_under_way"] for one in found),
        may_change=here.may(Role.DEVELOPER),
        badge_url=_badge_url(setup.badge_id) if setup is not None and setup.badge_is_public else None,
        token_made_at=None if setup is None else setup.token_made_at,
        token_is_dead=_is_dead(setup),
        proof_is_old=not is_recently_proved(here),
        command=(
            shown.command_in_a_browser(asked, told.get("new_token"))
            if is_by_scripts
            else shown.command(setup, asked)
        ),
        sandbox_url=f"{here.path}/sandbox" if is_by_scripts else None,
        said=None if said is None else said(),
        **told,
    )


def _kept(setup: CheckerSetup | None) -> dict[str, str]:
    if setup is None:
        return {"sign_in_url": "", "page_url": "", "marker": ""}
    return {"sign_in_url": setup.sign_in_url, "page_url": setup.page_url, "marker": setup.marker}


def _is_dead(setup: CheckerSetup | None) -> bool:
    """Whether there is a token whose maker has no place in the team any more."""
    if setup is None or setup.token_digest is None:
        return False
    with reading() as session:
        return not may_bring(session, setup, services().clock())


def _badge_url(badge_id: str) -> str:
    return f"{services().settings.issuer}{CONSOLE}/badges/{badge_id}.svg"


def _back(here: AppHere, done: str) -> Response:
    return make_response(redirect(f"{path_of(here)}?done={done}", 303))
