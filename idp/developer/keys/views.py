"""Making and revoking secrets; the page itself."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, make_response, redirect, request

from idp.apps import editing
from idp.apps.models import Role
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.developer import words
from idp.developer.deeds import deed, held_app
from idp.developer.keys import page
from idp.developer.present import AppHere, app_here, developer_page, recently_proved
from idp.developer.room import blueprint
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials import named_secrets
from idp.oidc.clients.credentials.client_secrets import LABEL_CHARACTERS_AT_MOST
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.credentials.named_secrets import HasNoSecret, LabelRefused, NoSuchSecret, TooManySecrets
from idp.oidc.room import provider

FIRST_DAY = 1


@blueprint.get("/apps/<app_id>/keys")
def app_keys(app_id: str) -> Response:
    here = app_here(app_id)
    said = {
        "revoked": _(
            "The secret is revoked: it is refused everywhere within %(seconds)s seconds.", seconds=SECONDS
        ),
        "keys": _("The keys are registered, and count within %(seconds)s seconds.", seconds=SECONDS),
        "removed": _(
            "The key is gone: what it signs is refused within %(seconds)s seconds.", seconds=SECONDS
        ),
        "waits": _("The address is registered; keys are fetched from it when they are needed."),
    }.get(request.args.get("said", ""))
    return page.show(here, notice=said)


@blueprint.post("/apps/<app_id>/keys/secrets")
def make_secret(app_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    label, days = request.form.get("label", "").strip(), _days_typed()
    if days is None:
        at_most = services().settings.client_secrets.days_at_most
        wrong = {"days": _("A whole number from 1 to %(count)s.", count=at_most)}
        return page.show(here, errors=wrong, typed={"label": label}, status=422)
    try:
        with deed("make-secret", here) as (session, circumstances):
            editing.refuse_frozen(session, held_app(session, here, Role.DEVELOPER))
            made = changing.add_secret(
                session,
                client_of(here),
                label,
                expires_at=circumstances.at + timedelta(days=days),
                actor=me(here),
                context=circumstances,
                secrets=provider().authenticator.secrets,
            )
    except DeveloperDeedRefused as refused:
        return page.show(here, error=words.refusal(refused.reason), status=422)
    except LabelRefused:
        wrong = {"label": _("1 to %(count)s characters that can be seen.", count=LABEL_CHARACTERS_AT_MOST)}
        return page.show(here, errors=wrong, typed={"label": label}, status=422)
    except TooManySecrets:
        full = _(
            "There are %(count)s secrets already: revoke one that is no longer used.", count=SECRETS_AT_MOST
        )
        return page.show(here, error=full, status=422)
    except HasNoSecret:
        return page.show(here, error=_("This app proves itself without a secret."), status=422)
    forget(here)
    return developer_page(
        "developer/keys/made.html",
        here,
        secret=made.secret,
        label=label,
        ends=made.expires_at,
        base=page.keys_path(here),
    )


@blueprint.get("/apps/<app_id>/keys/secrets/<secret_id>/revoke")
def revoke_page(app_id: str, secret_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here)
    return developer_page("developer/keys/revoke.html", here, **_revoking(here, secret_id))


@blueprint.post("/apps/<app_id>/keys/secrets/<secret_id>/revoke")
def revoke_secret(app_id: str, secret_id: str) -> Response:
    here = app_here(app_id, Role.DEVELOPER)
    recently_proved(here, f"{page.keys_path(here)}/secrets/{secret_id}/revoke")
    try:
        with deed("revoke-secret", here) as (session, circumstances):
            held_app(session, here, Role.DEVELOPER)
            try:
                changing.revoke_secret(
                    session, client_of(here), secret_id, actor=me(here), context=circumstances
                )
            except NoSuchSecret:
                raise DeveloperDeedRefused(Refusal.NOT_FOUND, app_id=here.app.id) from None
    except DeveloperDeedRefused as refused:
        return page.show(here, error=words.refusal(refused.reason), status=422)
    forget(here)
    return make_response(redirect(f"{page.keys_path(here)}?said=revoked", 303))


def me(here: AppHere) -> Actor:
    return Actor(ActorKind.PERSON, here.developer.person_id)


def client_of(here: AppHere) -> str:
    """404 of a draft: it has nothing to prove itself with."""
    if here.client_id is None:
        abort(404)
    return here.client_id


def forget(here: AppHere) -> None:
    """Of this process; the others look within two seconds."""
    provider().clients.forget(client_of(here))


def _days_typed() -> int | None:
    typed = request.form.get("days", "").strip()
    at_most = services().settings.client_secrets.days_at_most
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6) or not FIRST_DAY <= int(typed) <= at_most:
        return None
    return int(typed)


def _revoking(here: AppHere, secret_id: str) -> dict[str, Any]:
    """404 of a secret that is not this app's."""
    now = services().clock()
    with reading() as session:
        rows = named_secrets.of_client(session, client_of(here))
    row = next((one for one in rows if one.id == secret_id), None)
    if row is None:
        abort(404)
    good = [one for one in rows if one.expires_at is None or one.expires_at > now]
    return {
        "label": row.label or _("Made with the app"),
        "last_used": row.last_used_on,
        "made_at": row.created_at,
        "is_last": good == [row],
        "seconds": SECONDS,
        "action": f"{page.keys_path(here)}/secrets/{row.id}/revoke",
        "back": page.keys_path(here),
    }
