"""The command line looks into the log and takes it out, and the log is told; and of how processes begin."""

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from idp import settings as settings_module
from idp.audit import AuditContext, AuditLog
from idp.audit import catalogue as catalogue_module
from idp.audit.events.mandates import MandatesSuspended
from idp.audit.events.protocol import CodeIssued
from idp.audit.events.signing_in import SignedIn, SignInRefused
from idp.audit.fields import MOST_ITEMS
from idp.audit.paging import Span, in_order
from idp.business.credit_code import parse
from idp.business.enrolment import enrol
from idp.business.sandbox.population import population
from idp.commands.audit import audit
from idp.commands.audit_export import take_out
from idp.commands.opening import opened
from idp.commands.sandbox import populate_businesses
from idp.commands.starting import fingerprint, write_start
from idp.error_references import Cause, remember
from idp.people.directory import day_in_china
from idp.settings.differences import changed
from idp.storage.database import open_database
from tests.idp.oidc.conftest import NAME, NUMBER, configuration, master_document, master_keys, prepared

__all__ = ["configuration", "master_document", "master_keys", "prepared"]

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
NOBODYS = "110105194912310011"


@pytest.fixture
def database(
    prepared: tuple[Path, str], master_document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """That of the command line, with twelve events."""
    (tmp_path / "master.json").write_text(master_document)
    shutil.copy(prepared[0], tmp_path / "idp.db")
    for name, value in {
        "IDP_DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{tmp_path}/ephemeral.db",
        "IDP_SECRETS__FILE": str(tmp_path / "master.json"),
        "IDP_SANDBOX": "true",
    }.items():
        monkeypatch.setenv(name, value)
    engine = open_database(f"sqlite:///{tmp_path}/idp.db")
    log = AuditLog(engine)
    for number in range(10):
        at = START + timedelta(minutes=number)
        context = AuditContext(at, request_id=f"req-{number}", address="203.0.113.7")
        log.append(SignedIn(prepared[1], f"c{number}", 2, ("pwd",)), context)
    log.append(SignInRefused("wrong-password", "pwd"), AuditContext(START + timedelta(hours=1)))
    log.append(
        CodeIssued("hall", prepared[1], ("openid",), 2, "g" * 43), AuditContext(START + timedelta(hours=2))
    )
    log.close()
    yield engine
    engine.dispose()


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(audit, list(arguments), input=stdin)


def shown(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def told(engine: Engine, name: str) -> list[dict[str, Any]]:
    found = [one for one in in_order(engine, Span()) if one.name == name]
    assert all(one.actor == "operator" for one in found)
    return [{**one.fields, "person_id": one.person_id, "client_id": one.client_id} for one in found]


def test_a_person_is_found_by_the_number_which_is_not_kept(
    database: Engine, prepared: tuple[Path, str]
) -> None:
    found = shown(run("search", "--person", stdin=f"{NUMBER}\n"))
    assert [one.get("client_id") for one in found] == ["hall", *(f"c{n}" for n in reversed(range(10)))]
    (event,) = told(database, "audit_searched")
    assert (event["person_id"], event["criteria"], event["rows"]) == (prepared[1], ["person"], 11)
    for one in in_order(database, Span()):
        assert NUMBER not in repr(one)
        assert NAME not in repr(one)


def test_a_search_for_somebody_unknown_is_told_of_too(database: Engine) -> None:
    result = run("search", "--person", stdin=f"{NOBODYS}\n")
    assert result.exit_code == 1
    assert "nobody with this number" in result.output
    assert NOBODYS not in result.output
    (event,) = told(database, "audit_searched")
    assert (event["person_id"], event["criteria"], event["rows"]) == (None, ["person"], 0)


def test_the_number_is_never_an_argument(database: Engine) -> None:
    assert run("search", "--person", NUMBER).exit_code == 2
    assert told(database, "audit_searched") == []


def test_pages_follow_each_other_and_each_is_an_event(database: Engine) -> None:
    arguments = ["search", "--event", "signed_in", "--from", "2026-11-22T08:02", "--to", "2026-11-22T08:07"]
    pages: list[str] = []
    more: list[str] = []
    while True:
        result = run(*arguments, "--rows", "2", *more)
        found = shown(result)
        pages += [one["client_id"] for one in found]
        if "--after" not in result.stderr:
            break
        more = result.stderr.removeprefix("more: ").split()
    assert pages == ["c6", "c5", "c4", "c3", "c2"]
    events = told(database, "audit_searched")
    assert [event["rows"] for event in events] == [2, 2, 1]
    assert events[0]["criteria"] == ["event", "from", "to"]
    assert events[1]["criteria"] == ["event", "from", "to", "after"]
    assert (events[0]["sought"], events[0]["end"] - events[0]["begin"]) == ("signed_in", 300)


def test_the_request_behind_an_error_is_found(database: Engine) -> None:
    with opened() as found:
        at = START + timedelta(minutes=4)
        reference = remember(found.store, Cause(at, "authorize", "invalid_request", "", request_id="req-4"))
        other = remember(found.store, Cause(at, "authorize", "invalid_request", ""))
    (event,) = shown(run("search", "--reference", reference))
    assert event["client_id"] == "c4"
    for wrong in ("K7F3-9QXM", other):
        assert run("search", "--reference", wrong).exit_code == 1
    assert [event["rows"] for event in told(database, "audit_searched")] == [1, 0, 0]


def test_an_organisation_is_found_by_its_code(database: Engine) -> None:
    with opened() as found:
        populate_businesses(found)
        code = population(day_in_china(found.clock()))[0].code.value
        kept = enrol(
            found.sessions,
            found.business_register,
            found.organisations,
            parse(code),
            clock=found.clock,
            actor="operator",
        )
        found.audit.append(MandatesSuspended(kept.organisation.id, 2), AuditContext(START))
    events = shown(run("search", "--organisation", code))
    assert {one["name"] for one in events} >= {"organisation_enrolled", "mandates_suspended"}
    assert all(one["fields"]["organisation_id"] == kept.organisation.id for one in events)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "yesterday"),
        ("--after", "nowhere"),
        ("--after", "2026-11-22T08:00:00Z/x"),
        ("--client", "张三"),
        ("--client", NUMBER),
        ("--event", "teleported"),
    ],
)
def test_what_is_no_criterion_is_refused(database: Engine, arguments: tuple[str, ...]) -> None:
    assert run("search", *arguments).exit_code != 0
    assert told(database, "audit_searched") == []


