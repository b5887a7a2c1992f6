"""How often somebody may try to enrol, by phone, browser and code; and who cannot be kept out by that."""

import pytest

from idp.people.daily_tries import TooManyTries
from idp.people.enrolment import Way, ways
from idp.people.one_time_codes import CodeAnswer
from idp.people.resident_number import compose
from idp.people.settlement import Outcome
from idp.people.sms_checks import TooManyMessages, WrongCode
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE, TODAY
from tests.idp.people.enrolling import BROWSER, PHONE, Enrolling

pytestmark = ON_EACH_DATABASE


def test_three_tries_a_day_of_one_phone(at_desk: Enrolling) -> None:
    for serial in range(3):
        at_desk.named(number=compose("110101", TODAY.replace(year=1990), serial))
    with pytest.raises(TooManyTries):
        at_desk.named(number=compose("110101", TODAY.replace(year=1990), 9))
    at_desk.clock.advance(86_400)
    at_desk.named()


def test_three_tries_a_day_of_one_browser(at_desk: Enrolling) -> None:
    for serial in range(4):
        number = compose("110101", TODAY.replace(year=1990), serial)
        if serial < 3:
            at_desk.named(number=number, phone=f"+861370000000{serial}", browser=BROWSER)
        else:
            with pytest.raises(TooManyTries):
                at_desk.named(number=number, phone=f"+861370000000{serial}", browser=BROWSER)


def test_strangers_cannot_keep_a_person_from_the_service_window(at_desk: Enrolling) -> None:
    for serial in range(3):
        at_desk.named(phone=f"+861370000000{serial}")
    held = at_desk.named(phone=PHONE)
    assert ways(held.enrolment, TODAY) == (Way.ACTIVATION_CODE,)
    _, result = at_desk.desk.settle(at_desk.activated(held), context=at_desk.context())
    assert result.outcome is Outcome.ENROLLED


def test_wrong_codes_and_spent_codes(at_desk: Enrolling) -> None:
    held = at_desk.begin()
    at_desk.desk.send_phone_code(held, PHONE, locale="en", context=at_desk.context())
    code = at_desk.outside.texts[-1][1]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode) as refused:
        at_desk.desk.confirm_phone(held, PHONE, wrong, NOW)
    assert refused.value.answer is CodeAnswer.WRONG
    with pytest.raises(WrongCode):
        at_desk.desk.confirm_phone(held, "+8613800138001", code, NOW)
    at_desk.desk.confirm_phone(held, PHONE, code, NOW)
    with pytest.raises(WrongCode) as refused:
        at_desk.desk.confirm_phone(held, PHONE, code, NOW)
    assert refused.value.answer is CodeAnswer.GONE


def test_messages_are_limited_by_phone_and_by_address(at_desk: Enrolling) -> None:
    held = at_desk.begin()
    for _ in range(10):
        at_desk.desk.send_phone_code(held, PHONE, locale="en", context=at_desk.context())
    with pytest.raises(TooManyMessages):
        at_desk.desk.send_phone_code(held, PHONE, locale="en", context=at_desk.context())
    for serial in range(9):
        phone = f"1370000000{serial}"
        at_desk.desk.send_phone_code(held, phone, locale="en", context=at_desk.context())
    with pytest.raises(TooManyMessages):
        at_desk.desk.send_phone_code(held, "13700000009", locale="en", context=at_desk.context())
    at_desk.desk.send_phone_code(held, "13700000009", locale="en", context=at_desk.context("192.0.2.9"))


def test_activation_codes_cannot_be_tried_for_long(at_desk: Enrolling) -> None:
    held = at_desk.named()
    for _ in range(10):
        with pytest.raises(WrongCode):
            at_desk.bindings.use_activation_code(held, "AAAA-BBBB-CCCC", context=at_desk.context())
    with pytest.raises(TooManyTries):
        at_desk.bindings.use_activation_code(held, "AAAA-BBBB-CCCC", context=at_desk.context())


def test_the_register_is_not_asked_for_ever(at_desk: Enrolling) -> None:
    held = at_desk.named()
    for _ in range(5):
        held = at_desk.bindings.ask_register_phone(held, locale="en", context=at_desk.context())
    with pytest.raises(TooManyTries):
        at_desk.bindings.ask_register_phone(held, locale="en", context=at_desk.context())
    assert at_desk.register.asked == 5
