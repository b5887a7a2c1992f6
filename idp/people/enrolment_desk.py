"""Where an enrolment is carried forward: each step checks a fact, keeps it, and tells nobody anything early.

Pages call these and show `next_step`. Codes go out through the outbox in the transaction of an event that is
written whether or not anything is sent, and the register is asked while no transaction is held.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events import (
    ActivationCodeRefused,
    ActivationCodeUsed,
    BindingTried,
    EnrolmentStarted,
    RegisterUnavailable,
    SmsCodeSent,
)
from idp.audit.fields import Event
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import directory, documents, enrolment, face_consents, names, phones
from idp.people.activation_codes import ActivationCodes
from idp.people.daily_tries import Counters
from idp.people.enrolment import BindingProved, Enrolment, Purpose, Step, Way, WrongStep, next_step
from idp.people.enrolment_records import EnrolmentChanged, EnrolmentRecords, Held
from idp.people.one_time_codes import CodeAnswer
from idp.people.registry.contract import Answer, Register
from idp.people.resident_number import InvalidNumber, Reason
from idp.people.settlement import EndSessions, Outcome, Settled, settle
from idp.people.sms_checks import SmsChecks, TooManyMessages, WrongCode
from idp.settings import Limits
from idp.storage.base import new_id
from idp.storage.ephemeral import EphemeralStore

MOST_ACTIVATION_CODES = 10
"""Wrong activation codes in one enrolment; 60 random bits need no less."""
MOST_REGISTER_ASKS = 5
"""Codes to the register-held phone in one enrolment; each asks the register."""
SETTLING_SECONDS = 60
OWN_PHONE = "enrolment-phone"
REGISTER_PHONE = "register-phone"


class TooManyTries(Exception):
    """Of this phone or this browser today, or within this enrolment: tomorrow, or at a service window."""


class RegisterSilent(Exception):
    """The register does not answer just now: another way, or the same one in a few minutes."""


@dataclass(frozen=True)
class EnrolmentDesk:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    records: EnrolmentRecords
    sms: SmsChecks
    activation_codes: ActivationCodes
    counters: Counters
    register: Register
    cipher: FieldCipher
    index: BlindIndex
    limits: Limits
    end_sessions: EndSessions
    seconds: int
    """How long one enrolment may take."""
    sandbox: bool

    def begin(self, purpose: Purpose, *, browser: str, interaction_id: str | None, now: datetime) -> Held:
        """`browser`: digest of the browser's cookie; `interaction_id`: where to go on afterwards."""
        return self.records.add(
            enrolment.begin(
                new_id(now),
                purpose,
                browser=browser,
                interaction_id=interaction_id,
                now=now,
                seconds=self.seconds,
            )
        )

    def find(self, enrolment_id: str, browser: str, now: datetime) -> Held:
        """Raises EnrolmentGone."""
        return self.records.find(enrolment_id, browser, now)

    # The phone

    def send_phone_code(self, held: Held, typed: str, *, locale: str, context: AuditContext) -> str:
        """Send a code to the phone that was typed; its E.164 form, to be sent back with the code.

        Raises InvalidPhone, TooManyMessages, WrongStep.
        """
        if next_step(held.enrolment) not in {Step.PHONE, Step.NUMBER}:
            raise WrongStep
        phone = phones.normalise(typed)
        if not self.sms.may_send(phone, context):
            raise TooManyMessages
        with self.sessions.begin() as session:
            self.sms.send(
                session, phone, purpose=OWN_PHONE, holder=held.enrolment.id, locale=locale, context=context
            )
            audit.record(session, SmsCodeSent("enrolment"), context=context)
        return phone

    def confirm_phone(self, held: Held, typed_phone: str, code: str, now: datetime) -> Held:
        """Raises InvalidPhone, WrongCode, WrongStep, EnrolmentChanged."""
        phone = phones.normalise(typed_phone)
        changed = enrolment.phone_confirmed(held.enrolment, phone, now)
        self.sms.check(code, phone, purpose=OWN_PHONE, holder=held.enrolment.id)
        return self.records.change(held, changed, now)

    # The number and the name

    def identify(self, held: Held, typed_name: str, typed_number: str, *, context: AuditContext) -> Held:
        """Counts as a try of the phone, the browser and the number, whatever becomes of it.

        Raises InvalidName, InvalidNumber, TooManyTries, WrongStep, EnrolmentChanged.
        """
        now = context.at
        number = self.read_number(typed_number, now).number.value
        name = names.normalise(typed_name)
        current = held.enrolment
        changed = enrolment.identified(current, number, name, window_only=False)
        most = self.limits.enrolment_tries_per_day
        # All are counted before one is looked at: the answer does not tell which came first.
        by_phone = self.counters.count_today("enrolment-phone", current.phone or "", now)
        by_browser = self.counters.count_today("enrolment-browser", current.browser, now)
        by_number = self.counters.count_today("enrolment-number", number, now)
        if by_phone > most or by_browser > most:
            raise TooManyTries
        changed = enrolment.identified(current, number, name, window_only=by_number > most)
        self._record(EnrolmentStarted(current.purpose.value), context)
        return self.records.change(held, changed, now)

    def read_number(self, typed: str, now: datetime) -> documents.IdentityDocument:
        """Raises InvalidNumber, also for a sandbox number outside of the sandbox."""
        document = documents.identify(typed, directory.day_in_china(now))
        if document.number.is_sandbox and not self.sandbox:
            raise InvalidNumber(Reason.CHECK_CHARACTER)
        return document

    def rename(self, held: Held, typed_name: str, now: datetime) -> Held:
        """Raises InvalidName, WrongStep, EnrolmentChanged."""
        changed = enrolment.renamed(held.enrolment, names.normalise(typed_name))
        return self.records.change(held, changed, now)

    # The bindings

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
        answer = self.register.verify(_given(current.name), _given(current.number))
        if answer.answer is Answer.UNAVAILABLE:
            # Says nothing about the person: told at once, instead of letting them wait for a code.
            self._record(RegisterUnavailable(current.purpose.value), context)
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
            code_id = self.activation_codes.redeem(session, _given(current.number), typed, now)
            person = directory.find_by_number(session, self.index, _given(current.number))
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

    # The end

    def settle(self, held: Held, *, context: AuditContext) -> tuple[Held, Settled]:
        """Ask the register and do what follows. Outcome LATER leaves everything for another try.

        Raises WrongStep, EnrolmentChanged.
        """
        current, now = held.enrolment, context.at
        if next_step(current) is not Step.SETTLE:
            raise WrongStep
        settling = f"enrolment-settling:{{{current.id}}}"
        if not self.store.add_once(settling, b"1", seconds=SETTLING_SECONDS):
            raise EnrolmentChanged
        try:
            answer = self._ask_register(current, context)
            with self.sessions.begin() as session:
                result = settle(
                    session,
                    current,
                    answer,
                    cipher=self.cipher,
                    index=self.index,
                    context=context,
                    end_sessions=self.end_sessions,
                )
            return self._settled(held, result, now), result
        finally:
            self.store.delete(settling)

    def _ask_register(self, current: Enrolment, context: AuditContext) -> Answer | None:
        if current.binding is None or current.binding.kind is Way.ACCOUNT_PHONE:
            return None
        answer = self.register.verify(_given(current.name), _given(current.number)).answer
        if answer is Answer.UNAVAILABLE:
            self._record(RegisterUnavailable(current.purpose.value), context)
        return answer

    def _settled(self, held: Held, result: Settled, now: datetime) -> Held:
        if result.outcome is Outcome.LATER:
            return held
        if result.refusal is enrolment.Refusal.NAME_DIFFERS:
            return self.records.change(held, enrolment.name_differs(held.enrolment), now)
        if result.refusal is not None:
            return self.records.change(held, enrolment.refused(held.enrolment, result.refusal), now)
        changed = enrolment.settled(held.enrolment, _given(result.person_id), result.level)
        return self.records.change(held, changed, now)

    # Shared by the steps

    def _bound(self, held: Held, way: Way, now: datetime, evidence: str | None = None) -> Held:
        fact = BindingProved(way, now, evidence)
        changed = enrolment.bound(held.enrolment, fact, directory.day_in_china(now))
        return self.records.change(held, changed, now)

    def _try(self, current: Enrolment, what: str, most: int) -> None:
        """Count within this enrolment. Raises TooManyTries."""
        if self.store.increment(f"{what}:{{{current.id}}}", seconds=self.seconds) > most:
            raise TooManyTries

    def _record(self, event: Event, context: AuditContext) -> None:
        with self.sessions.begin() as session:
            audit.record(session, event, context=context)


def _given(value: str | None) -> str:
    if value is None:
        raise WrongStep
    return value
