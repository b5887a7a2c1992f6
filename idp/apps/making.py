"""A new app: what the wizard makes of a kind, a name and an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.editing import METADATA, NUMBER
from idp.apps.kinds import KindOfApp
from idp.apps.models import App, Team
from idp.audit.context import AuditContext
from idp.crypto.digests import keyed, new_secret
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.changes.sectors import lock_sector
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.fields.registration import NO_HOST
from idp.oidc.clients.metadata import ClientMetadata, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import OwnPlaces
from idp.oidc.clients.uris import UriRefused, check_redirect_uri, csp_source
from idp.oidc.registration.sectors import proved_host

SECTOR = re.compile(r"[a-z0-9.-]{1,255}")
LANGUAGES = ("zh-CN", "zh-Hant", "en")


KEY_USE = "apps"
"""Of `MasterKeys.derived`."""


@dataclass(frozen=True, slots=True)
class Made:
    app_id: str
    new_secret: str | None = field(default=None, repr=False)
    """To be shown once."""


def new_client_id() -> str:
    """Random, and never taken for a number: letters and digits, four of them a group at most."""
    letters = re.sub(r"[^a-z]", "", new_secret(48).lower())
    return f"app-{letters[:12]}" if len(letters) >= 12 else new_client_id()


def client_id_of(key: bytes, team_id: str, form_id: str) -> str:
    """The same for a form that is sent twice, and nobody's to choose: with the identifier of an app that is
    gone came its pairwise `sub` values, its requests of the last hour and its references.

    `key`: for this use alone. `form_id`: made with the form.
    """
    letters = re.sub(r"[^a-z]", "", "".join(keyed(key, team_id, form_id, part) for part in "ab").lower())
    return f"app-{letters[:12]}"


def fields_of(
    kind: KindOfApp, client_id: str, name: str, language: str, redirect_uri: str, sector: str
) -> dict[str, Any]:
    """Of the registration, under their registered names. What was typed stays as it was typed."""
    fields: dict[str, Any] = {"client_id": client_id, "sector": sector, "client_name": name}
    if language in LANGUAGES:
        fields[f"client_name#{language}"] = name
    if kind.returns:
        fields["redirect_uris"] = [redirect_uri]
        origin = csp_source(redirect_uri) if _is_good(redirect_uri, kind) else ""
        if origin.startswith("http"):
            fields["post_logout_redirect_uris"] = [f"{origin}/"]
            fields["client_uri"] = f"{origin}/"
    else:
        fields["redirect_uris"] = []
    return {**fields, **kind.fields}


def sector_for(session: Session, team: Team, kind: KindOfApp, client_id: str, redirect_uri: str) -> str:
    """The host that people come back to; one of the app's own where that shows none, or where the app of
    somebody else has it: they would know people by the same `sub` (OpenID Connect Core 1.0 section 8.1)."""
    host = proved_host(redirect_uri) if _is_good(redirect_uri, kind) else None
    if not host or not SECTOR.fullmatch(host):
        return f"{NO_HOST}{client_id}"
    own = select(App.client_id).where(App.team_id == team.id, App.client_id.is_not(None))
    taken = select(ClientRecord.client_id).where(
        ClientRecord.sector == host, ClientRecord.client_id.not_in(own)
    )
    return f"{NO_HOST}{client_id}" if session.scalar(taken.limit(1)) is not None else host


def claimed_sector(session: Session, team: Team, kind: KindOfApp, client_id: str, redirect_uri: str) -> str:
    """The same in the transaction that writes the client (`changes.sectors`)."""
    host = proved_host(redirect_uri) if _is_good(redirect_uri, kind) else None
    if host:
        lock_sector(session, host)
    return sector_for(session, team, kind, client_id, redirect_uri)


def _is_good(uri: str, kind: KindOfApp) -> bool:
    try:
        check_redirect_uri(uri, native=kind.fields.get("application_type") == "native")
    except UriRefused:
        return False
    return True


def make(
    session: Session,
    team: Team,
    kind: KindOfApp,
    fields: Mapping[str, Any],
    person_id: str,
    *,
    sandbox: bool,
    own: OwnPlaces,
    at_most: int,
    secrets: ClientSecrets,
    context: AuditContext,
) -> Made:
    """In the sandbox it is a client at once; elsewhere a draft, until somebody has approved it.

    The caller has seen to the role, and commits. `own`: addresses of ours. `at_most`: apps of one team.
    Raises MetadataRefused, ClientTaken, DeveloperDeedRefused.
    """
    if sandbox:
        returns = (*fields.get("redirect_uris", ()), "")[0]
        sector = claimed_sector(session, team, kind, str(fields["client_id"]), returns)
        fields = {**fields, "sector": sector}
    metadata = read(fields)
    own.refuse(fields)
    told: dict[str, Any] = {"client_name": metadata.client_name}
    secret = None
    if sandbox:
        secret = _register(session, metadata, person_id, secrets, context)
    else:
        told |= {METADATA: dict(fields), NUMBER: 1}
    client_id = metadata.client_id if sandbox else None
    app = apps.add(
        session,
        team,
        kind.kind.value,
        person_id,
        client_id=client_id,
        told=told,
        at_most=at_most,
        context=context,
    )
    return Made(app.id, secret)


def _register(
    session: Session,
    metadata: ClientMetadata,
    person_id: str,
    secrets: ClientSecrets,
    context: AuditContext,
) -> str | None:
    actor = Actor(ActorKind.PERSON, person_id)
    return changing.create(session, metadata, actor=actor, context=context, secrets=secrets).new_secret
