"""What each kind of measure changes the moment that it is taken, and how that is taken back.

All of it in the caller's transaction, which holds the measure's row. What only ends things, and may be a lot
of them, is done after it (`idp.measures.ending`).
"""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from idp import blocks
from idp.audit.context import AuditContext
from idp.blocks import AddressBlock
from idp.business.models import Organisation
from idp.mandates.ending import live_of_organisation
from idp.mandates.locking import lock_organisation
from idp.measures.kinds import Kind, SubjectKind
from idp.measures.models import Measure
from idp.measures.subjects import MeasureRefused
from idp.oidc import sharing
from idp.oidc.acting.ending import end_sessions_of, end_what_rests_on
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import OPERATOR, Actor, ActorKind
from idp.oidc.clients.models import ClientRecord
from idp.oidc.token.offline_grants import OfflineGrant
from idp.people import statuses
from idp.people.models import UNBOUND_LEVEL, Person
from idp.people.statuses import StatusRefused
from idp.storage.database import batched, deleted

Do = Callable[[Session, Measure, AuditContext], bool]
"""Whether that is all, or the worker has to go on. Raises MeasureRefused."""
Undo = Callable[[Session, Measure, AuditContext], None]


def nothing_at_once(_session: Session, _measure: Measure, _context: AuditContext) -> bool:
    return False


def end_of_person(session: Session, measure: Measure, context: AuditContext) -> bool:
    """What they agreed to stands; whatever was begun by it opens nothing any more, known here or not."""
    _person(session, measure)
    sharing.end_grants_of(session, measure.subject, context.at)
    return False


def freeze_person(session: Session, measure: Measure, context: AuditContext) -> bool:
    person = _person(session, measure)
    _changed(lambda: statuses.freeze(session, person, reason=measure.reason, context=context))
    measure.sessions_ended += end_sessions_of(session, person.id, context.at, cause=measure.id)
    return True


def thaw_person(session: Session, measure: Measure, context: AuditContext) -> None:
    person = _person(session, measure)
    _changed(lambda: statuses.unfreeze(session, person, reason="thawed", context=context))
    # Who was signing in at the moment of the freeze has a session, which opened nothing until now.
    end_sessions_of(session, person.id, context.at, cause=measure.id)


def require_reenrolment(session: Session, measure: Measure, context: AuditContext) -> bool:
    person = _person(session, measure)
    if person.level <= UNBOUND_LEVEL:
        raise MeasureRefused("no_account")
    _changed(lambda: statuses.require_reenrolment(session, person, reason=measure.reason, context=context))
    sharing.end_grants_of(session, person.id, context.at)
    measure.sessions_ended += end_sessions_of(session, person.id, context.at, cause=measure.id)
    return False


def freeze_organisation(session: Session, measure: Measure, context: AuditContext) -> bool:
    organisation = _organisation(session, measure)
    if organisation.frozen_at is not None:
        raise MeasureRefused("already")
    organisation.frozen_at = context.at
    session.flush()
    live = live_of_organisation(session, organisation.id)
    for some in batched(live):
        resting = select(func.count()).where(OfflineGrant.mandate_id.in_(some))
        measure.grants_ended += session.scalar(resting) or 0
    end_what_rests_on(session, live, context.at, cause=measure.id)
    return True


def thaw_organisation(session: Session, measure: Measure, _context: AuditContext) -> None:
    organisation = _organisation(session, measure)
    if organisation.frozen_at is None:
        raise MeasureRefused("already")
    organisation.frozen_at = None


def freeze_client(session: Session, measure: Measure, context: AuditContext) -> bool:
    client = _client(session, measure)
    actor = _actor(measure.agreed_by or measure.asked_by)
    try:
        changing.freeze(session, client.client_id, actor=actor, context=context)
    except changing.Frozen:
        raise MeasureRefused("already") from None
    except changing.NotRunning:
        raise MeasureRefused("status") from None
    return False


