"""The register is asked again about guardians: its word stays fresh, and what it takes back ends."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from idp.audit.models import AuditEvent
from idp.mandates.guardian_desk import GuardianDesk, RegisterSilent
from idp.mandates.guardian_watching import GuardianWatching
from idp.mandates.guardianship import Guardianships
from idp.mandates.models import Mandate
from idp.people import accounts, directory, documents
from idp.people.daily_tries import Counters
from idp.people.models import Person
from idp.people.registry import Answer, RegisterAnswer, RegisterUnavailable, Relation
from idp.people.resident_number import compose
from idp.storage.ephemeral.memory import MemoryStore
from tests.idp.mandates.world import World
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
COUNTS = timedelta(days=1)
HALF = COUNTS.total_seconds() / 2


@dataclass
class FakeRegister:
    """Says of everybody that they are a child's parent, but for those wards whom it names otherwise."""

    says: dict[str, Relation | None] = field(default_factory=dict)
    is_silent: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def verify(self, name: str, number: str) -> RegisterAnswer:
        return RegisterAnswer(Answer.MATCH)

    def photo(self, number: str) -> bytes | None:
        return None

    def compare(self, number: str, image: bytes) -> bool | None:
        return None

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        self.asked.append((guardian, ward))
        if self.is_silent:
            raise RegisterUnavailable
        return self.says.get(ward, Relation.PARENT)


@dataclass
class Family:
    world: World
    register: FakeRegister
    store: MemoryStore
    desk: GuardianDesk
    stops: bool = False

    def watching(self, at_most: int = 100, page: int = 100) -> GuardianWatching:
        world = self.world
        return GuardianWatching(
            world.sessions, self.store, self.desk, world.clock, COUNTS, at_most, lambda: self.stops, page
        )

    def child(self, serial: int, born: date = date(2020, 5, 1)) -> str:
        """The child's number; it has a guardian, confirmed now."""
        world, number = self.world, compose("110101", born, serial)
        guardian_id = world.person()
        with world.sessions.begin() as session:
            ward = accounts.create(
                session,
                documents.identify(number, world.clock().date()),
                "张小宝",
                level=0,
                cipher=world.cipher,
                index=world.index,
                context=world.context,
            )
            self.desk.guardianships.confirm(
                session,
                guardian_id,
                ward.id,
                Relation.PARENT,
                asked_at=world.clock(),
                context=world.context,
            )
        return number

    def mandate(self, number: str) -> Mandate:
        with self.world.sessions() as session:
            ward = directory.find_by_number(session, self.world.index, number)
            assert ward is not None
            query = select(Mandate).where(Mandate.principal_id == ward.id)
            return session.scalars(query.order_by(Mandate.granted_at.desc())).first() or pytest.fail("none")

    def events(self) -> list[str]:
        with self.world.sessions() as session:
            return list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


@pytest.fixture
def family(world: World) -> Family:
    register, store = FakeRegister(), MemoryStore(world.clock)
    desk = GuardianDesk(
        sessions=world.sessions,
        register=register,
        guardianships=Guardianships(COUNTS, world.ends),
        counters=Counters(store, world.index),
        cipher=world.cipher,
        index=world.index,
        tries_per_day=10,
    )
    return Family(world, register, store, desk)


def test_who_was_asked_about_lately_is_left_alone(family: Family) -> None:
    family.child(1)
    family.world.clock.advance(HALF - 1)
    assert family.watching().round() == 0
    assert family.register.asked == []


def test_its_word_is_fresh_before_it_runs_out(family: Family) -> None:
    number = family.child(1)
    for _ in range(4):
        family.world.clock.advance(HALF)
        assert family.watching().round() == 1
        assert family.world.standing(family.mandate(number).id) is not None
    assert family.mandate(number).confirmed_at == family.world.clock()
    assert "mandate_changed" in family.events()


def test_what_it_takes_back_ends_with_all_that_rests_on_it(family: Family) -> None:
    number = family.child(1)
    family.register.says[number] = None
    family.world.clock.advance(HALF)
    assert family.watching().round() == 1
    mandate = family.mandate(number)
    assert mandate.ended_reason == "guardianship_ended"
    assert family.world.ended == [mandate.id]
    family.world.clock.advance(HALF)
    assert family.watching().round() == 0


