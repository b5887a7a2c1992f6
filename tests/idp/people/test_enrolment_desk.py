"""Enrolments as people go through them, on a real database."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import directory
from idp.people.documents import DocumentType
from idp.people.enrolment import Purpose, Refusal, Step, Way, WrongStep, next_step, ways
from idp.people.enrolment_bindings import RegisterSilent
from idp.people.enrolment_records import EnrolmentChanged, EnrolmentGone, Held
from idp.people.models import FaceConsent, IdentityDocument, Person, PersonStatus
from idp.people.phones import InvalidPhone
from idp.people.registry import Answer
from idp.people.resident_number import InvalidNumber, compose
from idp.people.settlement import Outcome
from idp.people.sms_checks import WrongCode
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE, TODAY
from tests.idp.people.enrolling import BROWSER, NAME, NUMBER, PHONE, REGISTER_PHONE, Enrolling

pytestmark = ON_EACH_DATABASE
CHILD = compose("110101", TODAY.replace(year=TODAY.year - 13), 1)


def events(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


def test_a_face_enrols_somebody_new(
    at_desk: Enrolling, session: Session, cipher: FieldCipher, index: BlindIndex
) -> None:
    held = at_desk.begin()
    assert next_step(held.enrolment) is Step.PHONE
    held = at_desk.with_phone(held)
    assert next_step(held.enrolment) is Step.NUMBER
    held = at_desk.desk.identify(held, "张 三", NUMBER.lower(), context=at_desk.context())
    assert next_step(held.enrolment) is Step.BINDING
    assert at_desk.register.asked == 0
    held = at_desk.with_face(held)
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED
    assert next_step(held.enrolment) is Step.CREDENTIAL

    person = directory.find_by_number(session, index, NUMBER)
    assert person is not None
    assert person.id == held.enrolment.person_id
    assert (person.status, person.level, person.sex) == ("active", 2, "male")
    assert person.birth_date is not None
    assert person.birth_date.isoformat() == "1990-03-07"
    assert directory.name_of(person, cipher) == NAME
    assert directory.phone_of(person, cipher) == PHONE
    assert directory.find_by_phone(session, index, PHONE) is person
    document = directory.number_of(session, person, cipher, TODAY)
    assert (document.number.value, document.type) == (NUMBER, DocumentType.RESIDENT_IDENTITY_CARD)
    assert session.scalars(select(FaceConsent.person_id)).all() == [person.id]
    assert events(session) == [
        "sms_code_sent",
        "enrolment_started",
        "face_consent_given",
        "phone_changed",
        "person_enrolled",
    ]
    # Nobody signed in before, so no session had to end.
    assert at_desk.outside.ended == []


def test_a_face_needs_its_consent_first(at_desk: Enrolling) -> None:
    held = at_desk.named()
    with pytest.raises(WrongStep):
        at_desk.bindings.face_proved(held, NOW)


def test_the_phone_of_the_register_binds_by_a_code_of_its_own(at_desk: Enrolling) -> None:
    held = at_desk.named()
    held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    assert next_step(held.enrolment) is Step.BINDING
    phone, code = at_desk.outside.texts[-1]
    assert phone == REGISTER_PHONE
    with pytest.raises(WrongCode):
        at_desk.bindings.confirm_register_phone(held, "000000" if code != "000000" else "1", NOW)
    held = at_desk.bindings.confirm_register_phone(held, code, NOW)
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert (result.outcome, result.level) == (Outcome.ENROLLED, 2)


def test_a_confirmed_phone_that_the_register_holds_is_proved_already(at_desk: Enrolling) -> None:
    held = at_desk.named(phone=REGISTER_PHONE)
    sent = len(at_desk.outside.texts)
    held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    assert next_step(held.enrolment) is Step.SETTLE
    assert len(at_desk.outside.texts) == sent


@pytest.mark.parametrize("answer", [Answer.UNKNOWN, Answer.MISMATCH, Answer.DECEASED])
def test_whatever_the_register_says_the_page_is_the_same(at_desk: Enrolling, answer: Answer) -> None:
    at_desk.register.answer = answer
    held = at_desk.named()
    sent = len(at_desk.outside.texts)
    held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    assert next_step(held.enrolment) is Step.BINDING
    assert ways(held.enrolment, TODAY) == (Way.FACE, Way.REGISTER_PHONE, Way.ACTIVATION_CODE)
    assert len(at_desk.outside.texts) == sent
    for code in ("123456", ""):
        with pytest.raises(WrongCode):
            at_desk.bindings.confirm_register_phone(held, code, NOW)


def test_a_register_that_is_down_is_told_and_nobody_waits_for_a_code(
    at_desk: Enrolling, session: Session
) -> None:
    at_desk.register.answer = Answer.UNAVAILABLE
    held = at_desk.named()
    with pytest.raises(RegisterSilent):
        at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    at_desk.register.answer = None
    held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    assert held.enrolment.register_phone is not None
    assert "register_unavailable" in events(session)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [(Answer.UNKNOWN, Refusal.NOT_IN_REGISTER), (Answer.DECEASED, Refusal.DECEASED)],
)
def test_a_refusal_shows_after_the_binding(
    at_desk: Enrolling, session: Session, answer: Answer, refusal: Refusal
) -> None:
    at_desk.register.answer = answer
    held, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert (result.outcome, result.refusal) == (Outcome.REFUSED, refusal)
    assert next_step(held.enrolment) is Step.REFUSED
    assert held.enrolment.number is None
    assert session.scalars(select(Person)).all() == []
    assert events(session)[-1] == "enrolment_refused"


def test_a_register_that_is_down_means_later_and_costs_nothing(at_desk: Enrolling) -> None:
    at_desk.register.answer = Answer.UNAVAILABLE
    held = at_desk.activated(at_desk.named())
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.outcome is Outcome.LATER
    at_desk.register.answer = None
    at_desk.clock.advance(120)
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED


def test_a_name_with_a_slip_may_be_typed_again_after_the_binding(at_desk: Enrolling) -> None:
    held = at_desk.activated(at_desk.named(name="章三"))
    held, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.refusal is Refusal.NAME_DIFFERS
    assert next_step(held.enrolment) is Step.NAME
    held = at_desk.desk.rename(held, NAME, NOW)
    _, result = at_desk.desk.settle(held, context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED


def test_three_wrong_names_end_it(at_desk: Enrolling) -> None:
    held = at_desk.activated(at_desk.named(name="章三"))
    for name in ("章三丰", "张三丰"):
        held, _ = at_desk.desk.settle(held, context=at_desk.context())
        held = at_desk.desk.rename(held, name, NOW)
    held, _ = at_desk.desk.settle(held, context=at_desk.context())
    assert next_step(held.enrolment) is Step.REFUSED


def test_a_child_is_offered_no_face_and_enrols_with_a_code(at_desk: Enrolling) -> None:
    at_desk.register.names[CHILD] = NAME
    held = at_desk.named(number=CHILD)
    assert ways(held.enrolment, TODAY) == (Way.REGISTER_PHONE, Way.ACTIVATION_CODE)
    with pytest.raises(WrongStep):
        at_desk.with_face(held)
    _, result = at_desk.desk.settle(at_desk.activated(held), context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED


def test_an_existing_account_is_claimed_not_doubled(at_desk: Enrolling, session: Session) -> None:
    person_id = at_desk.enrolled()
    held = at_desk.named(phone="+8613700137000", number="110101900307003")
    _, result = at_desk.desk.settle(at_desk.activated(held), context=at_desk.context())
    assert (result.outcome, result.person_id) == (Outcome.CLAIMED, person_id)
    assert len(session.scalars(select(Person)).all()) == 1
    assert len(session.scalars(select(IdentityDocument)).all()) == 1
    assert at_desk.outside.ended == [person_id]


def test_a_frozen_account_says_so_after_the_binding(
    at_desk: Enrolling, sessions: sessionmaker[Session]
) -> None:
    person_id = at_desk.enrolled()
    with sessions.begin() as session:
        person = directory.find_by_id(session, person_id)
        assert person is not None
        person.status = PersonStatus.FROZEN.value
    _, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert result.refusal is Refusal.FROZEN


def test_a_death_in_the_register_ends_an_account(at_desk: Enrolling, session: Session) -> None:
    person_id = at_desk.enrolled()
    at_desk.register.answer = Answer.DECEASED
    _, result = at_desk.desk.settle(at_desk.activated(at_desk.named()), context=at_desk.context())
    assert result.refusal is Refusal.DECEASED
    person = directory.find_by_id(session, person_id)
    assert person is not None
    assert (person.status, person.phone_index) == ("deceased", None)
    assert at_desk.outside.ended == [person_id]


def test_what_is_no_phone_or_number_is_said_at_once(at_desk: Enrolling) -> None:
    held = at_desk.begin()
    with pytest.raises(InvalidPhone):
        at_desk.desk.send_phone_code(held, "12345", locale="en", context=at_desk.context())
    held = at_desk.with_phone(held)
    with pytest.raises(InvalidNumber):
        at_desk.desk.identify(held, NAME, NUMBER[:-1] + "0", context=at_desk.context())
    sandbox_number = compose("000000", TODAY.replace(year=1990), 1)
    with pytest.raises(InvalidNumber):
        at_desk.desk.identify(held, NAME, sandbox_number, context=at_desk.context())


def test_an_activation_code_opens_its_own_number_once(at_desk: Enrolling) -> None:
    bindings = at_desk.bindings
    other = compose("110101", TODAY.replace(year=1990), 7)
    with bindings.sessions.begin() as session:
        code = bindings.activation_codes.make(
            session, NUMBER, made_by="c", days=14, context=at_desk.context()
        )
    with pytest.raises(WrongCode):
        bindings.use_activation_code(at_desk.named(number=other), code, context=at_desk.context())
    held = at_desk.named()
    typed = f" {code.lower().replace('0', 'o')} "
    bindings.use_activation_code(held, typed, context=at_desk.context())
    with pytest.raises(WrongCode):
        bindings.use_activation_code(at_desk.named(), code, context=at_desk.context())


def test_one_consent_is_recorded_once(at_desk: Enrolling, session: Session) -> None:
    held = at_desk.named()
    for _ in range(3):
        held = at_desk.bindings.consent_to_face(
            held, text_version="1", locale="en", context=at_desk.context()
        )
    assert len(session.scalars(select(FaceConsent)).all()) == 1


# How many statements each step may take; a commit is none of them.
BUDGETS = {"send": 1, "confirm": 0, "identify": 1, "ask": 1, "settle": 11}


def test_the_budget_of_statements(at_desk: Enrolling, engine: Engine) -> None:
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        seen.append(text)

    spent: dict[str, int] = {}

    def count(step: str, do: Callable[[], Held]) -> Held:
        seen.clear()
        held = do()
        spent[step] = sum(not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE")) for text in seen)
        return held

    desk, context = at_desk.desk, at_desk.context()
    held = at_desk.begin()
    count("send", lambda: (desk.send_phone_code(held, PHONE, locale="en", context=context), held)[1])
    code = at_desk.outside.texts[-1][1]
    held = count("confirm", lambda: desk.confirm_phone(held, PHONE, code, NOW))
    held = count("identify", lambda: desk.identify(held, NAME, NUMBER, context=context))
    held = count("ask", lambda: at_desk.bindings.ask_register_phone(held, locale="en", context=context))
    held = at_desk.with_face(held)
    count("settle", lambda: desk.settle(held, context=context)[0])
    assert spent == {step: min(spent[step], most) for step, most in BUDGETS.items()}, spent


def test_an_enrolment_lives_in_its_browser_and_for_its_time(at_desk: Enrolling) -> None:
    held = at_desk.begin()
    found = at_desk.desk.find(held.enrolment.id, BROWSER, NOW)
    assert found.enrolment == held.enrolment
    with pytest.raises(EnrolmentGone):
        at_desk.desk.find(held.enrolment.id, "c" * 43, NOW)
    at_desk.clock.advance(900)
    with pytest.raises(EnrolmentGone):
        at_desk.desk.find(held.enrolment.id, BROWSER, at_desk.clock())


def test_a_second_tab_is_told_that_things_have_moved_on(at_desk: Enrolling) -> None:
    held = at_desk.with_phone(at_desk.begin())
    at_desk.desk.identify(held, NAME, NUMBER, context=at_desk.context())
    with pytest.raises(EnrolmentChanged):
        at_desk.desk.identify(held, NAME, NUMBER, context=at_desk.context())


def test_an_account_phone_is_no_way_to_enrol(at_desk: Enrolling) -> None:
    with pytest.raises(WrongStep):
        at_desk.bindings.use_account_phone(at_desk.named(), NOW)
    assert Way.ACCOUNT_PHONE in ways(at_desk.named(Purpose.RECOVER).enrolment, TODAY)
