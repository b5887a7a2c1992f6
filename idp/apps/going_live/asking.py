"""Asking to go live, or to change an app that is live; and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.apps.editing import METADATA, NUMBER, REASONS, refuse_frozen
from idp.apps.going_live.checklist import Asked, Item, checklist
from idp.apps.going_live.models import AppRequest, RequestState
from idp.apps.going_live.packages import Package, Seen, for_production
from idp.apps.models import App
from idp.apps.refusing import DeveloperDeedRefused, Refusal
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.going_live import AppRequestMade, AppRequestWithdrawn
from idp.oidc.clients.metadata import ClientMetadata, read
from idp.oidc.clients.own_places import OwnPlaces
from idp.storage.base import new_id

PACKAGE: Final = "package"
"""In `App.told`: what the sandbox said of the app."""
NOTE_AT_MOST: Final = 1000
KEPT: Final = 20
"""Requests of an app that are over, the latest."""


class NotReady(Exception):
    """Something is missing that a request needs."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__(", ".join(one.name for one in items))
        self.items = items


def taken(app: App) -> tuple[Seen | None, frozenset[str]]:
    """What the sandbox said of the app, and the keys that it has there."""
    told = app.told.get(PACKAGE)
    if not told:
        return None, frozenset()
    return Seen(**told["seen"]), frozenset(told["thumbprints"])


def told_of(package: Package) -> dict[str, Any]:
    """Of a draft that begins with a package: for `App.told`, without its identifier and its sector."""
    return {
        METADATA: for_production(package),
        REASONS: dict(package.reasons),
        NUMBER: 1,
        PACKAGE: {
            "issuer": package.issuer,
            "client_id": package.client_id,
            "made_at": package.made_at.isoformat(timespec="seconds"),
            "seen": asdict(package.seen),
            "thumbprints": list(package.thumbprints),
        },
    }


def looked_at(app: App, metadata: ClientMetadata, reasons: Mapping[str, str], context: AuditContext) -> Asked:
    """What the checklist looks at, in production."""
    seen, keys = taken(app)
    return Asked(
        metadata,
        reasons,
        seen,
        is_sandbox=False,
        now=context.at,
        sandbox_keys=keys,
        is_live=app.client_id is not None,
    )


def ask(
    session: Session,
    app: App,
    fields: Mapping[str, Any],
    *,
    number: int,
    reasons: Mapping[str, str],
    note: str,
    person_id: str,
    own: OwnPlaces,
    context: AuditContext,
) -> AppRequest:
    """The caller holds the app's row, has seen to the role, and commits.

    `fields`: the registration that is asked for; `number`: of the version that it began at.
    `own`: addresses of ours.
    Raises MetadataRefused, NotReady, DeveloperDeedRefused where a request waits already.
    """
    refuse_frozen(session, app)
    metadata = read(fields)
    own.refuse(fields)
    items = checklist(looked_at(app, metadata, reasons, context))
    if missing := [one for one in items if one.is_missing]:
        raise NotReady(missing)
    if waiting(session, app.id) is not None:
        raise DeveloperDeedRefused(Refusal.ALREADY, app_id=app.id)
    request = AppRequest(
        id=new_id(context.at),
        app_id=app.id,
        state=RequestState.OPEN,
        number=number,
        fields=dict(fields),
        reasons=dict(reasons),
        checks={one.name: one.outcome.value for one in items},
        seen=dict(app.told.get(PACKAGE, {})),
        note=note.strip()[:NOTE_AT_MOST],
        asked_by=person_id,
        asked_at=context.at,
        decided_by=None,
        decided_at=None,
        words="",
        granted=None,
    )
    session.add(request)
    session.flush()
    _forget_old(session, app.id)
    event = AppRequestMade(
        person_id, app.id, request.id, is_new=app.client_id is None, client_id=app.client_id
    )
    audit.record(session, event, context=context)
    return request


def waiting(session: Session, app_id: str) -> AppRequest | None:
    """The app's request that nobody has decided yet."""
    query = select(AppRequest).where(AppRequest.app_id == app_id, AppRequest.state == RequestState.OPEN)
    return session.scalar(query)


def of_app(session: Session, app_id: str) -> Sequence[AppRequest]:
    """The latest first."""
    query = select(AppRequest).where(AppRequest.app_id == app_id).order_by(AppRequest.id.desc())
    return session.scalars(query).all()


def withdraw(session: Session, app: App, person_id: str, *, context: AuditContext) -> None:
    """The caller holds the app's row, and commits. Raises DeveloperDeedRefused."""
    query = select(AppRequest).where(AppRequest.app_id == app.id, AppRequest.state == RequestState.OPEN)
    request = session.scalar(query.with_for_update())
    if request is None:
        raise DeveloperDeedRefused(Refusal.NOT_FOUND, app_id=app.id)
    request.state, request.decided_by, request.decided_at = RequestState.WITHDRAWN, person_id, context.at
    audit.record(session, AppRequestWithdrawn(person_id, app.id, request.id), context=context)


def _forget_old(session: Session, app_id: str) -> None:
    """Their words are kept no longer than anybody looks at them; the log keeps that they were."""
    over = (AppRequest.app_id == app_id, AppRequest.state != RequestState.OPEN)
    kept = select(AppRequest.id).where(*over).order_by(AppRequest.id.desc()).limit(KEPT).scalar_subquery()
    session.execute(delete(AppRequest).where(*over, AppRequest.id.not_in(kept)))
