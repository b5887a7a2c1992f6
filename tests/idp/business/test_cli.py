"""`idp business ...` as an operator types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.business.cli import BusinessTools, business_commands
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry.embedded import EmbeddedBusinessRegister
from idp.business.sandbox.population import population
from idp.crypto.fields import FieldCipher
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, OTHER_NUMBER, ToldRegister, company
from tests.idp.people.conftest import NOW

SANDBOX_CODE = population(NOW.date())[0].code.value


@pytest.fixture
def tools(
    sessions: sessionmaker[Session], register: ToldRegister, organisations: Organisations, clock: FakeClock
) -> BusinessTools:
    return BusinessTools(clock, sessions, register, organisations, sandbox=False)


def run(tools: BusinessTools, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(business_commands, arguments, input=typed, obj=lambda: tools)


def names(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


@pytest.mark.parametrize("command", [
    ("show",), ("enrol",), ("represented",), ("sandbox",), ("register", "import"),
])  # fmt: skip
def test_help_opens_nothing(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(business_commands, [*command, "--help"])
    assert result.exit_code == 0, result.output


def test_showing_masks_names_numbers_and_the_code(tools: BusinessTools, register: ToldRegister) -> None:
    register.tell(company())
    result = run(tools, "show", CODE.lower())
    assert result.exit_code == 0, result.output
    assert "type                  enterprise\nstatus                active\n" in result.output
    assert f"legal representative  **明, 1{'*' * 16}{NUMBER[-1]}\nknown here            no" in result.output
    for secret in (CODE, COMPANY, NAME, NUMBER):
        assert secret not in result.output


def test_showing_what_is_known_here(tools: BusinessTools, register: ToldRegister) -> None:
    register.tell(company())
    run(tools, "enrol", CODE)
    register.says.clear()
    result = run(tools, "show", CODE)
    assert "the register knows no organisation by this code" in result.output
    assert "known here            active, asked last on 2026-11-22 08:00 UTC" in result.output
    register.silent_about.add(CODE)
    assert "cannot be asked now" in run(tools, "show", CODE).output


def test_showing_advice(tools: BusinessTools, register: ToldRegister) -> None:
    legacy = next(one for one in population(NOW.date()) if not one.code.organisation_code_checks)
    register.tell(legacy.registered)
    opened = BusinessTools(**{**vars(tools), "sandbox": True})
    assert (
        "advice                places 9 to 17 fail their own check"
        in run(opened, "show", legacy.code.value).output
    )


@pytest.mark.parametrize(("typed", "advice"), [
    ("110108000000016", "the code stands on the new licence"),
    ("D2143569X", "in places 9 to 17"),
    ("11010519491231002X", "a person's number"),
    ("9I350100M000100Y43", "was 91350100M000100Y43 meant?"),
    ("91350100M000100Y44", "one of the 18 is wrong"),
    (SANDBOX_CODE, "one of the sandbox's"),
])  # fmt: skip
def test_what_is_no_code_is_told_what_to_type(tools: BusinessTools, typed: str, advice: str) -> None:
    for command in ("show", "enrol"):
        result = run(tools, command, typed)
        assert result.exit_code == 1
        assert advice in result.output
        assert typed not in result.output


def test_enrolling(tools: BusinessTools, register: ToldRegister, session: Session, clock: FakeClock) -> None:
    register.tell(company())
    first = run(tools, "enrol", CODE)
    assert (first.exit_code, "is known from now on: enterprise, active." in first.output) == (0, True)
    clock.advance(60)
    register.tell(company(status=OrganisationStatus.SUSPENDED))
    again = run(tools, "enrol", CODE)
    assert "was known already: enterprise, suspended.\n  the register has changed: status" in again.output
    row = find_by_code(session, CODE)
    assert row is not None
    assert row.status == "suspended"
    assert names(session) == ["organisation_enrolled", "organisation_changed"]


def test_not_enrolling(tools: BusinessTools, register: ToldRegister, session: Session) -> None:
    assert "knows no organisation" in run(tools, "enrol", CODE).output
    register.silent_about.add(CODE)
    result = run(tools, "enrol", CODE)
    assert (result.exit_code, "cannot be asked now" in result.output) == (1, True)
    assert find_by_code(session, CODE) is None


def test_whom_somebody_represents(tools: BusinessTools, register: ToldRegister) -> None:
    register.tell(company())
    run(tools, "enrol", CODE)
    result = run(tools, "represented", typed=NUMBER + "\n")
    assert result.output.endswith("公司\n1 of the known organisations.\n")
    for secret in (CODE, COMPANY, NUMBER):
        assert secret not in result.output
    assert run(tools, "represented", typed=OTHER_NUMBER + "\n").output == "0 of the known organisations.\n"
    assert run(tools, "represented", typed="123\n").exit_code == 1


def test_an_import(
    tools: BusinessTools, engine: Engine, cipher: FieldCipher, session: Session, tmp_path: Path
) -> None:
    file, report = tmp_path / "register.csv", tmp_path / "bad.csv"
    lines = [f"{CODE},{COMPANY},active,{NAME},{NUMBER}", f"{CODE[:-1]}!,{COMPANY},active,,"]
    header = "code,name,status,representative_name,representative_number"
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    result = run(tools, "register", "import", str(file), "--report", str(report))
    assert result.exit_code == 1
    assert "2 lines: 1 imported, 1 bad." in result.output
    assert "line 3: not a unified social credit code (characters)" in result.output
    assert report.read_text("utf-8").splitlines()[1] == "3,not a unified social credit code,characters"
    assert EmbeddedBusinessRegister(engine, cipher).look_up(CODE) == company()
    assert names(session) == ["organisations_imported"]
    for secret in (CODE[:-1], COMPANY, NAME, NUMBER):
        assert secret not in result.output


def test_an_import_without_a_header(tools: BusinessTools, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(f"{CODE},{COMPANY},active", encoding="utf-8")
    result = run(tools, "register", "import", str(file))
    assert (result.exit_code, "first line" in result.output) == (1, True)


def test_the_sandboxs_list_is_for_the_sandbox(tools: BusinessTools) -> None:
    assert run(tools, "sandbox").exit_code == 1
    listed = run(BusinessTools(**{**vars(tools), "sandbox": True}), "sandbox")
    assert len(listed.output.splitlines()) == len(population(NOW.date()))
    assert SANDBOX_CODE in listed.output
