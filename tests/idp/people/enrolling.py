"""A desk on which tests enrol people, and a register of one page."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people.activation_codes import ActivationCodes
from idp.people.daily_tries import Counters
from idp.people.enrolment import Purpose
from idp.people.enrolment_bindings import EnrolmentBindings
from idp.people.enrolment_desk import EnrolmentDesk
from idp.people.enrolment_records import EnrolmentRecords, Held
from idp.people.one_time_codes import OneTimeCodes
from idp.people.registry import Answer, Register, RegisterAnswer, Relation
from idp.people.sms_checks import SendCode, SmsChecks
from idp.settings import Limits
from idp.storage.ephemeral import EphemeralStore
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

NAME = "张三"
NUMBER = "110101199003070038"
PHONE = "+8613800138000"
REGISTER_PHONE = "+8613900139000"
BROWSER = "b" * 43
PASSWORD = "seven-blue-kettles"
LIMITS = Limits(
    account_free_failures=5,
    address_free_failures=50,
    device_free_failures=10,
    overall_failures_per_minute=600,
    longest_wait_seconds=900,
    sms_per_phone_per_day=10,
    sms_per_address_per_hour=20,
    enrolment_tries_per_day=3,
    password_checks_at_once=2,
    licence_checks_at_once=2,
    registrations_per_address_per_hour=20,
    mails_per_address_per_day=10,
    request_uri_fetches_per_client_per_minute=20,
)


@dataclass
class FakeRegister:
    """Knows one name for each number; everybody else is unknown to it."""

    names: dict[str, str] = field(default_factory=lambda: {NUMBER: NAME})
    phone: str | None = REGISTER_PHONE
    answer: Answer | None = None
    asked: int = 0

    def verify(self, name: str, number: str) -> RegisterAnswer:
        self.asked += 1
        if self.answer is not None:
            return RegisterAnswer(self.answer)
        if number not in self.names:
            return RegisterAnswer(Answer.UNKNOWN)
        if self.names[number] != name:
            return RegisterAnswer(Answer.MISMATCH)
        return RegisterAnswer(Answer.MATCH, self.phone, has_photo=True)

    def photo(self, number: str) -> bytes | None:
        return None

    def compare(self, number: str, image: bytes) -> bool | None:
        return None

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        return None


@dataclass
class Outside:
    """What the tests see of the world: texts that were sent, sessions that were ended."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def deliver(self, session: Session, phone: str, code: str, *, locale: str, now: datetime) -> None:
        self.texts.append((phone, code))

    def end_sessions(self, session: Session, person_id: str, now: datetime) -> None:
        self.ended.append(person_id)


@dataclass
class Enrolling:
    """The desk, and short forms of what a person does at it."""

    desk: EnrolmentDesk
    bindings: EnrolmentBindings
    register: FakeRegister
    outside: Outside
    clock: FakeClock
    phones: "count[int]" = field(default_factory=lambda: count(13700000000))
    browsers: "count[int]" = field(default_factory=count)

    def context(self, address: str = "192.0.2.1") -> AuditContext:
        return AuditContext(self.clock(), address=address)

    def begin(self, purpose: Purpose = Purpose.ENROL, browser: str = BROWSER) -> Held:
        return self.desk.begin(purpose, browser=browser, interaction_id=None, now=self.clock())

    def with_phone(self, held: Held, phone: str = PHONE) -> Held:
        self.desk.send_phone_code(held, phone, locale="zh-CN", context=self.context())
        return self.desk.confirm_phone(held, phone, self.outside.texts[-1][1], self.clock())

    def named(
        self,
        purpose: Purpose = Purpose.ENROL,
        *,
        phone: str = PHONE,
        name: str = NAME,
        number: str = NUMBER,
        browser: str | None = None,
    ) -> Held:
        """At the binding: phone confirmed, number and name given, in a browser of its own."""
        held = self.begin(purpose, browser or f"browser-{next(self.browsers)}")
        held = self.with_phone(held, phone)
        return self.desk.identify(held, name, number, context=self.context())

    def activated(self, held: Held) -> Held:
        """Bound by an activation code that a clerk has just made."""
        number = held.enrolment.number
        assert number is not None
        with self.desk.sessions.begin() as session:
            code = self.bindings.activation_codes.make(
                session, number, made_by="clerk", days=14, context=self.context()
            )
        return self.bindings.use_activation_code(held, code, context=self.context())

    def with_face(self, held: Held) -> Held:
        held = self.bindings.consent_to_face(held, text_version="1", locale="zh-CN", context=self.context())
        return self.bindings.face_proved(held, self.clock())

    def enrolled(self, *, phone: str = PHONE, name: str = NAME, number: str = NUMBER) -> str:
        """The id of a person who went all the way."""
        held = self.activated(self.named(phone=phone, name=name, number=number))
        held, _ = self.desk.settle(held, context=self.context())
        assert held.enrolment.person_id is not None
        return held.enrolment.person_id


def enrolling(
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    index: BlindIndex,
    clock: FakeClock,
    *,
    store: EphemeralStore | None = None,
    register: Register | None = None,
    deliver: SendCode | None = None,
) -> Enrolling:
    store = store or MemoryStore(clock)
    fake = FakeRegister()
    outside = Outside()
    counters = Counters(store, index)
    records = EnrolmentRecords(store, cipher)
    sms = SmsChecks(OneTimeCodes(store, b"c" * 32, seconds=300), counters, LIMITS, deliver or outside.deliver)
    desk = EnrolmentDesk(
        sessions=sessions,
        store=store,
        records=records,
        sms=sms,
        counters=counters,
        register=register or fake,
        cipher=cipher,
        index=index,
        limits=LIMITS,
        end_sessions=outside.end_sessions,
        seconds=900,
        sandbox=False,
    )
    bindings = EnrolmentBindings(
        sessions=sessions,
        store=store,
        records=records,
        sms=sms,
        activation_codes=ActivationCodes(b"a" * 32, index),
        register=register or fake,
        index=index,
        seconds=900,
    )
    return Enrolling(desk, bindings, fake, outside, clock)