def test_a_child_that_is_none_any_more_is_let_go(family: Family) -> None:
    """Should the sweep not have come by."""
    number = family.child(1, date(2012, 11, 23))
    family.world.clock.advance(86_400)
    family.watching().round()
    assert family.mandate(number).ended_reason == "guardianship_ended"


def test_from_parent_to_carer_it_has_no_end_any_more(family: Family) -> None:
    number = family.child(1)
    family.register.says[number] = Relation.CARER
    family.world.clock.advance(HALF)
    family.watching().round()
    assert family.mandate(number).expires_at is None


def test_silence_ends_the_round_and_changes_nothing(family: Family) -> None:
    numbers = [family.child(serial) for serial in (1, 2, 3)]
    family.register.is_silent = True
    family.world.clock.advance(HALF)
    assert family.watching().round() == 0
    assert len(family.register.asked) == 1
    assert all(family.world.standing(family.mandate(number).id) for number in numbers)
    family.world.clock.advance(HALF)
    assert not any(family.world.standing(family.mandate(number).id) for number in numbers)


def test_one_that_cannot_be_read_out_does_not_keep_the_others_waiting(family: Family) -> None:
    first = family.child(1)
    family.world.clock.advance(1)
    second = family.child(2)
    family.world.clock.advance(HALF)
    family.register.is_silent = True
    family.watching().round()
    family.register.is_silent = False
    assert family.watching().round() == 1
    assert [ward for _, ward in family.register.asked] == [first, second]
    family.world.clock.advance(300)
    assert family.watching().round() == 1


def test_two_workers_share_a_round(family: Family) -> None:
    family.child(1)
    family.world.clock.advance(HALF)
    due = list(family.watching()._due())
    assert family.watching().round() == 1
    assert len(due) == 1
    assert family.watching().round() == 0


def test_many_that_wait_for_their_lease_are_in_nobodys_way(
    family: Family,
) -> None:
    for serial in range(1, 6):
        family.child(serial)
        family.world.clock.advance(0 if serial % 2 else 1)
    family.world.clock.advance(HALF)
    assert family.watching(at_most=4, page=2).round() == 4
    assert family.watching(at_most=4, page=2).round() == 1


def test_so_many_in_a_round(family: Family) -> None:
    for serial in (1, 2, 3):
        family.child(serial)
        family.world.clock.advance(1)
    family.world.clock.advance(HALF)
    assert family.watching(at_most=2).round() == 2
    assert family.watching(at_most=2).round() == 1


def test_it_ends_with_the_worker(family: Family) -> None:
    family.child(1)
    family.world.clock.advance(HALF)
    family.stops = True
    assert family.watching().round() == 0


def test_of_a_frozen_guardian_the_register_is_not_asked(family: Family) -> None:
    number = family.child(1)
    family.world.set_status(family.mandate(number).person_id, "frozen")
    family.world.clock.advance(HALF)
    assert family.watching().round() == 0


def test_each_of_a_guardians_documents_is_asked_with_the_one_in_use_first(
    family: Family, world: World
) -> None:
    number = family.child(1)
    mandate = family.mandate(number)
    newer = compose("310101", date(1980, 1, 1), 77)
    with world.sessions.begin() as session:
        directory.add_document(
            session,
            session.get_one(Person, mandate.person_id),
            documents.identify(newer, world.clock().date()),
            cipher=world.cipher,
            index=world.index,
            now=world.clock() + timedelta(seconds=1),
        )
    family.register.says[number] = None
    assert not family.desk.ask_again(mandate.id, context=world.context)
    assert len(family.register.asked) == 2
    assert family.register.asked[0] == (newer, number)


def test_asking_of_what_is_no_guardians_mandate(family: Family, world: World) -> None:
    assert not family.desk.ask_again("none", context=world.context)


def test_silence_is_an_event(family: Family, world: World) -> None:
    number = family.child(1)
    family.register.is_silent = True
    with pytest.raises(RegisterSilent):
        family.desk.ask_again(family.mandate(number).id, context=world.context)
    assert family.events()[-1] == "register_unavailable"
