from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from idp.staff.accounts import Place, StaffAccounts
from idp.staff.cli import StaffTools, staff_commands
from tests.fakes import AuditTrap, FakeClock
from tests.idp.staff.conftest import SETTINGS, Make, number_of

Run = Callable[..., Result]


@pytest.fixture
def run(sessions: sessionmaker[Session], known: StaffAccounts, clock: FakeClock) -> Run:
    tools = StaffTools(clock, sessions, known, SETTINGS, "https://id.example/staff", sandbox=True)

    def one(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(staff_commands, arguments, input=typed, obj=lambda: tools)

    return one


def test_from_an_account_to_its_end(run: Run, session: Session) -> None:
    added = run("add", "c-7", "--role", "clerk", "--office", "Hall", "--window", "3", typed=number_of(1))
    assert added.exit_code == 0, added.output
    assert "/staff/activate" in added.stderr
    assert run("list").stdout == "C-7\tinvited\tclerk\tHall 3\n"
    assert "auditor,clerk" in run("role", "C-7", "--add", "auditor").stdout
    assert "second officer" in run("disable", "C-7").stdout
    assert "disable C-7" in run("list").stderr
    assert run("place", "C-7", "--office", "Annex").exit_code == 0
    AuditTrap(number_of(1), added.stdout.strip()).check_stored(session)


def test_of_who_is_no_auditor_an_operator_disposes(run: Run, make: Make) -> None:
    make("clerk")
    assert len(run("reset", "S-1").stdout.strip()) == 14
    assert "disabled" in run("disable", "S-1").stdout


@pytest.mark.parametrize(
    "arguments",
    [("disable", "S-9"), ("add", "S-1", "--role", "clerk"), ("add", "S 1", "--role", "clerk")],
)
def test_what_cannot_be_is_said(run: Run, make: Make, arguments: tuple[str, ...]) -> None:
    make("clerk")
    result = run(*arguments, typed=number_of(5))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_no_number_on_the_command_line(run: Run) -> None:
    assert run("add", "C-1", "--role", "clerk", typed="123").exit_code == 1


@pytest.mark.parametrize("place", [("x" * 101, ""), ("", "x" * 65), ("a\nb", "")])
def test_places_are_short_and_on_one_line(place: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="on one line"):
        Place(*place)
