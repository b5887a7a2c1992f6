"""The registration of an app as its team edits it: of a client, or of a draft that has none yet.

What is written goes the one way (`idp.oidc.clients.changes.changing`), by the rules of every registration.
A draft keeps its fields in the app's own row until it goes live.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps.apps import AppState, state_of
from idp.apps.material import needs_approval
from idp.apps.models import App
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.app_editing import AppDraftChanged
from idp.audit.fields import MOST_ITEMS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.explaining.whole import Others
from idp.oidc.clients.metadata import ClientMetadata, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.own_places import OwnPlaces
from idp.oidc.clients.uris import is_localhost

METADATA, NUMBER, REASONS = "metadata", "number", "reasons"
"""In `App.told`: of drafts the fields under their registered names, and how often they were changed; of every
app why it asks for what it asks for."""
NAMES = ("client_name", "organization_name")


class WaitsForApproval(Exception):
    """In production these fields are not changed before somebody has looked at them. Nothing was written."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


class EditedMeanwhile(Exception):
    """Somebody else has changed it since. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Editable:
    """A registration as it stands: `number` is of its version."""

    fields: Mapping[str, Any]
    """Under the registered names, texts with their language tags."""
    number: int
    reasons: Mapping[str, str]
    """Why it asks for each scope, by the scope."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a change: the number of the version that it made, and the fields that are different."""

    number: int
    changed: tuple[str, ...]
    new_secret: str | None = field(default=None, repr=False)
    """To be shown once."""


def standing(session: Session, app: App) -> Editable:
    """Raises NoSuchClient."""
    reasons = dict(app.told.get(REASONS, {}))
    if app.client_id is None:
        return Editable(dict(app.told.get(METADATA, {})), int(app.told.get(NUMBER, 0)), reasons)
    found = changing.standing(session, app.client_id)
    return Editable(found.fields, found.number, reasons)


def save(
    session: Session,
    app: App,
    fields: Mapping[str, Any],
    *,
    expected: int,
    person_id: str,
    sandbox: bool,
    own: OwnPlaces,
    secrets: ClientSecrets,
    context: AuditContext,
    reasons: Mapping[str, str] | None = None,
) -> Saved:
    """Make this the app's registration. The caller holds the app's row, has seen to the role, and commits.

    `sandbox`: there nothing waits. `own`: addresses of ours, which are no app's. `reasons`: left as they are
    where there are none.
    Raises MetadataRefused, ResourceTaken, WaitsForApproval, EditedMeanwhile, DeveloperDeedRefused.
    """
    metadata = read(fields)
    own.refuse(fields)
    refuse_frozen(session, app)
    now = standing(session, app)
    if app.client_id is None:
        saved = _save_draft(session, app, now, metadata, fields, expected, person_id, context)
    else:
        if not sandbox and (waiting := needs_approval(read(now.fields), metadata)):
            raise WaitsForApproval(waiting)
        try:
            written = changing.change(
                session,
                app.client_id,
                metadata,
                actor=Actor(ActorKind.PERSON, person_id),
                context=context,
                secrets=secrets,
                expected_version=expected,
            )
        except changing.ChangedMeanwhile as meanwhile:
            raise EditedMeanwhile from meanwhile
        saved = Saved(written.number, tuple(one.name for one in written.differences), written.new_secret)
    if reasons is not None and dict(reasons) != dict(now.reasons):
        app.told = {**app.told, REASONS: dict(reasons)}
        names = ("reasons",)
        audit.record(session, AppDraftChanged(person_id, app.id, names, app.client_id), context=context)
    return saved


def refuse_frozen(session: Session, app: App) -> None:
    """What the security staff look at stays as it is: its registration, and what it proves itself with.

    Raises DeveloperDeedRefused.
    """
    if state_of(session, app) is AppState.FROZEN:
        raise DeveloperDeedRefused(Refusal.STATE, app_id=app.id)


def others(session: Session, app: App | None, team_id: str, *, sandbox: bool, own: OwnPlaces) -> Others:
    """What nobody's app may be taken for: ourselves, the operator's clients, and in production those of other
    teams."""
    theirs = select(App.client_id).where(App.client_id.is_not(None))
    if not sandbox:
        theirs = theirs.where(App.team_id == team_id)
    rows = session.scalars(
        select(ClientRecord.metadata_json).where(
            ClientRecord.client_id.not_in(theirs),
            ClientRecord.registration_mac.is_(None),
            ClientRecord.client_id != ("" if app is None else app.client_id or ""),
        )
    ).all()
    names: dict[str, None] = {}
    hosts = set(own.hosts)
    for metadata in rows:
        localized = metadata.get("localized", {})
        names.update(dict.fromkeys(text for name in NAMES for text in localized.get(name, {}).values()))
        hosts.update(urlsplit(uri).hostname or "" for uri in metadata.get("redirect_uris", ()))
    return Others(tuple(names), frozenset(host for host in hosts if host and not is_localhost(host)), own)


def _save_draft(
    session: Session,
    app: App,
    now: Editable,
    metadata: ClientMetadata,
    fields: Mapping[str, Any],
    expected: int,
    person_id: str,
    context: AuditContext,
) -> Saved:
    changed = tuple(name for name in {**now.fields, **fields} if now.fields.get(name) != fields.get(name))
    if not changed:
        return Saved(now.number, ())
    if expected != now.number:
        raise EditedMeanwhile
    kept = {
        **app.told,
        "client_name": metadata.client_name,
        METADATA: dict(fields),
        NUMBER: now.number + 1,
    }
    app.told = kept
    plain = tuple(dict.fromkeys(name.partition("#")[0] for name in changed))[:MOST_ITEMS]
    audit.record(session, AppDraftChanged(person_id, app.id, plain), context=context)
    return Saved(now.number + 1, changed)
