"""The state machine: whatever facts come in whatever order, nothing is skipped."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from idp.people import enrolment
from idp.people.enrolment import (
    BindingProved,
    Enrolment,
    Purpose,
    Refusal,
    Step,
    Way,
    WrongStep,
    next_step,
)
from tests.idp.people.conftest import NOW, TODAY
from tests.idp.people.enrolling import BROWSER, NAME, NUMBER, PHONE

PERSON = "0193513c-0000-7000-8000-000000000001"


def begun(purpose: Purpose = Purpose.ENROL) -> Enrolment:
    return enrolment.begin("id", purpose, browser=BROWSER, interaction_id=None, now=NOW, seconds=900)


MOVES = {
    "phone": lambda e: enrolment.phone_confirmed(e, PHONE, NOW),
    "number": lambda e: enrolment.identified(e, NUMBER, NAME, window_only=False),
    "number, window only": lambda e: enrolment.identified(e, NUMBER, NAME, window_only=True),
    "consent": lambda e: enrolment.face_consented(e, "consent", TODAY),
    "asked": lambda e: enrolment.register_phone_asked(e, PHONE, TODAY),
    **{way.value: lambda e, w=way: enrolment.bound(e, BindingProved(w, NOW), TODAY) for way in Way},
    "name differs": enrolment.name_differs,
    "renamed": lambda e: enrolment.renamed(e, NAME),
    "settled": lambda e: enrolment.settled(e, PERSON, 2),
    "refused": lambda e: enrolment.refused(e, Refusal.FROZEN),
    "credential": enrolment.credential_set,
}


@given(st.sampled_from(Purpose), st.lists(st.sampled_from(sorted(MOVES)), max_size=30))
def test_nothing_is_skipped_in_any_order(purpose: Purpose, moves: list[str]) -> None:
    current = begun(purpose)
    for move in moves:
        try:
            current = MOVES[move](current)
        except WrongStep:
            continue
        if current.binding is not None and current.refusal is None:
            assert current.phone_confirmed_at is not None
            assert current.number is not None
            if current.binding.kind is Way.FACE:
                assert current.face_consent_id is not None
            if current.binding.kind is Way.ACCOUNT_PHONE:
                assert purpose is Purpose.RECOVER
            if current.window_only:
                assert current.binding.kind is Way.ACTIVATION_CODE
        if current.person_id is not None:
            assert current.binding is not None
        if current.has_credential:
            assert current.person_id is not None
        if next_step(current) is Step.REFUSED:
            assert (current.number, current.name, current.phone) == (None, None, None)


def test_the_steps_in_order() -> None:
    current, seen = begun(), [next_step(begun())]
    for move in ("phone", "number", "activation_code", "name differs", "renamed", "settled", "credential"):
        current = MOVES[move](current)
        seen.append(next_step(current))
    assert seen == [
        Step.PHONE,
        Step.NUMBER,
        Step.BINDING,
        Step.SETTLE,
        Step.NAME,
        Step.SETTLE,
        Step.CREDENTIAL,
        Step.DONE,
    ]


def test_another_number_needs_another_consent() -> None:
    current = MOVES["consent"](MOVES["number"](MOVES["phone"](begun())))
    assert MOVES["number"](current).face_consent_id == "consent"
    other = enrolment.identified(current, "110101198001010010", NAME, window_only=False)
    assert other.face_consent_id is None


def test_fourteen_years_to_the_day() -> None:
    born = replace(MOVES["number"](MOVES["phone"](begun())), number=NUMBER)
    birthday = born.document(TODAY).number.birth_date
    fourteenth = birthday.replace(year=birthday.year + 14)
    assert Way.FACE in enrolment.ways(born, fourteenth)
    assert Way.FACE not in enrolment.ways(born, fourteenth - timedelta(days=1))


def test_its_repr_says_nothing() -> None:
    current = MOVES["number"](MOVES["phone"](begun()))
    for secret in (NUMBER, NAME, PHONE):
        assert secret not in repr(current)
