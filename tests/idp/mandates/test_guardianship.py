"""Guardians stand while the population register's word counts, and a child is one."""

from datetime import date, datetime, timedelta

import pytest

from idp.mandates.days import beginning_of
from idp.mandates.guardianship import birthday
from idp.mandates.models import Role
from idp.mandates.refusing import Refusal
from idp.people.models import Person, PersonStatus
from idp.people.registry.contract import Relation
from tests.idp.mandates.world import World, refused

BORN = date(2016, 2, 29)
FOURTEEN = beginning_of(date(2030, 3, 1))
DAY = 86400


@pytest.fixture
def guardian(world: World) -> str:
    return world.person(1)


@pytest.fixture
def child(world: World) -> str:
    person = world.person(2)
    with world.sessions.begin() as session:
        session.get_one(Person, person).birth_date = BORN
    return person


def confirm(
    world: World,
    guardian: str,
    ward: str,
    relation: Relation = Relation.PARENT,
    asked_at: datetime | None = None,
) -> str:
    with world.sessions.begin() as session:
        return world.mandates.guardianships.confirm(
            session,
            guardian,
            ward,
            relation,
            asked_at=asked_at or world.clock(),
            context=world.context,
        ).id


def deny(world: World, guardian: str, ward: str, asked_at: datetime | None = None) -> None:
    with world.sessions.begin() as session:
        world.mandates.guardianships.deny(
            session, guardian, ward, asked_at=asked_at or world.clock(), context=world.context
        )


class TestAChild:
    def test_its_parent_acts_for_it_until_it_is_fourteen(
        self, world: World, guardian: str, child: str
    ) -> None:
        made = confirm(world, guardian, child)
        found = world.standing(made)
        assert found is not None
        assert (found.role, found.person_id, found.principal_id) == (Role.GUARDIAN, guardian, child)
        assert (found.expires_at, found.matters, found.may_pass_on) == (FOURTEEN, (), False)
        world.clock.now = FOURTEEN - timedelta(seconds=1)
        assert confirm(world, guardian, child) == made
        assert world.standing(made) is not None
        world.clock.advance(1)
        assert world.standing(made) is None

    def test_the_registers_word_counts_for_a_time(self, world: World, guardian: str, child: str) -> None:
        made = confirm(world, guardian, child)
        world.clock.advance(DAY - 1)
        assert world.standing(made) is not None
        world.clock.advance(1)
        assert world.standing(made) is None
        assert confirm(world, guardian, child) == made
        assert world.standing(made) is not None
        (event,) = world.events("mandate_changed")
        assert event["change"] == "confirmed"

    def test_what_the_register_takes_back_ends(self, world: World, guardian: str, child: str) -> None:
        made = confirm(world, guardian, child)
        world.clock.advance(1)
        deny(world, guardian, child)
        assert (world.reasons(made), world.ended) == (["guardianship_ended"], [made])
        deny(world, guardian, child)
        assert confirm(world, guardian, child) != made

    def test_of_answers_that_cross_the_later_questions_stays(
        self, world: World, guardian: str, child: str
    ) -> None:
        made = confirm(world, guardian, child)
        before = world.clock() - timedelta(seconds=5)
        deny(world, guardian, child, asked_at=before)
        assert world.reasons(made) == [None]
        confirm(world, guardian, child, asked_at=before)
        assert world.row(made).confirmed_at == world.clock()

    def test_both_parents_act_for_it(self, world: World, guardian: str, child: str) -> None:
        other = world.person(3)
        made = [confirm(world, one, child) for one in (guardian, other)]
        assert None not in [world.standing(one) for one in made]

    def test_at_fourteen_it_acts_for_itself(self, world: World, guardian: str, child: str) -> None:
        world.clock.now = FOURTEEN
        with refused(Refusal.OF_AGE):
            confirm(world, guardian, child)

    def test_of_unknown_age_it_is_none(self, world: World, guardian: str, child: str) -> None:
        with world.sessions.begin() as session:
            session.get_one(Person, child).birth_date = None
        with refused(Refusal.OF_AGE):
            confirm(world, guardian, child)

    @pytest.mark.parametrize(
        ("status", "stands"),
        [
            (PersonStatus.CLOSED, True),
            (PersonStatus.ACTIVE, True),
            (PersonStatus.FROZEN, False),
            (PersonStatus.DECEASED, False),
        ],
    )
    def test_it_needs_no_account(
        self, world: World, guardian: str, child: str, status: PersonStatus, stands: bool
    ) -> None:
        made = confirm(world, guardian, child)
        world.set_status(child, status)
        assert (world.standing(made) is not None) is stands

    def test_a_guardian_whose_account_is_frozen_acts_for_nobody(
        self, world: World, guardian: str, child: str
    ) -> None:
        made = confirm(world, guardian, child)
        world.set_status(guardian, PersonStatus.FROZEN)
        assert world.standing(made) is None

    def test_nobody_is_their_own_guardian(self, world: World, child: str) -> None:
        with refused(Refusal.ONESELF):
            confirm(world, child, child)

    def test_a_guardian_appoints_nobody(self, world: World, guardian: str, child: str) -> None:
        made = confirm(world, guardian, child)
        with refused(Refusal.NO_STANDING):
            world.invite(made, 5, Role.AGENT)


def test_somebody_cared_for_has_a_guardian_at_any_age(world: World, guardian: str) -> None:
    ward = world.person(4)
    found = world.standing(confirm(world, guardian, ward, Relation.CARER))
    assert found is not None
    assert found.expires_at is None


@pytest.mark.parametrize(
    ("born", "day"),
    [
        (date(2016, 2, 29), date(2030, 3, 1)),
        (date(2016, 2, 28), date(2030, 2, 28)),
        (date(2010, 12, 31), date(2024, 12, 31)),
    ],
)
def test_the_day_on_which_somebody_is_fourteen(born: date, day: date) -> None:
    assert birthday(born, 14) == day
