"""The word of the staff on a request: as it was asked for, less than that, or not.

Nobody decides on an app of their own: neither who asked nor who is or was let into its team, also where their
account of staff and that of a citizen are two.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.apps import AppState, state_of
from idp.apps.editing import METADATA, NUMBER
from idp.apps.going_live.models import AppRequest, RequestState
from idp.apps.kinds import OF_KIND, Kind
from idp.apps.making import claimed_sector
from idp.apps.models import App, FormerMember, Team, TeamMember
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.going_live import AppRequestDecided
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import Actor, ActorKind
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.metadata import ClientMetadata, read
from idp.oidc.registration.sectors import proved_host
from idp.staff import accounts
from idp.staff.models import StaffAccount
from idp.staff.roles import StaffRole
from idp.staff.sessions import StaffSignIn

Tell = Callable[[Session, AppRequest, App], object]
WORDS_AT_MOST: Final = 1000
ALWAYS: Final = "openid"
LISTS: Final = ("redirect_uris", "accepted_parties")
"""Of which less can be approved, beside scopes."""


class NotYours(Exception):
    """Not the one to decide it, or not so; `reason`: unknown, over, role, own, words, frozen, overtaken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody of the staff says."""

    agrees: bool
    words: str = ""
    """To the team; needed where anything is refused."""
    without: Mapping[str, Collection[str]] | None = None
    """Field -> values of it that are not approved: `scope`, `redirect_uris`, `accepted_parties`."""


def open_requests(session: Session) -> Sequence[tuple[AppRequest, App, Team]]:
    """The longest waiting first."""
    query = (
        select(AppRequest, App, Team)
        .join(App, App.id == AppRequest.app_id)
        .join(Team, Team.id == App.team_id)
        .where(AppRequest.state == RequestState.OPEN)
        .order_by(AppRequest.id)
    )
    return [(request, app, team) for request, app, team in session.execute(query)]


def decided(session: Session, at_most: int) -> Sequence[tuple[AppRequest, App, Team]]:
    """The latest first."""
    query = (
        select(AppRequest, App, Team)
        .join(App, App.id == AppRequest.app_id)
        .join(Team, Team.id == App.team_id)
        .where(AppRequest.state.in_((RequestState.APPROVED, RequestState.LESSENED, RequestState.REFUSED)))
        .order_by(AppRequest.decided_at.desc())
        .limit(at_most)
    )
    return [(request, app, team) for request, app, team in session.execute(query)]


def problem(
    session: Session, request: AppRequest, team: Team, officer: StaffSignIn, now: datetime
) -> str | None:
    """Why this member of staff does not decide it; None when they may."""
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("over", lambda: request.state != RequestState.OPEN),
        ("role", lambda: not officer.has(StaffRole.APPROVER)),
        ("own", lambda: _is_theirs(session, request, team, officer.staff_id, now)),
    )
    return next((reason for reason, holds in rules if holds()), None)


def decide(
    session: Session,
    request_id: str,
    officer: StaffSignIn,
    word: Word,
    *,
    secrets: ClientSecrets,
    context: AuditContext,
    tell: Tell,
) -> AppRequest:
    """The caller commits, and has its process forget the client. `tell`: the team, in the same transaction.

    Raises NotYours, MetadataRefused where what is left makes no registration, ClientTaken, ResourceTaken.
    """
    request, app, team = _held(session, request_id)
    if (reason := problem(session, request, team, officer, context.at)) is not None:
        raise NotYours(reason)
    words = word.words.strip()[:WORDS_AT_MOST]
    fields = lessened(request.fields, word.without or {}) if word.agrees else request.fields
    is_less = word.agrees and fields != request.fields
    if (is_less or not word.agrees) and not words:
        raise NotYours("words")
    if word.agrees and state_of(session, app) is AppState.FROZEN:
        raise NotYours("frozen")
    if word.agrees:
        actor = Actor(ActorKind.STAFF, officer.staff_id)
        request.granted = _carried_out(session, request, app, team, fields, actor, secrets, context)
    states = {True: RequestState.LESSENED if is_less else RequestState.APPROVED, False: RequestState.REFUSED}
    request.state, request.words = states[word.agrees], words
    request.decided_by, request.decided_at = officer.staff_id, context.at
    event = AppRequestDecided(
        officer.staff_id, app.id, request.id, RequestState(request.state).value, client_id=app.client_id
    )
    audit.record(session, event, context=context)
    session.flush()
    tell(session, request, app)
    return request


def lessened(fields: Mapping[str, Any], without: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """The registration without these values. Signing in itself is not taken away."""
    found = dict(fields)
    dropped = set(without.get("scope", ())) - {ALWAYS}
    for name in ("scope", "optional_scope"):
        if name in found:
            found[name] = " ".join(one for one in str(found[name]).split() if one not in dropped)
    for name in LISTS:
        if name in found:
            gone = set(without.get(name, ()))
            found[name] = [one for one in found[name] if one not in gone]
    return found


def _carried_out(
    session: Session,
    request: AppRequest,
    app: App,
    team: Team,
    fields: Mapping[str, Any],
    actor: Actor,
    secrets: ClientSecrets,
    context: AuditContext,
) -> dict[str, Any]:
    """The registration as it stands then."""
    if app.client_id is None:
        metadata = read({**fields, "sector": _sector(session, team, app, read(fields))})
        written = changing.create(session, metadata, actor=actor, context=context, secrets=secrets)
        if written.made is not None:
            # Whoever approves sees no secret: the team makes its own.
            changing.revoke_secret(session, metadata.client_id, written.made.id, actor=actor, context=context)
        app.client_id = metadata.client_id
        app.told = {name: value for name, value in app.told.items() if name not in {METADATA, NUMBER}}
    else:
        try:
            changing.change(
                session,
                app.client_id,
                fields,
                actor=actor,
                context=context,
                secrets=secrets,
                expected_version=request.number,
            )
        except changing.ChangedMeanwhile:
            raise NotYours("overtaken") from None
    session.flush()
    return changing.standing(session, app.client_id).fields


def _sector(session: Session, team: Team, app: App, metadata: ClientMetadata) -> str:
    """The one host that people come back to, if it is one; for good."""
    kind = OF_KIND[Kind(app.kind)]
    # In one order everywhere, so that two do not wait for each other.
    uris = sorted(metadata.redirect_uris, key=lambda uri: proved_host(uri) or "")
    sectors = {claimed_sector(session, team, kind, metadata.client_id, uri) for uri in uris}
    return sectors.pop() if len(sectors) == 1 else claimed_sector(session, team, kind, metadata.client_id, "")


def _held(session: Session, request_id: str) -> tuple[AppRequest, App, Team]:
    """Locked, the app first, as whoever edits it does. Raises NotYours."""
    app_id = session.scalar(select(AppRequest.app_id).where(AppRequest.id == request_id))
    app = None if app_id is None else session.get(App, app_id, with_for_update=True, populate_existing=True)
    request = session.get(AppRequest, request_id, with_for_update=True, populate_existing=True)
    team = None if app is None else session.get(Team, app.team_id)
    if app is None or request is None or team is None:
        raise NotYours("unknown")
    return request, app, team


def _is_theirs(session: Session, request: AppRequest, team: Team, staff_id: str, now: datetime) -> bool:
    account = session.get(StaffAccount, staff_id)
    person_id = None if account is None else accounts.own_person_of(session, account)
    if person_id is None:
        return False
    app = session.get(App, request.app_id)
    return (
        person_id in {request.asked_by, team.created_by, None if app is None else app.created_by}
        or any(session.get(kept, (team.id, person_id)) is not None for kept in (TeamMember, FormerMember))
        or membership.role_of(session, team, person_id, now) is not None
    )