def thaw_client(session: Session, measure: Measure, context: AuditContext) -> None:
    client = _client(session, measure)
    try:
        actor = _actor(measure.undone_by or OPERATOR.kind)
        changing.thaw(session, client.client_id, actor=actor, context=context)
    except changing.NotRunning:
        raise MeasureRefused("already") from None


def end_of_client(session: Session, measure: Measure, context: AuditContext) -> bool:
    """Of what it holds nothing opens anything from now on, whether that is known here or not."""
    client = _client(session, measure)
    client.ended_before = context.at
    return False


def block(session: Session, measure: Measure, context: AuditContext) -> bool:
    if measure.until is None:
        raise MeasureRefused("until")
    same = select(AddressBlock.id).where(
        AddressBlock.network == measure.subject, AddressBlock.until > context.at
    )
    if session.scalar(same.limit(1)) is not None:
        raise MeasureRefused("already")
    if blocks.count(session, context.at) >= blocks.AT_MOST:
        raise MeasureRefused("too_many")
    session.add(AddressBlock(id=measure.id, network=measure.subject, until=measure.until))
    return True


def unblock(session: Session, measure: Measure, _context: AuditContext) -> None:
    if not deleted(session, delete(AddressBlock).where(AddressBlock.id == measure.id)):
        raise MeasureRefused("already")


DO: Final[Mapping[tuple[Kind, SubjectKind], Do]] = {
    (Kind.END_SESSIONS, SubjectKind.SESSION): nothing_at_once,
    (Kind.END_SESSIONS, SubjectKind.PERSON): end_of_person,
    (Kind.END_SESSIONS, SubjectKind.ADDRESS): nothing_at_once,
    (Kind.END_SESSIONS, SubjectKind.CLIENT): end_of_client,
    (Kind.FREEZE, SubjectKind.PERSON): freeze_person,
    (Kind.FREEZE, SubjectKind.ORGANISATION): freeze_organisation,
    (Kind.FREEZE, SubjectKind.CLIENT): freeze_client,
    (Kind.REENROL, SubjectKind.PERSON): require_reenrolment,
    (Kind.BLOCK, SubjectKind.ADDRESS): block,
}
UNDO: Final[Mapping[tuple[Kind, SubjectKind], Undo]] = {
    (Kind.FREEZE, SubjectKind.PERSON): thaw_person,
    (Kind.FREEZE, SubjectKind.ORGANISATION): thaw_organisation,
    (Kind.FREEZE, SubjectKind.CLIENT): thaw_client,
    (Kind.BLOCK, SubjectKind.ADDRESS): unblock,
}
"""Sessions that have ended do not come back, nor do credentials."""


def deed_of(measure: Measure) -> tuple[Kind, SubjectKind]:
    return Kind(measure.kind), SubjectKind(measure.subject_kind)


def _person(session: Session, measure: Measure) -> Person:
    query = select(Person).where(Person.id == measure.subject).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise MeasureRefused("unknown")
    return found


def _organisation(session: Session, measure: Measure) -> Organisation:
    lock_organisation(session, measure.subject)
    found = session.get(Organisation, measure.subject, populate_existing=True)
    if found is None:
        raise MeasureRefused("unknown")
    return found


def _client(session: Session, measure: Measure) -> ClientRecord:
    query = select(ClientRecord).where(ClientRecord.client_id == measure.subject).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise MeasureRefused("unknown")
    return found


def _actor(by: str) -> Actor:
    """Of a change to a client: its team reads that it was the staff, and not who."""
    return OPERATOR if by == OPERATOR.kind else Actor(ActorKind.STAFF, by)


def _changed(change: Callable[[], bool]) -> None:
    """Raises MeasureRefused: already, status."""
    try:
        if not change():
            raise MeasureRefused("already")
    except StatusRefused:
        raise MeasureRefused("status") from None
