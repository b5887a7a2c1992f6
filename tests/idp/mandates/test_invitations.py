"""Inviting: who may offer what, and that nobody learns who is known here."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from idp.audit.models import AuditEvent
from idp.business.organisation_kinds import OrganisationStatus
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.mandates.invitations import SEALED
from idp.mandates.models import Role
from idp.mandates.refusing import Refusal
from idp.people import reencrypt
from idp.people.models import PersonStatus
from tests.idp.business.registering import CODE
from tests.idp.mandates.world import World, name_of, number_of, refused

ADMINISTRATOR, AGENT, RELATIVE = Role.ADMINISTRATOR, Role.AGENT, Role.RELATIVE


@pytest.fixture
def root(world: World) -> str:
    """Of person 1."""
    world.firm(1)
    return world.root(world.person(1))


def test_what_was_offered_is_kept_sealed(world: World, root: str) -> None:
    invitation = world.invitation(world.invite(root, 2, AGENT, "tax_filing", "invoices", days=30))
    assert (invitation.role, invitation.matters) == ("agent", ["invoices", "tax_filing"])
    assert invitation.mandate_expires_at == world.clock() + timedelta(days=30)
    assert invitation.expires_at == world.clock() + timedelta(days=7)
    invitations = world.mandates.invitations
    assert (invitations.name_of(invitation), invitations.number_of(invitation)) == (name_of(2), number_of(2))
    for value in vars(invitation).values():
        assert number_of(2) not in str(value)
    with world.sessions() as session:
        logged = " ".join(session.scalars(select(AuditEvent.payload)))
    assert number_of(2) not in logged
    assert name_of(2) not in logged


def test_inviting_somebody_unknown_makes_the_same_statements(world: World, root: str) -> None:
    world.person(2)
    statements: list[list[str]] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements[-1].append(statement)

    engine = world.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    for serial in (2, 3):
        statements.append([])
        world.invite(root, serial)
    assert statements[0] == statements[1]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ADMINISTRATOR, True),
        (AGENT, True),
        (Role.LEGAL_REPRESENTATIVE, False),
        (RELATIVE, False),
        (Role.GUARDIAN, False),
    ],
)
def test_whom_a_representative_appoints(world: World, root: str, role: Role, may: bool) -> None:
    if may:
        world.invite(root, 2, role)
    else:
        with refused(Refusal.NO_STANDING):
            world.invite(root, 2, role)


def test_an_administrator_appoints_agents_alone(world: World, root: str) -> None:
    administrator = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    world.invite(administrator, 3, AGENT)
    with refused(Refusal.NO_STANDING):
        world.invite(administrator, 4, ADMINISTRATOR)


def test_an_agent_appoints_below_what_they_were_given(world: World, root: str) -> None:
    may = world.below(root, world.person(2), AGENT, "tax_filing", "permits", days=10, may_pass_on=True)
    may_not = world.below(root, world.person(3), AGENT)
    world.invite(may, 4, AGENT, "tax_filing", days=10)
    with refused(Refusal.NO_STANDING):
        world.invite(may_not, 4, AGENT)
    for matters in ((), ("invoices",), ("tax_filing", "invoices")):
        with refused(Refusal.MATTERS):
            world.invite(may, 5, AGENT, *matters)
    with refused(Refusal.TOO_LONG):
        world.invite(may, 5, AGENT, "tax_filing", days=11)


def test_a_ladder_has_four_rungs(world: World, root: str) -> None:
    second = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    third = world.below(second, world.person(3), AGENT, may_pass_on=True)
    with refused(Refusal.TOO_DEEP):
        world.invite(third, 4, AGENT, may_pass_on=True)
    fourth = world.below(third, world.person(4), AGENT, may_pass_on=True)
    with refused(Refusal.NO_STANDING):
        world.invite(fourth, 5, AGENT)


@pytest.mark.parametrize(
    "matters", [("unknown",), ("pension",), ("tax_filing", ""), tuple(f"m{n}" for n in range(21))]
)
def test_matters_that_are_none_of_an_organisation(world: World, root: str, matters: tuple[str, ...]) -> None:
    with refused(Refusal.MATTERS):
        world.invite(root, 2, AGENT, *matters)


@pytest.mark.parametrize("days", [-1, 0, 1001])
def test_how_long_it_may_be(world: World, root: str, days: int) -> None:
    with refused(Refusal.TOO_LONG):
        world.invite(root, 2, AGENT, days=days)


def test_the_level_of_the_organisation_holds_for_whoever_invites(world: World, root: str) -> None:
    with refused(Refusal.LEVEL):
        world.invite(root, 2, level=1)
    world.invite(root, 2, level=2)


def test_somebody_elses_mandate_invites_nobody(world: World, root: str) -> None:
    with refused(Refusal.NO_STANDING):
        world.invite(root, 3, by=world.person(2))


def test_an_organisation_that_is_not_active_says_so_to_its_own(world: World, root: str) -> None:
    world.clock.advance(1)
    world.firm(1, status=OrganisationStatus.SUSPENDED)
    with refused(Refusal.NOT_ACTIVE):
        world.invite(root, 2)
    with refused(Refusal.NO_STANDING):
        world.invite(root, 2, by=world.person(3))


def test_one_does_not_invite_oneself(world: World, root: str) -> None:
    with refused(Refusal.ONESELF):
        world.invite(root, 1)


def test_the_same_person_is_not_invited_twice_at_a_time(world: World, root: str) -> None:
    first = world.invite(root, 2)
    with refused(Refusal.ALREADY_INVITED):
        world.invite(root, 2)
    world.withdraw(first, world.row(root).person_id)
    world.invite(root, 2)
    world.clock.advance(7 * 86400)
    world.firm(1)
    world.invite(root, 2)


def test_open_invitations_count_among_administrators(world: World, root: str) -> None:
    administrator = world.below(root, world.person(2), ADMINISTRATOR)
    sent = [world.invite(root, serial, ADMINISTRATOR) for serial in (3, 4, 5, 6)]
    with refused(Refusal.LIMIT):
        world.invite(root, 7, ADMINISTRATOR)
    world.withdraw(sent[0], world.row(root).person_id)
    world.invite(root, 7, ADMINISTRATOR)
    with refused(Refusal.LIMIT):
        world.invite(root, 8, ADMINISTRATOR)
    world.end(administrator, by=world.row(root).person_id)
    world.invite(root, 8, ADMINISTRATOR)


def test_an_organisation_does_not_send_without_end(world: World, root: str) -> None:
    person = world.row(root).person_id
    for number in range(30):
        world.withdraw(world.invite(root, 100 + number), person)
    with refused(Refusal.TOO_MANY_INVITATIONS):
        world.invite(root, 200)
    world.clock.advance(86400)
    world.firm(1)
    world.invite(root, 200)


def test_a_person_asks_relatives_at_level_three(world: World) -> None:
    person = world.person(1)
    with refused(Refusal.LEVEL):
        world.invite(None, 2, RELATIVE, by=person, level=2)
    invitation = world.invitation(world.invite(None, 2, RELATIVE, "pension", by=person))
    assert (invitation.principal_id, invitation.organisation_id, invitation.parent_id) == (person, None, None)
    for role in (AGENT, ADMINISTRATOR, Role.GUARDIAN):
        with refused(Refusal.NO_STANDING):
            world.invite(None, 3, role, by=person)
    with refused(Refusal.NO_STANDING):
        world.invite(None, 3, RELATIVE, by=person, may_pass_on=True)
    with refused(Refusal.MATTERS):
        world.invite(None, 3, RELATIVE, "tax_filing", by=person)
    for serial in (3, 4, 5, 6):
        world.invite(None, serial, RELATIVE, by=person)
    with refused(Refusal.LIMIT):
        world.invite(None, 7, RELATIVE, by=person)


def test_a_frozen_person_invites_nobody(world: World, root: str) -> None:
    person = world.row(root).person_id
    world.set_status(person, PersonStatus.FROZEN)
    with refused(Refusal.NO_STANDING):
        world.invite(root, 2)
    with refused(Refusal.NO_STANDING):
        world.invite(None, 2, RELATIVE, by=person)


def test_who_may_withdraw(world: World, root: str) -> None:
    administrator = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    other = world.below(root, world.person(3), ADMINISTRATOR, may_pass_on=True)
    person, inviter, beside = (world.row(one).person_id for one in (root, administrator, other))
    first, second = world.invite(administrator, 4), world.invite(administrator, 5)
    for nobody in (beside, world.person(4)):
        with refused(Refusal.NOT_FOUND):
            world.withdraw(first, nobody)
    world.withdraw(first, inviter)
    world.withdraw(second, person)
    with refused(Refusal.NOT_FOUND):
        world.withdraw(second, person)
    row = world.invitation(first)
    assert (row.answer, row.answered_at) == ("withdrawn", world.clock())
    assert (row.number_sealed, row.number_index, row.number_index_next) == (None, None, None)
    assert world.mandates.invitations.number_of(row) is None


def test_the_end_of_a_mandate_withdraws_what_was_offered_on_its_strength(world: World, root: str) -> None:
    administrator = world.below(root, world.person(2), ADMINISTRATOR, may_pass_on=True)
    mine, theirs = world.invite(root, 5), world.invite(administrator, 6)
    world.end(administrator, by=world.row(root).person_id)
    assert [world.invitation(one).answer for one in (mine, theirs)] == [None, "withdrawn"]
    world.clock.advance(1)
    world.firm(9)
    assert world.invitation(mine).answer == "withdrawn"


def test_new_keys_reach_open_invitations(world: World, root: str) -> None:
    sent = world.invite(root, 2)
    answered = world.invite(root, 3)
    world.withdraw(answered, world.row(root).person_id)
    new = FieldCipher(KeyRing("two", {"one": b"1" * 32, "two": b"2" * 32}))
    index = BlindIndex(b"n" * 32)
    for _ in reencrypt.walk(world.sessions, new, index, world.clock, actor="operator", tables=(SEALED,)):
        pass
    row = world.invitation(sent)
    assert row.number_index == index.of("number", number_of(2))
    assert new.is_current(row.name_sealed)
    assert world.invitation(answered).number_index is None


def test_the_organisation_is_unknown_to_the_log(world: World, root: str) -> None:
    world.invite(root, 2)
    with world.sessions() as session:
        assert CODE not in " ".join(session.scalars(select(AuditEvent.payload)))


def test_attack_an_agent_uses_up_the_organisations_invitations(world: World, root: str) -> None:
    """Invented numbers, until nobody else can appoint anybody: an agent has a share, and no more."""
    agent = world.below(root, world.person(2), may_pass_on=True)
    per_person = world.settings.invitations_per_person_per_day
    for serial in range(10, 10 + per_person):
        world.invite(agent, serial)
    with refused(Refusal.TOO_MANY_INVITATIONS):
        world.invite(agent, 50)
    assert world.invite(root, 51)
