"""An enrolment in the ephemeral store: sealed, whole, changed by one at a time."""

from dataclasses import replace

import pytest

from idp.crypto.fields import FieldCipher
from idp.people import enrolment
from idp.people.enrolment import BindingProved, Enrolment, Purpose, Refusal, Way
from idp.people.enrolment_records import EnrolmentChanged, EnrolmentGone, EnrolmentRecords
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import BROWSER, NAME, NUMBER, PHONE


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def records(store: MemoryStore, cipher: FieldCipher) -> EnrolmentRecords:
    return EnrolmentRecords(store, cipher)


def full() -> Enrolment:
    begun = enrolment.begin(
        "id", Purpose.RECOVER, browser=BROWSER, interaction_id="interaction", now=NOW, seconds=900
    )
    return replace(
        begun,
        phone=PHONE,
        phone_confirmed_at=NOW,
        number=NUMBER,
        name=NAME,
        names_tried=1,
        window_only=True,
        face_consent_id="consent",
        register_phone=PHONE,
        binding=BindingProved(Way.FACE, NOW),
        person_id="person",
        level=2,
        refusal=Refusal.FROZEN,
        has_credential=True,
    )


def test_every_field_comes_back(records: EnrolmentRecords) -> None:
    records.add(full())
    assert records.find("id", BROWSER, NOW).enrolment == full()


def test_what_lies_in_the_store_says_nothing(records: EnrolmentRecords, store: MemoryStore) -> None:
    held = records.add(full())
    assert store.get("enrolment:id") == held.sealed
    for secret in (NUMBER, NAME, PHONE):
        assert secret.encode() not in held.sealed


def test_one_change_at_a_time(records: EnrolmentRecords) -> None:
    held = records.add(full())
    changed = records.change(held, replace(held.enrolment, level=1), NOW)
    with pytest.raises(EnrolmentChanged):
        records.change(held, replace(held.enrolment, level=3), NOW)
    assert records.find("id", BROWSER, NOW).enrolment == changed.enrolment


def test_its_time_does_not_grow_with_its_steps(records: EnrolmentRecords, clock: FakeClock) -> None:
    held = records.add(full())
    clock.advance(600)
    held = records.change(held, replace(held.enrolment, level=1), clock())
    clock.advance(300)
    with pytest.raises(EnrolmentGone):
        records.find("id", BROWSER, clock())
    with pytest.raises(EnrolmentGone):
        records.change(held, held.enrolment, clock())


@pytest.mark.parametrize(("enrolment_id", "browser"), [("other", BROWSER), ("id", "another browser")])
def test_others_are_told_that_there_is_none(
    records: EnrolmentRecords, enrolment_id: str, browser: str
) -> None:
    records.add(full())
    with pytest.raises(EnrolmentGone):
        records.find(enrolment_id, browser, NOW)