@pytest.mark.parametrize("format_", ["jsonl", "csv", "cef", "ocsf"])
def test_an_export_is_told_of_before_and_after(database: Engine, tmp_path: Path, format_: str) -> None:
    file = tmp_path / "out"
    span = ("--from", "2026-11-22T08:03", "--to", "2026-11-22T08:08")
    result = run("export", "--format", format_, *span, "--output", str(file))
    assert result.exit_code == 0, result.output
    assert len(file.read_text().splitlines()) == (6 if format_ == "csv" else 5)
    (began,), (ended,) = told(database, "audit_export_started"), told(database, "audit_exported")
    assert began["export_id"] == ended["export_id"]
    begin = int((START + timedelta(minutes=3)).timestamp())
    assert (began["format"], began["begin"], began["end"]) == (format_, begin, begin + 300)
    assert (ended["outcome"], ended["rows"], result.stderr) == ("complete", 5, "5 events\n")


def test_an_export_is_for_its_owner_alone_and_writes_over_nothing(database: Engine, tmp_path: Path) -> None:
    file = tmp_path / "out"
    assert run("export", "--format", "csv", "--output", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().count(b"\r\n") == len(file.read_bytes().splitlines())
    before = file.read_bytes()
    again = run("export", "--output", str(file))
    assert (again.exit_code, file.read_bytes()) == (1, before)
    assert len(told(database, "audit_export_started")) == 1


def test_an_export_contains_its_own_beginning(database: Engine) -> None:
    """It was written before the first row was read."""
    assert shown(run("export"))[-1]["name"] == "audit_export_started"


class Full:
    """A disk without room for a second line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        if self.lines:
            raise OSError("no space left")
        self.lines.append(line)

    def flush(self) -> None:
        pass


def test_an_export_that_was_broken_off_says_how_much_had_left(database: Engine) -> None:
    with pytest.raises(OSError, match="no space"), opened() as found:
        take_out(found, Span(), "jsonl", Full())
    (ended,) = told(database, "audit_exported")
    assert (ended["outcome"], ended["rows"]) == ("broken_off", 2)


def test_the_catalogue_is_written(tmp_path: Path) -> None:
    file = tmp_path / "events.md"
    assert run("catalogue", "--output", str(file)).exit_code == 0
    assert file.read_text("utf-8") == catalogue_module.document()


def test_a_process_says_with_what_configuration_it_began(database: Engine) -> None:
    with opened() as found:
        write_start(found, "server")
        write_start(found, "worker")
        secret = found.settings.database.url
    starts = [one for one in in_order(database, Span()) if one.name == "process_started"]
    assert [one.fields["program"] for one in starts] == ["server", "worker"]
    assert {one.fields["digest"] for one in starts} == {starts[0].fields["digest"]}
    assert {"database.url", "ephemeral.url", "secrets.file"} <= set(starts[0].fields["changed"])
    assert secret not in repr(starts)


def test_the_names_of_changed_settings_have_room(database: Engine) -> None:
    """More than one event holds go into several."""
    with opened() as found:
        limits = found.settings.limits
        other = limits.model_copy(update=dict.fromkeys(type(limits).model_fields, -1))
        settings = found.settings.model_copy(update={"limits": other})
        write_start(replace(found, settings=settings), "worker")
        names = changed(settings)
    starts = [one.fields for one in in_order(database, Span()) if one.name == "process_started"]
    assert [name for start in starts for name in start["changed"]] == names
    assert [(start["part"], start["parts"]) for start in starts] == [
        (number, len(starts)) for number in range(1, len(starts) + 1)
    ]
    assert all(len(start["changed"]) <= MOST_ITEMS for start in starts)
    assert len(starts) == -(-len(names) // MOST_ITEMS)


def test_a_digest_of_settings_tells_them_apart_and_needs_its_key() -> None:
    one = settings_module.load({"IDP_ISSUER": "https://id.example", "IDP_SANDBOX": "true"})
    other = settings_module.load({"IDP_ISSUER": "https://id.example", "IDP_SANDBOX": "false"})
    assert fingerprint(one, b"k" * 32) == fingerprint(one.model_copy(), b"k" * 32)
    assert len({fingerprint(one, b"k" * 32), fingerprint(other, b"k" * 32), fingerprint(one, b"q" * 32)}) == 3
    assert "issuer" in changed(one)
    assert set(changed(one)) ^ set(changed(other)) == {"sandbox"}


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (("--event", "sign_in_refused", "--event", "code_issued"), 2),
        (("--result", "refused"), 1),
        (("--level", "2", "--client", "hall"), 1),
        (("--level", "1", "--exact"), 0),
        (("--address", "203.0.113.0/29"), 10),
        (("--address", "203.0.113.7", "--request", "req-3"), 1),
        (("--actor", "worker"), 0),
        (("--device", "d" * 43), 0),
        (("--session", "s" * 43), 0),
        (("--interaction", "i" * 43), 0),
    ],
)
def test_events_are_found_by_all_that_they_say(
    database: Engine, arguments: tuple[str, ...], rows: int
) -> None:
    assert len(shown(run("search", *arguments))) == rows
    (event,) = told(database, "audit_searched")
    assert (set(event["criteria"]), event["rows"]) == (
        {one[2:] for one in arguments if one[:2] == "--"},
        rows,
    )


def test_a_text_is_asked_for_and_kept_only_where_it_is_an_identifier(database: Engine) -> None:
    assert len(shown(run("search", "--text", stdin="wrong-password\n"))) == 1
    assert len(shown(run("search", "--text", stdin=f"{NAME}\n"))) == 0
    assert len(shown(run("search", "--text", stdin=f"{NUMBER}\n"))) == 0
    events = told(database, "audit_searched")
    assert [event.get("fragment") for event in events] == ["wrong-password", None, None]
    assert all(NAME not in repr(one) and NUMBER not in repr(one) for one in in_order(database, Span()))


def test_what_nothing_can_be_is_not_looked_for(database: Engine) -> None:
    for wrong in (("--address", "203.0.113"), ("--level", "5"), ("--result", "odd"), ("--device", NUMBER)):
        assert run("search", *wrong).exit_code != 0
    assert told(database, "audit_searched") == []
