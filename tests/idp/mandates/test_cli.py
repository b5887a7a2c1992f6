"""`idp mandate ...` as an operator types it."""

import pytest
from click.testing import CliRunner, Result

from idp.mandates.cli import MandateTools, mandate_commands
from idp.mandates.models import Role
from tests.idp.business.registering import CODE, COMPANY
from tests.idp.mandates.world import World, name_of, number_of


@pytest.fixture
def agent(world: World) -> str:
    """Of person 2, for the organisation that person 1 represents."""
    world.firm(1)
    root = world.root(world.person(1))
    world.clock.advance(60)
    return world.below(root, world.person(2), Role.AGENT, "tax_filing", days=9)


def run(world: World, *arguments: str, typed: str | None = None) -> Result:
    tools = MandateTools(
        world.clock, world.sessions, world.cipher, world.index, world.organisations, world.ends, sandbox=False
    )
    return CliRunner().invoke(mandate_commands, arguments, input=typed, obj=lambda: tools)


@pytest.mark.parametrize("command", ["list", "end"])
def test_help_opens_nothing(command: str) -> None:
    assert CliRunner().invoke(mandate_commands, [command, "--help"]).exit_code == 0


def test_an_organisations_are_listed_masked(world: World, agent: str) -> None:
    result = run(world, "list", "--organisation", CODE)
    assert result.exit_code == 0, result.output
    first, root, below, last = result.output.splitlines()
    assert first.endswith(", active")
    assert "legal_representative" in root
    assert root.endswith("all business  stands")
    assert below.startswith(agent)
    assert "tax_filing  stands until 2026-12-01 08:01 UTC" in below
    assert last == "2 that have not ended."
    for secret in (CODE, COMPANY, name_of(1), name_of(2), number_of(1)):
        assert secret not in result.output


def test_what_does_not_stand_is_listed_as_such(world: World, agent: str) -> None:
    world.clock.advance(86400)
    assert run(world, "list", "--organisation", CODE).output.count("does not stand") == 2


def test_a_persons_are_those_held_and_those_given(world: World, agent: str) -> None:
    relative = world.accept(
        world.invite(None, 3, Role.RELATIVE, by=world.row(agent).person_id), world.person(3)
    )
    result = run(world, "list", "--person", typed=number_of(2))
    assert [line[:36] for line in result.output.splitlines()[:2]] == [agent, relative]


def test_history_tells_why(world: World, agent: str) -> None:
    run(world, "end", agent, "--reason", "theft")
    lines = run(world, "list", "--organisation", CODE, "--history").output.splitlines()
    assert lines[1].endswith("ended (operator)")
    assert [line.endswith("granted") for line in lines[2:]] == [True, True]
    lines = run(world, "list", "--person", "--history", typed=number_of(2)).output.splitlines()
    assert len(lines) == 2
    (event,) = world.events("mandate_ended")
    assert (event["reason"], event["detail"]) == ("operator", "theft")


def test_ending_one_ends_what_rests_on_it(world: World, agent: str) -> None:
    result = run(world, "end", agent)
    assert result.output == "Ended, with 0 below it.\n"
    assert (world.reasons(agent), world.ended) == (["operator"], [agent])
    assert run(world, "end", agent).output == "Error: it has ended before\n"
    assert run(world, "end", "unknown").output == "Error: there is no such mandate\n"


@pytest.mark.parametrize("arguments", [(), ("--person", "--organisation", CODE)])
def test_one_of_the_two(world: World, arguments: tuple[str, ...]) -> None:
    assert run(world, "list", *arguments).exit_code == 2


def test_nobody_and_nothing_known(world: World) -> None:
    assert "no organisation is known" in run(world, "list", "--organisation", CODE).output
    assert "nobody with this number" in run(world, "list", "--person", typed=number_of(1)).output
    assert "not a code" in run(world, "list", "--organisation", "91").output
