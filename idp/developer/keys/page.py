"""The page of an app's secrets and keys: which there are, until when, and since when nobody uses them."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.models import Role
from idp.developer import people
from idp.developer.present import AppHere, developer_page, is_recently_proved
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import ActorKind
from idp.oidc.clients.credentials import client_keys, named_secrets
from idp.oidc.clients.credentials.client_keys import ClientKey
from idp.oidc.clients.credentials.client_secrets import ClientSecret
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.credentials.key_reading import KeyFound, found_in
from idp.oidc.clients.metadata import ClientMetadata

TEMPLATE = "developer/keys/keys.html"


def keys_path(here: AppHere) -> str:
    return f"{here.path}/keys"


def show(here: AppHere, *, status: int = 200, **shown: Any) -> Response:
    """`shown`: what of it is different after a form."""
    found = services()
    limits = found.settings.client_secrets
    metadata, secrets, kept = None, [], {}
    if here.client_id is not None:
        with reading() as session:
            metadata = changing.standing(session, here.client_id).metadata
            rows = named_secrets.of_client(session, here.client_id)
            secrets = [_secret(session, here, row, found.clock()) for row in rows]
            kept = {
                row.kid: {"kid": row.kid} | _key(session, here, row, found.clock())
                for row in client_keys.of_client(session, here.client_id)
            }
    return developer_page(
        TEMPLATE,
        here,
        status=status,
        base=keys_path(here),
        method=None if metadata is None else metadata.token_endpoint_auth_method,
        has_secret=metadata is not None and metadata.has_secret,
        needs_keys=metadata is not None and metadata.needs_keys,
        secrets=secrets,
        secrets_at_most=SECRETS_AT_MOST,
        days=limits.days or limits.days_at_most,
        days_at_most=limits.days_at_most,
        jwks_uri=None if metadata is None else metadata.jwks_uri,
        keys=[
            {**one, **kept.get(one["kid"], {})}
            for one in ([] if metadata is None else keys_shown(_registered(metadata), found.clock()))
        ],
        seen_keys=_seen(metadata, kept),
        may_change=here.may(Role.DEVELOPER),
        must_prove=not is_recently_proved(here),
        errors=shown.pop("errors", {}),
        typed=shown.pop("typed", {}),
        **shown,
    )


def _seen(metadata: ClientMetadata | None, kept: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Of keys that we fetch: those that have proved the app, the latest first."""
    if metadata is None or metadata.jwks_uri is None:
        return []
    return sorted(kept.values(), key=lambda one: (str(one["last_used"]), one["added_at"]), reverse=True)


def keys_shown(keys: tuple[KeyFound, ...], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "kid": client_keys.plain(one.kid),
            "thumbprint": one.thumbprint,
            "kind": one.kind,
            "algorithm": client_keys.plain(one.algorithm or ""),
            "use": {"sig": _("signing"), "enc": _("encryption")}.get(one.use or "", _("any use")),
            "ends": None if one.expires_at is None else _ends(one.expires_at, now),
            "added_at": None,
        }
        for number, one in enumerate(keys, 1)
    ]


def _registered(metadata: ClientMetadata) -> tuple[KeyFound, ...]:
    return () if metadata.jwks is None else found_in(metadata.jwks)


def _secret(session: Session, here: AppHere, row: ClientSecret, now: datetime) -> dict[str, Any]:
    by_member = row.made_by_kind == ActorKind.PERSON and row.made_by is not None
    has_left = by_member and membership.has_left(session, str(row.made_by), here.team.id, now)
    return {
        "id": row.id,
        "label": row.label or _("Made with the app"),
        "made_at": row.created_at,
        "made_by": people.name(session, str(row.made_by)) if by_member else maker(row.made_by_kind),
        "ends": None if row.expires_at is None else _ends(row.expires_at, now),
        "last_used": row.last_used_on,
        "has_left": has_left,
        "revoke_url": f"{keys_path(here)}/secrets/{row.id}/revoke",
    }


def _key(session: Session, here: AppHere, row: ClientKey, now: datetime) -> dict[str, Any]:
    """What the registration does not say of a key."""
    by_member = row.made_by_kind == ActorKind.PERSON and row.made_by is not None
    return {
        "name": row.name,
        "added_at": row.created_at,
        "added_by": people.name(session, str(row.made_by)) if by_member else maker(row.made_by_kind),
        "last_used": row.last_used_on,
        "has_left": by_member and membership.has_left(session, str(row.made_by), here.team.id, now),
    }


def maker(kind: str) -> str:
    return {
        ActorKind.OPERATOR.value: _("the operator"),
        ActorKind.CLIENT.value: _("the app itself"),
        ActorKind.STAFF.value: _("the provider’s staff"),
    }.get(kind, _("a member"))


def _ends(at: datetime, now: datetime) -> dict[str, Any]:
    days = (at - now).days
    return {
        "at": at,
        "days": days,
        "is_over": at <= now,
        "is_soon": at > now and days < services().settings.client_secrets.warning_days,
    }
