"""The wizard. GET /developer/apps/new: the kinds; with one chosen, two questions; then what there is now."""

import re
from typing import Any

from flask import Response, jsonify, make_response, redirect, request

from idp.apps import apps, editing, making
from idp.apps.kinds import KINDS, OF_KIND, Kind, KindOfApp
from idp.apps.models import App, Role, Team
from idp.apps.refusing import DeveloperDeedRefused
from idp.crypto.digests import new_secret
from idp.developer import words
from idp.developer.deeds import deed, held_team
from idp.developer.explained import by_field, field_words
from idp.developer.present import APPS, CONSOLE, AppHere, TeamHere, developer_page, team_here
from idp.developer.registered import own_here
from idp.developer.room import blueprint
from idp.developer.wizard.together import together
from idp.extensions import reading, services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.oidc.clients.changes.changing import ClientTaken
from idp.oidc.clients.explaining.whole import Explained, explain
from idp.oidc.room import provider

NAME, ADDRESS = "client_name", "redirect_uris"
LONGEST_TYPED = 4000
FORM_ID, FORM_ID_BYTES = re.compile(r"[A-Za-z0-9_-]{15,64}"), 18


@blueprint.get("/apps/new", endpoint="new_app")
def new_page() -> Response:
    if not request.args.get("team"):
        # From somewhere else, such as the documentation: one chooses the team first.
        return make_response(redirect(CONSOLE, 303))
    here = _team(request.args["team"])
    kind = _kind(request.args.get("kind", ""))
    return _kinds_page(here) if kind is None else _form(here, kind)


@blueprint.post("/apps/new", endpoint="make_app")
def make_app() -> Response:
    here = _team(request.form.get("team", ""))
    kind = _kind(request.form.get("kind", ""))
    if kind is None:
        return _kinds_page(here, error=_("Choose what you build."), status=422)
    found, provided = services(), provider()
    client_id = _client_id(here)
    fields = _fields(here, kind, client_id)
    explained = _explained(here, fields)
    if explained.metadata is None:
        return _form(here, kind, explained=explained, status=422)
    try:
        with deed("make-app", here) as (session, circumstances):
            made = making.make(
                session,
                held_team(session, here, Role.DEVELOPER),
                kind,
                fields,
                here.developer.person_id,
                sandbox=found.settings.sandbox,
                own=own_here(),
                at_most=found.settings.developer.apps_per_team,
                secrets=provided.authenticator.secrets,
                context=circumstances,
            )
    except DeveloperDeedRefused as why:
        return _form(here, kind, error=words.refusal(why.reason), status=422)
    except ClientTaken:
        # The form was sent twice: the app is there, its secret was shown.
        return _already(here, client_id)
    return _done(here, kind, made)


@blueprint.post("/apps/new/check", endpoint="check_new_app")
def check_new() -> Response:
    """What is wrong so far, for a script: the same words as after sending."""
    here = _team(request.form.get("team", ""))
    kind = _kind(request.form.get("kind", ""))
    if kind is None:
        return jsonify({"problems": {}})
    problems = _explained(here, _fields(here, kind, _client_id(here))).problems
    return jsonify({"problems": by_field(one for one in problems if one.typed)})


def _team(team_id: str) -> TeamHere:
    return team_here(team_id, Role.DEVELOPER)


def _kind(given: str) -> KindOfApp | None:
    return OF_KIND[Kind(given)] if given in set(Kind) else None


def _form_id() -> str:
    given = request.form.get("id", "")
    return given if FORM_ID.fullmatch(given) else new_secret(FORM_ID_BYTES)


def _client_id(here: TeamHere) -> str:
    """Of the form, so that one that is sent twice makes one app."""
    key = services().master_keys.derived(making.KEY_USE)
    return making.client_id_of(key, here.team.id, _form_id())


def _typed(name: str) -> str:
    return request.form.get(name, "")[:LONGEST_TYPED]


