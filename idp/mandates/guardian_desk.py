"""Asking the population register who cares for whom, and keeping what it says.

The register is asked while no transaction is held. First whether the one cares for the other, and only then
whether the ward is so called: whoever tries numbers learns, also from the time that it takes, nothing but
what the register says of themself.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.care import CareRefused
from idp.audit.events.people import RegisterUnavailable
from idp.audit.fields import Event
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates.guardianship import Guardianships
from idp.mandates.invitations import Invitee
from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.people import directory, wards
from idp.people.daily_tries import Counters, TooManyTries
from idp.people.registry import contract
from idp.people.registry.contract import Answer, Register, Relation

PURPOSE = "guardian"
"""What the register was asked for, in the audit log."""


class RegisterSilent(Exception):
    """The register cannot say now: come back later."""


class NotInCare(Exception):
    """The register says nothing of the kind of this number and name: whichever of the two, or both."""


@dataclass(frozen=True, slots=True)
class GuardianDesk:
    sessions: sessionmaker[Session]
    register: Register
    guardianships: Guardianships
    counters: Counters
    cipher: FieldCipher
    index: BlindIndex
    tries_per_day: int
    """Of one guardian."""

    def add(self, guardian_id: str, ward: Invitee, *, context: AuditContext) -> str:
        """Let a person act for somebody whom the register says they care for; the mandate's id.

        A ward who is not known here becomes so, without an account. Raises NotInCare, RegisterSilent,
        TooManyTries, MandateRefused (OF_AGE, ONESELF, NO_STANDING for a ward who is frozen here).
        """
        self._count("guardian-tries", guardian_id, context)
        number = ward.document.number.value
        with self.sessions() as session:
            if number in self._numbers(session, guardian_id):
                raise MandateRefused(Refusal.ONESELF)
        relation = self._ask(guardian_id, number, context)
        if relation is None or not self._is_called(ward, context):
            self._record(CareRefused(guardian_id, "not_in_care"), context)
            raise NotInCare
        try:
            return self._keep(guardian_id, ward, relation, context)
        except MandateRefused as refused:
            self._record(CareRefused(guardian_id, refused.reason.value), context)
            raise

    def ask_now(self, mandate_id: str, guardian_id: str, *, context: AuditContext) -> bool:
        """`ask_again` at the guardian's wish: where the register's last word has run out, and so often a day
        as they may try to add somebody. While it counts the worker asks, and nobody else has to.

        Raises RegisterSilent, TooManyTries.
        """
        with self.sessions() as session:
            row = session.get(Mandate, mandate_id)
            if row is None or row.ended_at is not None or row.person_id != guardian_id:
                return False
            if row.confirmed_until is not None and row.confirmed_until > context.at:
                return True
        self._count("guardian-asks", guardian_id, context)
        return self.ask_again(mandate_id, context=context)

    def ask_again(self, mandate_id: str, *, context: AuditContext) -> bool:
        """Whether the register still says what a guardian's mandate rests on, and what follows from it.

        Raises RegisterSilent: then everything stays, for as long as its last word counts.
        """
        with self.sessions() as session:
            row = session.get(Mandate, mandate_id)
            if (
                row is None
                or row.role != Role.GUARDIAN
                or row.ended_at is not None
                or row.principal_id is None
            ):
                return False
            guardian_id, ward_id = row.person_id, row.principal_id
            number = self._numbers(session, ward_id)[0]
        relation = self._ask(guardian_id, number, context)
        with self.sessions.begin() as session:
            if relation is None:
                self.guardianships.deny(session, guardian_id, ward_id, asked_at=context.at, context=context)
                return False
            try:
                self.guardianships.confirm(
                    session, guardian_id, ward_id, relation, asked_at=context.at, context=context
                )
            except MandateRefused:
                # A child no more: it has ended.
                return False
        return True

    def _count(self, what: str, guardian_id: str, context: AuditContext) -> None:
        """Each is a question to a register that is not ours. Raises TooManyTries."""
        if self.counters.count_today(what, guardian_id, context.at) > self.tries_per_day:
            self._record(CareRefused(guardian_id, "too_many_tries"), context)
            raise TooManyTries

    def _keep(self, guardian_id: str, ward: Invitee, relation: Relation, context: AuditContext) -> str:
        with self.sessions.begin() as session:
            try:
                known = wards.find_or_add(
                    session, ward.document, ward.name, cipher=self.cipher, index=self.index, context=context
                )
            except wards.WardNotActive:
                raise MandateRefused(Refusal.NO_STANDING) from None
            mandate = self.guardianships.confirm(
                session, guardian_id, known.id, relation, asked_at=context.at, context=context
            )
            return mandate.id

    def _ask(self, guardian_id: str, number: str, context: AuditContext) -> Relation | None:
        """By each of the guardian's documents, the one in use first. Raises RegisterSilent."""
        with self.sessions() as session:
            numbers = self._numbers(session, guardian_id)
        try:
            for own in numbers:
                if (relation := self.register.cares_for(own, number)) is not None:
                    return relation
        except contract.RegisterUnavailable:
            self._silent(context)
        return None

    def _is_called(self, ward: Invitee, context: AuditContext) -> bool:
        answer = self.register.verify(ward.name, ward.document.number.value).answer
        if answer is Answer.UNAVAILABLE:
            self._silent(context)
        return answer is Answer.MATCH

    def _silent(self, context: AuditContext) -> None:
        self._record(RegisterUnavailable(PURPOSE), context)
        raise RegisterSilent

    def _numbers(self, session: Session, person_id: str) -> list[str]:
        """Newest first."""
        return [
            self.cipher.open_text(row.number_sealed, context=directory.number_context(row.id))
            for row in reversed(directory.documents_of(session, person_id))
        ]

    def _record(self, event: Event, context: AuditContext) -> None:
        with self.sessions.begin() as session:
            audit.record(session, event, context=context)
