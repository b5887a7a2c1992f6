"""What a proved binding does to the accounts: one transaction, in which everything is decided and done.

Two enrolments of one number, or of one phone, go one after the other: SQLite has one writer, and on
PostgreSQL they queue for a lock of that number and phone. The second finds the account that now exists and
claims it, as its binding allows. Should anything get past the queue, the unique indexes refuse it and it
starts over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import RecoveryRefused
from idp.audit.events.people import EnrolmentRefused, PersonEnrolled
from idp.crypto.digests import from_base64url
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import accounts, blind_keys, directory, face_consents, names, statuses, wards
from idp.people.decisions import Act, Decision, decide, decide_by_phone
from idp.people.documents import IdentityDocument
from idp.people.enrolment import Enrolment, Purpose, Refusal, Way, WrongStep
from idp.people.models import Person, PersonStatus
from idp.people.recovery import recover
from idp.people.registry.contract import Answer

EndSessions = Callable[[Session, str, datetime], object]
"""Ends every session of a person in the transaction given: the sessions room is above this one."""

ATTEMPTS = 4


class Outcome(StrEnum):
    ENROLLED = "enrolled"
    CLAIMED = "claimed"
    """The account was there already and is its person's again; so says the page."""
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Settled:
    outcome: Outcome
    person_id: str | None = None
    level: int = 0
    refusal: Refusal | None = None
    phone_taken_from: str | None = None
    """Who held the confirmed phone until now: it is no factor of theirs any more."""


def settle(
    session: Session,
    enrolment: Enrolment,
    register: Answer | None,
    *,
    cipher: FieldCipher,
    index: BlindIndex,
    context: AuditContext,
    end_sessions: EndSessions,
) -> Settled:
    """`register`: its answer for the name and number given; None for a binding that asks no register.

    Raises WrongStep when something is missing that has to be proved first.
    """
    _queue(session, enrolment, index)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with session.begin_nested():
                return _Settling(session, enrolment, cipher, index, context, end_sessions).run(register)
        except IntegrityError:
            # Somebody else was faster with this number or this phone: look again.
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _queue(session: Session, enrolment: Enrolment, index: BlindIndex) -> None:
    """Wait for whoever settles the same number or phone now; until the end of the transaction."""
    if session.get_bind().dialect.name != "postgresql":
        return
    keys = (
        index.of(blind_keys.NUMBER, enrolment.number or ""),
        index.of(blind_keys.PHONE, enrolment.phone or ""),
    )
    # In one order everywhere, so that two cannot wait for each other.
    for number in sorted(int.from_bytes(from_base64url(key)[:8], signed=True) for key in keys):
        session.execute(select(func.pg_advisory_xact_lock(number)))


@dataclass(frozen=True, slots=True, repr=False)
class _Settling:
    session: Session
    enrolment: Enrolment
    cipher: FieldCipher
    index: BlindIndex
    context: AuditContext
    end_sessions: EndSessions

    def run(self, register: Answer | None) -> Settled:
        enrolment = self.enrolment
        binding, name, phone = enrolment.binding, enrolment.name, enrolment.phone
        if binding is None or name is None or phone is None:
            raise WrongStep
        document = enrolment.document(directory.day_in_china(self.context.at))
        person = self._person(document.number.value)
        decision = self._decide(person, binding.kind, name, phone, register)
        if decision.act is Act.LATER:
            return Settled(Outcome.LATER)
        if decision.act is Act.REFUSE:
            return self._refuse(person, binding.kind, decision)
        if person is None or wards.is_unbound(person):
            return self._enrol(person, document, name, phone, binding.kind, decision)
        return self._recover(person, document, name, phone, binding.kind, decision)

    def _person(self, number: str) -> Person | None:
        found = directory.find_by_number(self.session, self.index, number)
        if found is None:
            return None
        # Locked, so that of two claims the later one sees what the earlier one did.
        query = select(Person).where(Person.id == found.id).with_for_update()
        return self.session.scalar(query.execution_options(populate_existing=True))

    def _decide(
        self, person: Person | None, way: Way, name: str, phone: str, register: Answer | None
    ) -> Decision:
        has_account = person is not None and not wards.is_unbound(person)
        status = PersonStatus(person.status) if person is not None and has_account else None
        if way is not Way.ACCOUNT_PHONE:
            if register is None:
                raise WrongStep
            return decide(register, status, way)
        if person is None or status is not PersonStatus.ACTIVE:
            return decide_by_phone(is_the_accounts=False, name_agrees=False, status=status)
        return decide_by_phone(
            is_the_accounts=directory.phone_of(person, self.cipher) == phone,
            name_agrees=names.same(directory.name_of(person, self.cipher), name),
            status=status,
        )

    def _enrol(
        self,
        known: Person | None,
        document: IdentityDocument,
        name: str,
        phone: str,
        way: Way,
        decision: Decision,
    ) -> Settled:
        """`known`: the row that is there for others to act for."""
        if known is None:
            person = accounts.create(
                self.session,
                document,
                name,
                level=decision.level,
                cipher=self.cipher,
                index=self.index,
                context=self.context,
            )
        else:
            person = known
            wards.bind(person, document, name, decision.level, self.cipher, self.context.at)
        former = accounts.set_phone(
            self.session,
            person,
            phone,
            way="enrolment",
            cipher=self.cipher,
            index=self.index,
            context=self.context,
        )
        self._attach_consent(person.id)
        audit.record(self.session, PersonEnrolled(person.id, person.level, way.value), context=self.context)
        return Settled(Outcome.ENROLLED, person.id, decision.level, phone_taken_from=former)

    def _recover(
        self,
        person: Person,
        document: IdentityDocument,
        name: str,
        phone: str,
        way: Way,
        decision: Decision,
    ) -> Settled:
        recovered = recover(
            self.session,
            person,
            decision,
            way=way,
            document=document,
            name=name,
            phone=phone,
            cipher=self.cipher,
            index=self.index,
            context=self.context,
        )
        self._attach_consent(person.id)
        self.end_sessions(self.session, person.id, self.context.at)
        return Settled(
            Outcome.CLAIMED, person.id, decision.level, phone_taken_from=recovered.phone_taken_from
        )

    def _refuse(self, person: Person | None, way: Way, decision: Decision) -> Settled:
        refusal = decision.refusal
        if refusal is None:
            raise AssertionError("a refusal has a reason")
        person_id = None if person is None else person.id
        if person is not None and refusal is Refusal.DECEASED and person.status != PersonStatus.CLOSED:
            statuses.record_death(self.session, person, reason="register", context=self.context)
            self.end_sessions(self.session, person.id, self.context.at)
        event = (
            RecoveryRefused(way.value, refusal.value, person_id)
            if self.enrolment.purpose is Purpose.RECOVER
            else EnrolmentRefused(refusal.value, person_id)
        )
        audit.record(self.session, event, context=self.context)
        return Settled(Outcome.REFUSED, refusal=refusal)

    def _attach_consent(self, person_id: str) -> None:
        if self.enrolment.face_consent_id is not None:
            face_consents.attach(self.session, self.enrolment.face_consent_id, person_id)