def _fields(here: TeamHere, kind: KindOfApp, client_id: str) -> dict[str, Any]:
    address = _typed(ADDRESS) if kind.returns else ""
    with reading() as session:
        team = session.get_one(Team, here.team.id)
        sector = making.sector_for(session, team, kind, client_id, address)
    return making.fields_of(kind, client_id, _typed(NAME), current_locale(), address, sector)


def _explained(here: TeamHere, fields: dict[str, Any]) -> Explained:
    with reading() as session:
        others = editing.others(
            session, None, here.team.id, sandbox=services().settings.sandbox, own=own_here()
        )
    return explain(fields, others)


def _kinds_page(here: TeamHere, *, status: int = 200, error: str | None = None) -> Response:
    base = f"{APPS}/new?team={here.team.id}"
    return developer_page(
        "developer/wizard/kinds.html",
        here,
        status=status,
        error=error,
        team_name=_team_name(here),
        kinds=[
            {
                "code": one.kind.value,
                "name": _(one.name),
                "what": _(one.what),
                "url": f"{base}&kind={one.kind.value}",
            }
            for one in KINDS
        ],
    )


def _form(
    here: TeamHere,
    kind: KindOfApp,
    *,
    explained: Explained | None = None,
    status: int = 200,
    error: str | None = None,
) -> Response:
    problems = by_field(explained.problems if explained else ())
    of_name = [one for name, found in problems.items() if name.startswith(NAME) for one in found][:1]
    seen = {NAME, ADDRESS}
    elsewhere = [
        one for name, found in problems.items() if name.partition("#")[0] not in seen for one in found
    ]
    return developer_page(
        "developer/wizard/new.html",
        here,
        status=status,
        error=error,
        action=f"{APPS}/new",
        check_url=f"{APPS}/new/check",
        back_url=f"{APPS}/new?team={here.team.id}",
        team_id=here.team.id,
        team_name=_team_name(here),
        form_id=_form_id(),
        kind={"code": kind.kind.value, "name": _(kind.name), "what": _(kind.what)},
        name_field=field_words(NAME) | {"value": _typed(NAME), "problems": of_name},
        address_field=(
            field_words(ADDRESS) | {"value": _typed(ADDRESS), "problems": problems.get(ADDRESS, [])}
            if kind.returns
            else None
        ),
        examples=kind.returns,
        problems=elsewhere,
    )


def _done(here: TeamHere, kind: KindOfApp, made: making.Made) -> Response:
    """Shown once, as the secret is."""
    with reading() as session:
        app = session.get_one(App, made.app_id)
        registration = editing.standing(session, app)
    there = AppHere(here.developer, here.team, here.role, app, app.client_id)
    issuer = services().settings.issuer
    redirect_uris = registration.fields.get("redirect_uris", ())
    returns = next(iter(redirect_uris), None)
    scope = registration.fields.get("scope", "openid profile")
    return developer_page(
        "developer/wizard/done.html",
        there,
        kind=_(kind.name),
        new_secret=made.new_secret,
        issuer=issuer,
        discovery_url=f"{issuer}/.well-known/openid-configuration",
        redirect_uris=redirect_uris,
        scope=scope,
        together=together(*(kind.kind, issuer, app.client_id, made.new_secret, scope, returns or "")),
        has_people=kind.has_people,
        choices=[
            field_words(one.field) | {"value": _value(one.value), "why": _(one.because(returns))}
            for one in kind.choices
        ],
        overview_url=there.path,
        settings_url=f"{there.path}/settings",
        quick_start_url=words.quick_start(kind.kind),
    )


def _already(here: TeamHere, client_id: str) -> Response:
    """Of another team's it is not said that it is there."""
    with reading() as session:
        app = apps.of_client(session, client_id)
    is_theirs = app is not None and app.team_id == here.team.id
    target = f"{APPS}/{app.id}" if app is not None and is_theirs else f"{APPS}/new?team={here.team.id}"
    return make_response(redirect(target, 303))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(value) or "–"
    return str(value) if value != "" else "–"


def _team_name(here: TeamHere) -> str:
    with reading() as session:
        return words.name_of(session, here.membership)
