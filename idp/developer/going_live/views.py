"""GET /developer/apps/<id>/going-live: in the sandbox what is missing, and the package; in production the
request."""

from typing import Any

from flask import Response, make_response, redirect, request

from idp.apps import editing
from idp.apps.going_live import asking, packages
from idp.apps.going_live.asking import NOTE_AT_MOST, NotReady
from idp.apps.going_live.checklist import Asked, Item, checklist
from idp.apps.going_live.packages import Package
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused
from idp.audit import log as audit
from idp.audit.events.going_live import AppPackageMade
from idp.developer import words
from idp.developer.checklist import items as listed
from idp.developer.deeds import deed, held_app
from idp.developer.going_live import facts, shown
from idp.developer.present import AppHere, app_here, developer_page, recently_proved
from idp.developer.registered import explained_here, own_here, standing_here
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.room import provider


@blueprint.get("/apps/<app_id>/going-live")
def going_live(app_id: str) -> Response:
    return _page(app_here(app_id))


@blueprint.post("/apps/<app_id>/going-live/package")
def make_package(app_id: str) -> Response:
    """In the sandbox: the file that production takes in."""
    here = app_here(app_id, Role.DEVELOPER)
    if not services().settings.sandbox or here.client_id is None:
        return _page(here, status=404)
    items, package = _looked_at(here)
    if package is None or any(one.is_missing for one in items):
        return _page(here, status=422)
    client_id = here.client_id
    with deed("make-package", here) as (session, circumstances):
        held_app(session, here, Role.DEVELOPER)
        event = AppPackageMade(here.developer.person_id, here.app.id, client_id)
        audit.record(session, event, context=circumstances)
    text = packages.make(provider().keys.of_receipts(), package, circumstances.at)
    response = make_response(text)
    response.headers["Content-Type"] = "application/jwt"
    response.headers["Content-Disposition"] = f'attachment; filename="{client_id}.going-live.jwt"'
    return response


@blueprint.post("/apps/<app_id>/going-live")
def ask_to_go_live(app_id: str) -> Response:
    """In production: a draft is to be a client."""
    here = app_here(app_id, Role.OWNER)
    recently_proved(here)
    if services().settings.sandbox or here.client_id is not None:
        return _page(here, status=404)
    note = request.form.get("note", "")
    if explained_here(here, standing_here(here).fields).metadata is None:
        # What came with a package nobody has typed here: it may pass for somebody's who is in production.
        wrong = _("Something in the settings is not right yet. Open them and save: they say what.")
        return _page(here, status=422, error=wrong, note=note)
    try:
        with deed("ask-to-go-live", here) as (session, circumstances):
            app = held_app(session, here, Role.OWNER)
            now = editing.standing(session, app)
            asking.ask(
                session,
                app,
                now.fields,
                number=now.number,
                reasons=now.reasons,
                note=note,
                person_id=here.developer.person_id,
                own=own_here(),
                context=circumstances,
            )
    except DeveloperDeedRefused as why:
        return _page(here, status=422, error=words.refusal(why.reason), note=note)
    except (NotReady, MetadataRefused):
        return _page(here, status=422, note=note)
    return make_response(redirect(f"{here.path}/going-live", 303))


@blueprint.post("/apps/<app_id>/going-live/withdraw")
def withdraw_request(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    try:
        with deed("withdraw-request", here) as (session, circumstances):
            app = held_app(session, here, Role.DEVELOPER)
            asking.withdraw(session, app, here.developer.person_id, context=circumstances)
    except DeveloperDeedRefused as why:
        return _page(here, status=422, error=words.refusal(why.reason))
    return make_response(redirect(f"{here.path}/going-live", 303))


def _page(here: AppHere, *, status: int = 200, note: str = "", **said: Any) -> Response:
    found = services()
    items, _package = _looked_at(here)
    with reading() as session:
        all_ = asking.of_app(session, here.app.id)
        open_ = next((one for one in all_ if one.decided_at is None), None)
    is_ready = not any(one.is_missing for one in items)
    is_sandbox = found.settings.sandbox
    return developer_page(
        "developer/going_live/going_live.html",
        here,
        status=status,
        items=listed(items, here.path if here.may(Role.DEVELOPER) else None, here.app.kind),
        is_ready=is_ready,
        waiting=None if open_ is None else shown.request_shown(open_),
        requests=shown.requests_shown(all_),
        package_url=_url(here, "/package") if is_sandbox and here.may(Role.DEVELOPER) else None,
        ask_url=_url(here, "")
        if not is_sandbox and here.may(Role.OWNER) and here.client_id is None
        else None,
        withdraw_url=_url(here, "/withdraw") if here.may(Role.DEVELOPER) else None,
        other_url=_other(),
        is_live=not is_sandbox and here.client_id is not None,
        note=note,
        note_at_most=NOTE_AT_MOST,
        **said,
    )


def _url(here: AppHere, what: str) -> str:
    return f"{here.path}/going-live{what}"


def _other() -> str | None:
    """Where a package is taken in; None where this deployment knows no production."""
    issuer = services().settings.developer.production_issuer
    return f"{issuer}/developer/going-live" if issuer else None


def _looked_at(here: AppHere) -> tuple[tuple[Item, ...], Package | None]:
    """The checklist as it stands, and what a package would say; no item, where the registration is none."""
    found = services()
    circumstances = context(found.clock())
    with reading() as session:
        app = here.app
        now = editing.standing(session, app)
        try:
            metadata = read(now.fields)
        except MetadataRefused:
            return (), None
        if not found.settings.sandbox:
            return checklist(asking.looked_at(app, metadata, now.reasons, circumstances)), None
        seen = facts.seen(session, app, circumstances.at)
    package = Package(
        issuer=found.settings.issuer,
        client_id=metadata.client_id,
        kind=app.kind,
        fields={name: value for name, value in now.fields.items() if name not in packages.OWN},
        reasons=dict(now.reasons),
        seen=seen,
        thumbprints=packages.thumbprints(metadata.jwks),
    )
    asked = Asked(metadata, now.reasons, seen, is_sandbox=True, now=circumstances.at)
    return checklist(asked), package
