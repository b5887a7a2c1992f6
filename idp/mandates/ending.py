"""The end of mandates: with everything below them, and with what rests on them elsewhere.

A mandate that has ended stands no more at once, since every use asks (`idp.mandates.standing`). Ending it
also ends what was opened on its strength, so that clients hear of it: `Ends`, given from above, as this room
knows neither sessions nor grants.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateEnded
from idp.mandates import answering
from idp.mandates.locking import lock_of
from idp.mandates.models import Answer, Mandate, MandateInvitation, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.standing import DEEPEST
from idp.storage.database import batched

Ends = Callable[[Session, Collection[str], datetime], None]
"""Ends what rests on these mandates (ids): sign-ins at clients, grants and tokens. In the transaction given;
clients are told through the outbox."""


class Reason(StrEnum):
    """Why a mandate ended; stored, shown and logged."""

    WITHDRAWN = "withdrawn"
    """By who granted it, or somebody above it."""
    LAID_DOWN = "laid_down"
    """By who held it."""
    ENDED_BY_PRINCIPAL = "ended_by_principal"
    EXPIRED = "expired"
    ABOVE_ENDED = "above_ended"
    """What it was granted on the strength of has ended."""
    REPRESENTATIVE_CHANGED = "representative_changed"
    ORGANISATION_ENDED = "organisation_ended"
    """Revoked, dissolved, or the register knows it no more."""
    GUARDIANSHIP_ENDED = "guardianship_ended"
    ACCOUNT_ENDED = "account_ended"
    """The holder's or the principal's account was closed, or they have died."""
    OPERATOR = "operator"


def end(
    session: Session,
    mandate_id: str,
    *,
    by: str | None,
    reason: Reason | None = None,
    detail: str | None = None,
    context: AuditContext,
    ends: Ends,
) -> tuple[str, ...]:
    """End one and all below it; the ids of what ended, none when it had ended before. The caller commits.

    `by`: the person who ends it: who granted it, who is above it, who holds it or whom it is for, and that
    says why; None when it is nobody of them, and then `reason` says it. `detail`: a word for the audit log.
    Raises MandateRefused when the person has no say in it.
    """
    found = session.get(Mandate, mandate_id)
    if found is None:
        raise MandateRefused(Refusal.NOT_FOUND)
    lock_of(session, found)
    if by is not None:
        reason = said_by(session, found, by)
    if reason is None:
        raise ValueError("who has no say of their own says why")
    return end_all(session, [found.id], by=by, reason=reason, detail=detail, context=context, ends=ends)


def end_all(
    session: Session,
    mandate_ids: Collection[str],
    *,
    by: str | None = None,
    reason: Reason,
    detail: str | None = None,
    context: AuditContext,
    ends: Ends,
) -> tuple[str, ...]:
    """End these and everything below them; the ids of what ended. The caller holds their lock and commits."""
    ended: list[str] = []
    rung, why = list(mandate_ids), reason
    while rung:
        for some in batched(rung):
            ended += _end_rung(session, some, by=by, reason=why, detail=detail, context=context)
        rung, why = _below(session, rung), Reason.ABOVE_ENDED
    if ended:
        withdraw_resting_on(session, ended, context=context)
        ends(session, ended, context.at)
    return tuple(ended)


def live_of_organisation(session: Session, organisation_id: str) -> list[str]:
    """The ids of what has not ended, whether it stands now or not."""
    query = select(Mandate.id).where(Mandate.organisation_id == organisation_id, Mandate.ended_at.is_(None))
    return list(session.scalars(query.order_by(Mandate.granted_at, Mandate.id)))


def with_all_below(session: Session, mandate_ids: Collection[str]) -> list[str]:
    """The ids given and those of all live mandates below them."""
    found: list[str] = []
    rung = list(mandate_ids)
    while rung:
        found += rung
        rung = _below(session, rung)
    return found


def said_by(session: Session, mandate: Mandate, by: str) -> Reason:
    """Why it ends, when this person ends it. Raises MandateRefused when they have no say in it."""
    if by == mandate.person_id:
        if mandate.parent_id is None and mandate.role != Role.RELATIVE:
            # The register says so: it would be back with the next sign-in.
            raise MandateRefused(Refusal.NOT_YOURS)
        return Reason.LAID_DOWN
    if by == mandate.principal_id and mandate.role == Role.RELATIVE:
        return Reason.ENDED_BY_PRINCIPAL
    if by in holders_above(session, mandate):
        return Reason.WITHDRAWN
    # Somebody who has no say is not told that there is such a mandate.
    raise MandateRefused(Refusal.NOT_FOUND)


def holders_above(session: Session, mandate: Mandate) -> tuple[str, ...]:
    """The people of the rungs above, the nearest first; whoever granted a mandate is the first of them."""
    found: list[str] = []
    parent_id = mandate.parent_id
    while parent_id is not None and len(found) < DEEPEST:
        above = session.get(Mandate, parent_id, populate_existing=True)
        if above is None or above.ended_at is not None:
            break
        found.append(above.person_id)
        parent_id = above.parent_id
    return tuple(found)


def _end_rung(
    session: Session,
    mandate_ids: Collection[str],
    *,
    by: str | None,
    reason: Reason,
    detail: str | None,
    context: AuditContext,
) -> list[str]:
    query = select(Mandate).where(Mandate.id.in_(mandate_ids), Mandate.ended_at.is_(None))
    query = query.order_by(Mandate.id).with_for_update().execution_options(populate_existing=True)
    ended = session.scalars(query).all()
    for one in ended:
        one.ended_at, one.ended_by, one.ended_reason = context.at, by, reason.value
        event = MandateEnded(
            one.person_id, one.id, reason.value, one.organisation_id, one.principal_id, by, detail
        )
        audit.record(session, event, context=context)
    session.flush()
    return [one.id for one in ended]


def _below(session: Session, mandate_ids: Collection[str]) -> list[str]:
    """The ids of live mandates one rung below."""
    found: list[str] = []
    for some in batched(mandate_ids):
        query = select(Mandate.id).where(Mandate.parent_id.in_(some), Mandate.ended_at.is_(None))
        found += session.scalars(query.order_by(Mandate.id))
    return found


def withdraw_resting_on(session: Session, mandate_ids: Collection[str], *, context: AuditContext) -> None:
    """Nobody accepts what was offered on the strength of these."""
    for some in batched(mandate_ids):
        query = select(MandateInvitation).where(
            MandateInvitation.parent_id.in_(some), MandateInvitation.answered_at.is_(None)
        )
        for invitation in session.scalars(query.order_by(MandateInvitation.id).with_for_update()):
            answering.answer(session, invitation, Answer.WITHDRAWN, by=None, context=context)
