"""How a person proves that the number they named is theirs: a face, the register's phone, or a clerk's code.

Every way counts alike. What is wrong with a name, a number or a code is told as late as each way can.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import (
    ActivationCodeRefused,
    ActivationCodeUsed,
    BindingTried,
    RegisterUnavailable,
)
from idp.crypto.fields import BlindIndex
from idp.people import directory, enrolment, face_consents
from idp.people.activation_codes import ActivationCodes
from idp.people.daily_tries import TooManyTries
from idp.people.enrolment import BindingProved, Enrolment, Way, given
from idp.people.enrolment_records import EnrolmentRecords, Held
from idp.people.one_time_codes import CodeAnswer
from idp.people.registry.contract import Answer, Register
from idp.people.sms_checks import SmsChecks, WrongCode
from idp.storage.ephemeral import EphemeralStore

MOST_ACTIVATION_CODES = 10
"""Wrong activation codes in one enrolment; 60 random bits need no less."""
MOST_REGISTER_ASKS = 5
"""Codes to the register-held phone in one enrolment; each asks the register."""
REGISTER_PHONE = "register-phone"


class RegisterSilent(Exception):
    """The register does not answer just now: another way, or the same one in a few minutes."""


@dataclass(frozen=True)
class EnrolmentBindings:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    records: EnrolmentRecords
    sms: SmsChecks
    activation_codes: ActivationCodes
    register: Register
    index: BlindIndex
    seconds: int
    """How long one enrolment may take."""

    def consent_to_face(self, held: Held, *, text_version: str, locale: str, context: AuditContext) -> Held:
        """Before the camera opens; once is enough. Raises WrongStep, EnrolmentChanged."""
        if held.enrolment.face_consent_id is not None:
            return held
        today = directory.day_in_china(context.at)
        with self.sessions.begin() as session:
            consent = face_consents.give(
                session, None, text_version=text_version, locale=locale, context=context
            )
            changed = enrolment.face_consented(held.enrolment, consent.id, today)
        return self.records.change(held, changed, context.at)

    def face_proved(self, held: Held, now: datetime, *, evidence: str | None = None) -> Held:
        """The fact of the face step: alive, and the one in the register's photo of this number.

        `evidence`: what the fact rests on, for the session that the enrolment ends in.
        Raises WrongStep, EnrolmentChanged.
        """
        return self._bound(held, Way.FACE, now, evidence)

    def ask_register_phone(self, held: Held, *, locale: str, context: AuditContext) -> Held:
        """Send a code to the phone that the register holds, if name and number agree and it holds one.

        The page is the same in every case. When that phone is the one already confirmed, it is proved.
        Raises RegisterSilent, TooManyTries, WrongStep, EnrolmentChanged.
        """
        current, now = held.enrolment, context.at
        today = directory.day_in_china(now)
        enrolment.register_phone_asked(current, None, today)
        self._try(current, "register-asks", MOST_REGISTER_ASKS)
        answer = self.register.verify(given(current.name), given(current.number))
        if answer.answer is Answer.UNAVAILABLE:
            # Says nothing about the person: told at once, instead of letting them wait for a code.
            with self.sessions.begin() as session:
                audit.record(session, RegisterUnavailable(current.purpose.value), context=context)
            raise RegisterSilent
        phone = answer.phone if answer.answer is Answer.MATCH else None
        # Counted and issued for nobody as for somebody: the same work takes the same time.
        may_send = self.sms.may_send(phone, context)
        with self.sessions.begin() as session:
            audit.record(session, BindingTried(Way.REGISTER_PHONE.value), context=context)
            self.sms.send(
                session,
                phone,
                purpose=REGISTER_PHONE,
                holder=current.id,
                locale=locale,
                context=context,
                really=may_send and phone != current.phone,
            )
        if phone is not None and phone == current.phone:
            return self._bound(held, Way.REGISTER_PHONE, now)
        return self.records.change(held, enrolment.register_phone_asked(current, phone, today), now)

    def confirm_register_phone(self, held: Held, code: str, now: datetime) -> Held:
        """Raises WrongCode, also when nothing was sent; WrongStep, EnrolmentChanged."""
        current = held.enrolment
        self.sms.check(code, current.register_phone, purpose=REGISTER_PHONE, holder=current.id)
        return self._bound(held, Way.REGISTER_PHONE, now)

    def use_activation_code(self, held: Held, typed: str, *, context: AuditContext) -> Held:
        """Raises WrongCode, TooManyTries, WrongStep, EnrolmentChanged."""
        current, now = held.enrolment, context.at
        fact = BindingProved(Way.ACTIVATION_CODE, now)
        changed = enrolment.bound(current, fact, directory.day_in_china(now))
        self._try(current, "activation-tries", MOST_ACTIVATION_CODES)
        with self.sessions.begin() as session:
            code_id = self.activation_codes.redeem(session, given(current.number), typed, now)
            person = directory.find_by_number(session, self.index, given(current.number))
            person_id = None if person is None else person.id
            event = (
                ActivationCodeRefused("wrong", person_id)
                if code_id is None
                else ActivationCodeUsed(person_id, code_id)
            )
            audit.record(session, event, context=context)
        if code_id is None:
            raise WrongCode(CodeAnswer.WRONG)
        return self.records.change(held, changed, now)

    def use_account_phone(self, held: Held, now: datetime) -> Held:
        """Recovery by the confirmed phone alone: whether it is the account's is decided when it is settled.

        Raises WrongStep, EnrolmentChanged.
        """
        return self._bound(held, Way.ACCOUNT_PHONE, now)

    def _bound(self, held: Held, way: Way, now: datetime, evidence: str | None = None) -> Held:
        fact = BindingProved(way, now, evidence)
        changed = enrolment.bound(held.enrolment, fact, directory.day_in_china(now))
        return self.records.change(held, changed, now)

    def _try(self, current: Enrolment, what: str, most: int) -> None:
        """Count within this enrolment. Raises TooManyTries."""
        if self.store.increment(f"{what}:{{{current.id}}}", seconds=self.seconds) > most:
            raise TooManyTries
