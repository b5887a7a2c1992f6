"""Changing a mandate that somebody holds: for longer or shorter, or for fewer matters, never for more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateChanged
from idp.mandates.ending import Ends, Reason, end_all, said_by, with_all_below
from idp.mandates.granting import Granting
from idp.mandates.locking import lock_of
from idp.mandates.matters import Party, of_party
from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.rules import AcceptanceLevels
from idp.mandates.standing import common_matters, standing


@dataclass(frozen=True, slots=True)
class Changing:
    granting: Granting
    levels: AcceptanceLevels
    ends: Ends

    def renew(
        self,
        session: Session,
        mandate_id: str,
        expires_at: datetime | None,
        *,
        by: str,
        level: int,
        context: AuditContext,
    ) -> datetime:
        """Let it end at another time: by whoever is above it, or the person it is for. When it ends now.

        None: as late as may be. `level`: of the sign-in of `by`. The caller commits. Raises MandateRefused.
        """
        mandate = _held(session, mandate_id, context.at)
        if mandate.parent_id is None and mandate.role != Role.RELATIVE:
            raise MandateRefused(Refusal.NOT_YOURS)
        if by == mandate.person_id:
            raise MandateRefused(Refusal.NO_STANDING)
        said_by(session, mandate, by)
        if level < self.levels.of(session, mandate.organisation_id):
            raise MandateRefused(Refusal.LEVEL)
        above = None
        if mandate.parent_id is not None:
            above = standing(session.connection(), mandate.parent_id, context.at)
            if above is None:
                raise MandateRefused(Refusal.NO_STANDING)
        mandate.expires_at = self.granting.expiry(above, expires_at, context.at)
        _record(session, mandate, "renewed", by, context)
        return mandate.expires_at

    def narrow(
        self,
        session: Session,
        mandate_id: str,
        matters: Collection[str],
        *,
        by: str,
        context: AuditContext,
    ) -> tuple[str, ...]:
        """Leave it fewer matters: by whoever may end it. What rests on it, or below it, ends and may begin
        anew; those below that have no matter left end. Their ids. The caller commits.

        Raises MandateRefused; MATTERS when it is not fewer, or none.
        """
        mandate = _held(session, mandate_id, context.at)
        said_by(session, mandate, by)
        left = set(matters)
        # A mandate without a list is for all business, so a list of nothing would widen it.
        if not left or not left <= self._known(session, mandate, context.at) or left == set(mandate.matters):
            raise MandateRefused(Refusal.MATTERS)
        mandate.matters = sorted(left)
        session.flush()
        _record(session, mandate, "narrowed", by, context)
        self.ends(session, with_all_below(session, [mandate.id]), context.at)
        empty = _left_with_nothing(session, mandate)
        return end_all(session, empty, reason=Reason.ABOVE_ENDED, context=context, ends=self.ends)

    def _known(self, session: Session, mandate: Mandate, now: datetime) -> set[str]:
        """The matters that it may be narrowed to."""
        if mandate.matters:
            return set(mandate.matters)
        if mandate.parent_id is not None:
            above = standing(session.connection(), mandate.parent_id, now)
            if above is not None and above.matters:
                return set(above.matters)
        party: Party = "person" if mandate.organisation_id is None else "organisation"
        return {matter.code for matter in of_party(self.granting.matters, party)}


def _held(session: Session, mandate_id: str, now: datetime) -> Mandate:
    """One that has not ended, held until the end of the transaction. Raises MandateRefused."""
    mandate = session.get(Mandate, mandate_id)
    if mandate is None:
        raise MandateRefused(Refusal.NOT_FOUND)
    lock_of(session, mandate)
    if mandate.ended_at is not None or (mandate.expires_at is not None and mandate.expires_at <= now):
        raise MandateRefused(Refusal.NOT_FOUND)
    return mandate


def _left_with_nothing(session: Session, mandate: Mandate) -> list[str]:
    """Of the live mandates below, those that have no matter in common with all above them."""
    found: list[str] = []
    rung: dict[str, tuple[str, ...]] = {mandate.id: tuple(mandate.matters)}
    while rung:
        query = select(Mandate).where(Mandate.parent_id.in_(rung), Mandate.ended_at.is_(None))
        below: dict[str, tuple[str, ...]] = {}
        for one in session.scalars(query):
            common = common_matters((one.matters, rung[one.parent_id or ""]))
            if common is None:
                found.append(one.id)
            else:
                below[one.id] = common
        rung = below
    return found


def _record(session: Session, mandate: Mandate, change: str, by: str, context: AuditContext) -> None:
    audit.record(session, MandateChanged(mandate.person_id, mandate.id, change, by), context=context)
