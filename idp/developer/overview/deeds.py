"""Stopping an app, letting it go on, taking it away."""

from collections.abc import Callable

from flask import Response, make_response, redirect, request
from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.models import App, Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.audit.context import AuditContext
from idp.developer.deeds import deed, held_app
from idp.developer.overview.views import refused
from idp.developer.present import CONSOLE, AppHere, app_here, developer_page, recently_proved
from idp.developer.room import blueprint
from idp.locales import gettext as _
from idp.oidc.room import provider

Do = Callable[[Session, App, AuditContext], None]


@blueprint.post("/apps/<app_id>/pause")
def pause_app(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    by = here.developer.person_id
    return _done(
        here,
        "pause-app",
        lambda session, app, circumstances: apps.pause(session, app, by, context=circumstances),
    )


@blueprint.post("/apps/<app_id>/resume")
def resume_app(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    by = here.developer.person_id
    return _done(
        here,
        "resume-app",
        lambda session, app, circumstances: apps.resume(session, app, by, context=circumstances),
    )


@blueprint.get("/apps/<app_id>/delete")
def delete_page(app_id: str) -> Response:
    here = app_here(app_id, Role.OWNER)
    recently_proved(here)
    return _confirmation(here)


@blueprint.post("/apps/<app_id>/delete")
def delete_app(app_id: str) -> Response:
    """Whoever does it has typed which one, and so has read it."""
    here = app_here(app_id, Role.OWNER)
    recently_proved(here, f"{here.path}/delete")
    if request.form.get("confirm", "").strip() != _to_type(here):
        errors = {"confirm": _("That is not it. Type it as it stands above.")}
        return _confirmation(here, errors=errors, status=422)
    by = here.developer.person_id
    try:
        with deed("delete-app", here) as (session, circumstances):
            apps.delete(session, held_app(session, here, Role.OWNER), by, context=circumstances)
    except DeveloperDeedRefused as why:
        return refused(here, why)
    _forget(here)
    return make_response(redirect(f"{CONSOLE}?said=deleted", 303))


def _done(here: AppHere, act: str, do: Do) -> Response:
    try:
        with deed(act, here) as (session, circumstances):
            do(session, held_app(session, here, Role.DEVELOPER), circumstances)
    except DeveloperDeedRefused as why:
        return refused(here, why)
    _forget(here)
    return make_response(redirect(here.path, 303))


def _forget(here: AppHere) -> None:
    """Of this process; the others look within two seconds."""
    if here.client_id is not None:
        provider().clients.forget(here.client_id)


def _to_type(here: AppHere) -> str:
    return here.client_id or here.app.id


def _confirmation(here: AppHere, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    return developer_page(
        "developer/overview/delete.html",
        here,
        status=status,
        to_type=_to_type(here),
        action=f"{here.path}/delete",
        errors=errors or {},
    )
