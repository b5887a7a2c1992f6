"""The worker's rounds: what is over ends, clients hear of it, and old rows go."""

from datetime import timedelta

import pytest

from idp.mandates.models import Mandate, MandateInvitation, Role
from idp.people import documents, statuses
from idp.people.decisions import Act, Decision
from idp.people.enrolment import Way
from idp.people.models import Person, PersonStatus
from idp.people.recovery import recover
from tests.idp.mandates.world import World, name_of, number_of
from tests.idp.people.conftest import ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE


@pytest.fixture
def root(world: World) -> str:
    """Of person 1."""
    world.firm(1)
    return world.root(world.person(1))


def sweep(world: World, name: str) -> int:
    with world.sessions.begin() as session:
        found = getattr(world.mandates.sweeping, name)(session, world.clock())
        assert isinstance(found, int)
        return found


def test_what_is_over_ends_with_all_below(world: World, root: str) -> None:
    above = world.below(root, world.person(2), days=2, may_pass_on=True)
    below = world.below(above, world.person(3), days=9)
    stays = world.below(root, world.person(4), days=9)
    assert sweep(world, "end_expired") == 0
    world.clock.advance(2 * 86400)
    assert sweep(world, "end_expired") == 2
    assert world.reasons(root, above, below, stays) == [None, "expired", "above_ended", None]
    assert world.ended == [above, below]
    assert [one["reason"] for one in world.events("mandate_ended")] == ["expired", "above_ended"]
    assert sweep(world, "end_expired") == 0


def test_of_many_that_hang_together_each_ends_once(world: World, root: str) -> None:
    above = world.below(root, world.person(2), days=2, may_pass_on=True)
    below = [world.below(above, world.person(serial), days=2) for serial in (3, 4, 5)]
    world.clock.advance(2 * 86400)
    assert sweep(world, "end_expired") == 4
    assert sorted(world.ended) == sorted([above, *below])


@pytest.mark.parametrize("status", [PersonStatus.CLOSED, PersonStatus.DECEASED])
def test_who_is_gone_leaves_nothing_behind(world: World, root: str, status: PersonStatus) -> None:
    above = world.below(root, world.person(2), may_pass_on=True)
    below = world.below(above, world.person(3))
    world.set_status(world.row(above).person_id, PersonStatus.FROZEN)
    assert sweep(world, "end_of_ended_accounts") == 0
    world.set_status(world.row(above).person_id, status)
    assert sweep(world, "end_of_ended_accounts") == 2
    assert world.reasons(root, above, below) == [None, "account_ended", "above_ended"]
    # Who enrols again is the same person, and begins with none.
    world.set_status(world.row(above).person_id, PersonStatus.ACTIVE)
    assert world.held_by(world.row(above).person_id) == []


@pytest.mark.parametrize(
    ("role", "status", "ends"),
    [
        (Role.RELATIVE, PersonStatus.CLOSED, 1),
        (Role.RELATIVE, PersonStatus.DECEASED, 1),
        (Role.RELATIVE, PersonStatus.FROZEN, 0),
        (Role.GUARDIAN, PersonStatus.CLOSED, 0),
        (Role.GUARDIAN, PersonStatus.DECEASED, 1),
    ],
)
def test_a_principal_who_is_gone_ends_it(world: World, role: Role, status: PersonStatus, ends: int) -> None:
    principal, holder = world.person(1), world.person(2)
    made = world.accept(world.invite(None, 2, Role.RELATIVE, by=principal), holder)
    world.change(made, role=role.value)
    world.set_status(principal, status)
    assert sweep(world, "end_of_ended_accounts") == ends
    assert len(world.ended) == ends


@pytest.mark.parametrize("whose", ["holder", "holder above", "principal"])
def test_attack_closing_an_account_and_enrolling_again_before_the_worker_comes_by(
    world: World, root: str, whose: str
) -> None:
    """A person who is back begins without mandates: none counts for a moment, none is found alive later."""
    serial = {"holder": 2, "holder above": 1, "principal": 3}[whose]
    if whose == "principal":
        closed = world.person(serial)
        mandate = world.accept(world.invite(None, 2, Role.RELATIVE, by=closed), world.person(2))
    else:
        mandate = world.accept(world.invite(root, 2), world.person(2))
        closed = world.row(mandate if whose == "holder" else root).person_id
    world.clock.advance(1)
    with world.sessions.begin() as session:
        person = session.get_one(Person, closed)
        statuses.close(session, person, reason="asked", cipher=world.cipher, context=world.context)
    world.clock.advance(60)
    with world.sessions.begin() as session:
        document = documents.identify(number_of(serial), world.clock().date())
        claim = Decision(Act.REOPEN, 2)
        person = session.get_one(Person, closed)
        recover(
            *(session, person, claim),
            way=Way.ACTIVATION_CODE,
            document=document,
            name=name_of(serial),
            phone="+8613800138001",
            cipher=world.cipher,
            index=world.index,
            context=world.context,
        )
        assert person.status == PersonStatus.ACTIVE
    assert world.standing(mandate) is None
    assert sweep(world, "end_of_ended_accounts") >= 1
    assert world.row(mandate).ended_at is not None
    if whose == "principal":
        again = world.accept(world.invite(None, 2, Role.RELATIVE, by=closed), world.row(mandate).person_id)
        assert world.standing(again) is not None


def test_invitations_that_nobody_answered_are_over(world: World, root: str) -> None:
    sent, later = world.invite(root, 2), None
    world.clock.advance(1)
    later = world.invite(root, 3)
    world.clock.advance(7 * 86400 - 1)
    assert sweep(world, "expire_invitations") == 1
    row = world.invitation(sent)
    assert (row.answer, row.number_index, row.number_sealed) == ("expired", None, None)
    assert world.invitation(later).answer is None
    assert world.events("mandate_invitation_answered") == [
        {"person_id": None, "invitation_id": sent, "answer": "expired"}
    ]


def count(world: World) -> tuple[int, int]:
    with world.sessions() as session:
        return session.query(Mandate).count(), session.query(MandateInvitation).count()


def test_old_rows_go_from_below(world: World, root: str) -> None:
    above = world.accept(world.invite(root, 2, Role.ADMINISTRATOR), world.person(2))
    below = world.accept(world.invite(above, 3), world.person(3))
    world.end(above, by=world.row(root).person_id)
    assert sweep(world, "forget") == 0
    world.clock.advance(timedelta(days=90).total_seconds() + 1)
    assert sweep(world, "forget") == 2
    assert count(world) == (3, 0)
    world.clock.advance(timedelta(days=910).total_seconds())
    assert sweep(world, "forget") == 2
    with world.sessions() as session:
        assert [session.get(Mandate, one) is None for one in (root, above, below)] == [False, True, True]


def test_one_that_others_still_hang_on_stays(world: World, root: str) -> None:
    """Its own below ended later, or an invitation made on its strength is still kept."""
    above = world.accept(world.invite(root, 2, Role.ADMINISTRATOR), world.person(2))
    sent = world.invite(above, 3)
    world.end(above, by=world.row(root).person_id)
    assert world.invitation(sent).answer == "withdrawn"
    world.settings = world.settings.model_copy(update={"answered_kept_days": 3000})
    world.clock.advance(timedelta(days=1001).total_seconds())
    assert sweep(world, "forget") == 0
    assert count(world) == (2, 2)
