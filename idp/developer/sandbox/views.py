"""The page where outcomes are chosen and what the app did is seen; and test tokens."""

from typing import Any

from flask import Response, abort, make_response, redirect, request

from idp.apps.models import Role
from idp.audit.events.sandbox import (
    SandboxAppTokenMade,
    SandboxAppTokenWithdrawn,
    SandboxOutcomesChosen,
    SandboxOutcomesEnded,
)
from idp.audit.fields import Event
from idp.developer.present import AppHere, app_here, developer_page, is_recently_proved, recently_proved
from idp.developer.room import blueprint
from idp.developer.sandbox import shown
from idp.extensions import services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.sandbox.outcomes.app_tokens import NAME_AT_MOST, TooMany
from idp.sandbox.outcomes.catalogue import Place
from idp.sandbox.outcomes.scripts import ScriptInvalid
from idp.sandbox.services import sandbox_services

DEVELOPER = "developer"
SAID = {
    "chosen": lambda: _("That is chosen. Sign in to your app now."),
    "ended": lambda: _("Switched off. Sign-ins go on as everywhere."),
    "withdrawn": lambda: _("The token opens nothing any more."),
}
"""What is said of what was just done, by the word in the address."""


@blueprint.get("/apps/<app_id>/sandbox")
def outcomes_page(app_id: str) -> Response:
    return _page(*_here(app_id))


@blueprint.post("/apps/<app_id>/sandbox")
def choose_outcomes(app_id: str) -> Response:
    here, client_id = _here(app_id, Role.DEVELOPER)
    chosen = tuple(name for place in Place if (name := request.form.get(f"outcome-{place}", "")))
    if not chosen:
        return _page(here, client_id, error=_("Choose at least one outcome."), status=422)
    typed = request.form.get("sign_ins", "")
    sign_ins = None if typed == shown.UNTIL_SWITCHED_OFF else shown.number(typed)
    seconds = shown.number(request.form.get("seconds", "")) if request.form.get("outcome-pace") else None
    try:
        sandbox_services().scripts.put(client_id, chosen, sign_ins=sign_ins, seconds=seconds)
    except ScriptInvalid:
        error = _("That cannot be chosen together. Choose again, please.")
        return _page(here, client_id, error=error, status=422)
    _tell(
        SandboxOutcomesChosen(
            client_id=client_id, outcomes=chosen, by=DEVELOPER, person_id=here.developer.person_id
        )
    )
    return _back(here, "chosen")


@blueprint.post("/apps/<app_id>/sandbox/off")
def end_outcomes(app_id: str) -> Response:
    here, client_id = _here(app_id, Role.DEVELOPER)
    if sandbox_services().scripts.end(client_id):
        by = here.developer.person_id
        _tell(SandboxOutcomesEnded(client_id=client_id, by=DEVELOPER, person_id=by))
    return _back(here, "ended")


@blueprint.post("/apps/<app_id>/sandbox/tokens")
def make_test_token(app_id: str) -> Response:
    """The token is on the answer to this form and nowhere else."""
    here, client_id = _here(app_id, Role.DEVELOPER)
    recently_proved(here)
    typed = " ".join(request.form.get("name", "").split())[:NAME_AT_MOST]
    # Colleagues read it: nothing that they do not see, or that turns the line around.
    name = "".join(one for one in typed if one.isprintable())
    try:
        text, made = sandbox_services().app_tokens.make(client_id, name, here.developer.person_id)
    except TooMany:
        error = _("The app has as many tokens as it may. Withdraw one first.")
        return _page(here, client_id, error=error, status=422)
    _tell(SandboxAppTokenMade(client_id=client_id, person_id=here.developer.person_id))
    return _page(here, client_id, new_token=text, new_until=made.expires_at)


@blueprint.post("/apps/<app_id>/sandbox/tokens/<place>/withdraw")
def withdraw_test_token(app_id: str, place: str) -> Response:
    here, client_id = _here(app_id, Role.DEVELOPER)
    is_place = place.isascii() and place.isdigit() and len(place) == 1
    if is_place and sandbox_services().app_tokens.withdraw(client_id, int(place)):
        _tell(SandboxAppTokenWithdrawn(client_id=client_id, person_id=here.developer.person_id))
    return _back(here, "withdrawn")


def _here(app_id: str, role: Role = Role.VIEWER) -> tuple[AppHere, str]:
    """With the app's client_id. 404 where there is no sandbox, whoever asks, and of drafts."""
    if not services().settings.sandbox:
        abort(404)
    here = app_here(app_id, role)
    if here.client_id is None:
        abort(404)
    return here, here.client_id


def _tell(event: Event) -> None:
    found = services()
    found.audit.append(event, context(found.clock()))


def _back(here: AppHere, said: str) -> Response:
    query = f"?said={said}" if said else ""
    return make_response(redirect(f"{here.path}/sandbox{query}", 303))


def _page(here: AppHere, client_id: str, *, status: int = 200, **more: Any) -> Response:
    found = sandbox_services()
    said = SAID.get(request.args.get("said", "")) if request.method == "GET" else None
    return developer_page(
        "developer/sandbox/sandbox.html",
        here,
        status=status,
        url=f"{here.path}/sandbox",
        notice=None if said is None else said(),
        may_choose=here.may(Role.DEVELOPER),
        proof_is_old=not is_recently_proved(here),
        places=shown.places(request.form),
        counts=shown.counts(request.form),
        seconds=shown.seconds(request.form),
        tokens=[
            {
                "name": one.name or _("Without a name"),
                "until": one.expires_at,
                "withdraw_url": f"{here.path}/sandbox/tokens/{one.place}/withdraw",
            }
            for one in found.app_tokens.of(client_id)
        ],
        api_url=f"{services().settings.issuer}/sandbox/apps/{client_id}/outcomes",
        **shown.script(found.scripts, client_id),
        **more,
    )
