"""Where an enrolment is carried forward: each step checks a fact, keeps it, and tells nobody anything early.

Pages call these and show `next_step`; between number and end lies a binding (`enrolment_bindings`). Codes
go out through the outbox in the transaction of an event that is written whether or not anything is sent, and
the register is asked while no transaction is held.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.credentials import SmsCodeSent
from idp.audit.events.people import EnrolmentStarted, RegisterUnavailable
from idp.audit.fields import Event
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import directory, documents, enrolment, names, phones
from idp.people.daily_tries import Counters, TooManyTries
from idp.people.enrolment import Enrolment, Purpose, Step, Way, WrongStep, given, next_step
from idp.people.enrolment_records import EnrolmentChanged, EnrolmentRecords, Held
from idp.people.registry.contract import Answer, Register
from idp.people.resident_number import InvalidNumber, Reason
from idp.people.settlement import EndSessions, Outcome, Settled, settle
from idp.people.sms_checks import SmsChecks, TooManyMessages
from idp.settings import Limits
from idp.storage.base import new_id
from idp.storage.ephemeral import EphemeralStore

SETTLING_SECONDS = 60
OWN_PHONE = "enrolment-phone"


@dataclass(frozen=True)
class EnrolmentDesk:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    records: EnrolmentRecords
    sms: SmsChecks
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
        answer = self.register.verify(given(current.name), given(current.number)).answer
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
        changed = enrolment.settled(held.enrolment, given(result.person_id), result.level)
        return self.records.change(held, changed, now)

    def _record(self, event: Event, context: AuditContext) -> None:
        with self.sessions.begin() as session:
            audit.record(session, event, context=context)
