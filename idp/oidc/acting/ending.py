"""What rests on mandates ends with them: what `idp.mandates.ending` is given to call."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from idp import sessions
from idp.mandates.ending import with_all_below
from idp.mandates.models import BUSINESS_ROLES, Mandate
from idp.oidc.token import offline_grants
from idp.storage.database import batched


def end_what_rests_on(
    session: Session, mandate_ids: Collection[str], now: datetime, *, cause: str | None = None
) -> None:
    """Every client at which somebody acts on the strength of one of these mandates is told, through the
    outbox, that the session is over for it; the session goes on without it. Grants with offline access end.

    What is live of a grant, and codes, name the mandate and open nothing from the moment that it does not
    stand (`wearing`). Sessions that a licence opened end altogether. The caller holds the mandates' rows,
    ended, and commits. `cause`: as of `session_clients.WatchedNotice`.
    """
    for some in batched(sorted(mandate_ids)):
        _end_licensed(session, some, now, cause)
        sessions.leave_those_who_act(session, some, now, cause=cause)
        offline_grants.end_of_those_who_act(session, some)


def end_sessions_of(session: Session, person_id: str, now: datetime, *, cause: str | None = None) -> int:
    """An account is frozen, closed, or its person has died: their sessions end, and what rests on a mandate
    of theirs, or for them, ends at the clients, since nobody acts by it meanwhile.

    Mandates, and grants with offline access, open nothing and stay: whoever is thawed has them again. The
    caller commits. How many sessions. `cause`: as of `session_clients.WatchedNotice`.
    """
    ended = sessions.end_all_of(session, person_id, now, cause=cause)
    theirs = or_(Mandate.person_id == person_id, Mandate.principal_id == person_id)
    held = session.scalars(select(Mandate.id).where(theirs, Mandate.ended_at.is_(None))).all()
    for some in batched(with_all_below(session, held)):
        sessions.leave_those_who_act(session, some, now, cause=cause)
    return ended


def _end_licensed(session: Session, mandate_ids: Collection[str], now: datetime, cause: str | None) -> None:
    """Who stood for a whole organisation could hold its licence: what they opened by it ends altogether."""
    query = select(Mandate.organisation_id, Mandate.person_id).where(
        Mandate.id.in_(mandate_ids), Mandate.role.in_(BUSINESS_ROLES)
    )
    for organisation_id, person_id in session.execute(query).all():
        if organisation_id is not None:
            sessions.end_licensed(session, organisation_id, person_id, now, cause=cause)
