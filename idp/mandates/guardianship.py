"""Guardians: roots between people, for as long as the population register says that one cares for the other.

The register is asked above this room, while no transaction is held; what it said is kept here. Its word
counts for a time and is then asked for again. A child's guardians act for it until it is fourteen, when it
signs in for itself; somebody who is cared for has a guardian as long as the register says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateChanged, MandateGranted
from idp.mandates.days import beginning_of
from idp.mandates.ending import Ends, Reason, end_all
from idp.mandates.locking import lock_principal
from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.people.models import Person
from idp.people.registry.contract import Relation
from idp.storage.base import new_id

CHILDHOOD_YEARS: Final = 14
"""Personal Information Protection Law, article 31."""


@dataclass(frozen=True, slots=True)
class Guardianships:
    counts: timedelta
    """For how long the register's word counts."""
    ends: Ends

    def confirm(
        self,
        session: Session,
        guardian_id: str,
        ward_id: str,
        relation: Relation,
        *,
        asked_at: datetime,
        context: AuditContext,
    ) -> Mandate:
        """Keep that the register has just said so: a new root, or the one that is there counts on.

        `asked_at`: when the register was asked. The caller commits. Raises MandateRefused: OF_AGE for a child
        that is none any more, ONESELF.
        """
        if guardian_id == ward_id:
            raise MandateRefused(Refusal.ONESELF)
        lock_principal(session, ward_id)
        expires_at = self._expires_at(session.get_one(Person, ward_id), relation)
        if expires_at is not None and expires_at <= context.at:
            self._end(session, guardian_id, ward_id, context)
            raise MandateRefused(Refusal.OF_AGE)
        mandate = _live(session, guardian_id, ward_id)
        if mandate is None:
            return self._made(session, guardian_id, ward_id, expires_at, asked_at, context)
        if mandate.confirmed_at is None or mandate.confirmed_at < asked_at:
            mandate.expires_at = expires_at
            self._keep_word(mandate, asked_at)
            event = MandateChanged(guardian_id, mandate.id, "confirmed", None)
            audit.record(session, event, context=context)
        return mandate

    def deny(
        self, session: Session, guardian_id: str, ward_id: str, *, asked_at: datetime, context: AuditContext
    ) -> None:
        """The register has just said that it is not so (any more). The caller commits.

        Of two answers that cross, the later question's stays.
        """
        lock_principal(session, ward_id)
        mandate = _live(session, guardian_id, ward_id)
        if mandate is not None and (mandate.confirmed_at is None or mandate.confirmed_at < asked_at):
            self._end(session, guardian_id, ward_id, context)

    def _expires_at(self, ward: Person, relation: Relation) -> datetime | None:
        if not relation.is_for_childhood:
            return None
        if ward.birth_date is None:
            raise MandateRefused(Refusal.OF_AGE)
        return beginning_of(birthday(ward.birth_date, CHILDHOOD_YEARS))

    def _made(
        self,
        session: Session,
        guardian_id: str,
        ward_id: str,
        expires_at: datetime | None,
        asked_at: datetime,
        context: AuditContext,
    ) -> Mandate:
        made = Mandate(
            id=new_id(context.at),
            role=Role.GUARDIAN.value,
            person_id=guardian_id,
            principal_id=ward_id,
            matters=[],
            may_pass_on=False,
            granted_at=context.at,
            expires_at=expires_at,
        )
        self._keep_word(made, asked_at)
        session.add(made)
        session.flush()
        event = MandateGranted(guardian_id, made.id, made.role, principal_id=ward_id)
        audit.record(session, event, context=context)
        return made

    def _keep_word(self, mandate: Mandate, asked_at: datetime) -> None:
        mandate.confirmed_at, mandate.confirmed_until = asked_at, asked_at + self.counts

    def _end(self, session: Session, guardian_id: str, ward_id: str, context: AuditContext) -> None:
        mandate = _live(session, guardian_id, ward_id)
        if mandate is not None:
            reason = Reason.GUARDIANSHIP_ENDED
            end_all(session, [mandate.id], reason=reason, context=context, ends=self.ends)


def birthday(born: date, years: int) -> date:
    """The day on which somebody is so old; who was born on 29 February is so on 1 March of other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _live(session: Session, guardian_id: str, ward_id: str) -> Mandate | None:
    query = select(Mandate).where(
        Mandate.person_id == guardian_id,
        Mandate.principal_id == ward_id,
        Mandate.role == Role.GUARDIAN,
        Mandate.ended_at.is_(None),
    )
    return session.scalar(query.execution_options(populate_existing=True))
