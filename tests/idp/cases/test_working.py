import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.cases import alerting, history, reading, retention, working
from idp.cases.history import CaseMoved, CaseRefused
from idp.cases.models import Case, CaseDeed, CaseNote, CaseNumber, CaseSubject
from idp.cases.reading import Sought, Whose
from idp.cases.words import CaseStatus, Outcome
from idp.commands.people import SEALED_TABLES
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.detection.findings import Severity
from idp.people import reencrypt
from idp.staff.models import StaffAccount, StaffStatus
from tests.fakes import FakeClock
from tests.idp.cases.conftest import NOW, ON_EACH_DATABASE, PERSON, Open, Raise, by
from tests.idp.staff.conftest import Make

pytestmark = ON_EACH_DATABASE
Sessions = sessionmaker[Session]
Do = Callable[[Session, Case], object]


def do(sessions: Sessions, case_id: str, officer: str, what: Do, *, seen: int | None = None) -> None:
    with sessions.begin() as session:
        what(session, history.locked(session, case_id, officer, seen))


def read(sessions: Sessions, cipher: FieldCipher, case_id: str) -> reading.Whole:
    with sessions() as session:
        found = reading.whole(session, cipher, case_id)
    assert found is not None
    return found


def events(sessions: Sessions) -> list[tuple[str, str | None]]:
    with sessions() as session:
        rows = session.scalars(
            select(AuditEvent).where(AuditEvent.name.startswith("case_")).order_by(AuditEvent.seq)
        )
        return [(row.name, row.actor) for row in rows]


def test_one_case_from_its_opening_to_what_came_of_it(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open, raised: Raise
) -> None:
    one, two = officers
    case_id, alert_id = opened(), raised()
    do(
        sessions,
        case_id,
        one,
        lambda s, c: working.note(s, cipher, c, " 打了电话。\r\n无人接听 ", context=by(one)),
    )
    do(sessions, case_id, one, lambda s, c: working.set_waiting(s, c, context=by(one)))
    do(sessions, case_id, one, lambda s, c: working.assign(s, c, two, context=by(one)))
    do(sessions, case_id, two, lambda s, c: working.resume(s, c, context=by(two)))
    do(sessions, case_id, two, lambda s, c: alerting.add(s, c, alert_id, context=by(two)))
    do(sessions, case_id, two, lambda s, c: working.measure_taken(s, c, "m-1", "freeze", context=by(two)))
    do(sessions, case_id, two, lambda s, c: working.grade(s, c, Severity.LOW, context=by(two)))
    do(sessions, case_id, two, lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(two)))
    found = read(sessions, cipher, case_id)
    case = found.case
    assert (case.number, case.status, case.outcome, case.severity) == ("2026-1", "closed", "harmless", "low")
    assert [(note.author, note.text) for note in found.notes] == [(one, "打了电话。\n无人接听")]
    assert [(deed.version, deed.deed) for deed in found.history] == list(
        enumerate(
            (
                *("opened", "subject_added", "noted", "waiting", "assigned", "resumed", "alert_added"),
                *("measure_taken", "graded", "closed"),
            ),
            1,
        )
    )
    assert [(subject.kind, subject.subject) for subject in found.subjects] == [("person", PERSON)]
    # Whoever takes a measure writes of it; everything else is an event of the case's own.
    assert [name for name, _actor in events(sessions)] == [
        *("case_opened", "case_subject_added", "case_noted", "case_set_waiting", "case_assigned"),
        *("case_resumed", "case_alert_added", "case_graded", "case_closed"),
    ]
    assert {actor for _name, actor in events(sessions)} == {one, two}


def test_what_was_written_stands_nowhere_in_the_clear(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open
) -> None:
    case_id, text = opened(), "她叫张三丰"
    do(sessions, case_id, officers[0], lambda s, c: working.note(s, cipher, c, text, context=by(officers[0])))
    with sessions() as session:
        (note,) = session.scalars(select(CaseNote))
        assert text.encode() not in note.text_sealed
        payloads = " ".join(session.scalars(select(AuditEvent.payload)))
    assert text not in payloads
    assert json.dumps(text)[1:-1] not in payloads


def test_a_new_encryption_key_reaches_notes(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open, clock: FakeClock
) -> None:
    case_id = opened()
    do(sessions, case_id, officers[0], lambda s, c: working.note(s, cipher, c, "a", context=by(officers[0])))
    both = FieldCipher(KeyRing("two", {"one": b"1" * 32, "two": b"2" * 32}))
    tables = tuple(table for table in SEALED_TABLES if table.name == "case_notes")
    walked = list(
        reencrypt.walk(sessions, both, BlindIndex(b"i" * 32), clock, actor="operator", tables=tables)
    )
    assert [(one.rows, one.changed) for one in walked] == [(1, 1)]
    new = FieldCipher(KeyRing("two", {"two": b"2" * 32}))
    assert read(sessions, new, case_id).notes[0].text == "a"


def test_who_decides_is_told_what_another_did_meanwhile(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open
) -> None:
    one, two = officers
    case_id = opened()
    seen = read(sessions, cipher, case_id).case.version
    do(sessions, case_id, two, lambda s, c: working.note(s, cipher, c, "Wait!", context=by(two)))
    with pytest.raises(CaseMoved) as moved:
        do(
            sessions,
            case_id,
            one,
            lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(one)),
            seen=seen,
        )
    assert [(deed.deed, deed.by) for deed in moved.value.deeds] == [("noted", two)]
    do(
        sessions,
        case_id,
        one,
        lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(one)),
        seen=seen + 1,
    )
    assert read(sessions, cipher, case_id).case.status == "closed"


def test_what_one_did_oneself_in_another_window_stops_nothing(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open
) -> None:
    case_id, one = opened(), officers[0]
    do(sessions, case_id, one, lambda s, c: working.note(s, cipher, c, "a", context=by(one)))
    do(sessions, case_id, one, lambda s, c: working.set_waiting(s, c, context=by(one)), seen=1)
    assert read(sessions, cipher, case_id).case.status == "waiting"


def test_a_closed_case_takes_nothing_until_it_is_open_again(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open
) -> None:
    one, two = officers
    case_id = opened()
    do(sessions, case_id, one, lambda s, c: working.close(s, c, Outcome.FALSE_ALARM, context=by(one)))
    deeds: tuple[Do, ...] = (
        lambda s, c: working.note(s, cipher, c, "a", context=by(two)),
        lambda s, c: working.assign(s, c, two, context=by(two)),
        lambda s, c: working.add_subject(s, c, ("client", "hall"), context=by(two)),
        lambda s, c: alerting.add(s, c, "a-1", context=by(two)),
        lambda s, c: working.measure_taken(s, c, "m-1", "freeze", context=by(two)),
        lambda s, c: working.grade(s, c, Severity.LOW, context=by(two)),
        lambda s, c: working.set_waiting(s, c, context=by(two)),
        lambda s, c: working.resume(s, c, context=by(two)),
        lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(two)),
    )
    for deed in deeds:
        with pytest.raises(CaseRefused, match="closed"):
            do(sessions, case_id, two, deed)
    do(sessions, case_id, two, lambda s, c: working.reopen(s, c, context=by(two)))
    case = read(sessions, cipher, case_id).case
    assert (case.status, case.outcome, case.closed_at, case.assigned_to) == ("open", None, None, two)
    with pytest.raises(CaseRefused, match="not_closed"):
        do(sessions, case_id, two, lambda s, c: working.reopen(s, c, context=by(two)))


def test_nobody_decides_about_themself(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open
) -> None:
    one, two = officers
    case_id = opened(("staff", two))
    with pytest.raises(CaseRefused, match="own"):
        do(sessions, case_id, two, lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(two)))
    with pytest.raises(CaseRefused, match="officer"):
        do(sessions, case_id, one, lambda s, c: working.assign(s, c, two, context=by(one)))
    with pytest.raises(CaseRefused, match="own"):
        opened(("staff", one))


def test_a_case_is_given_to_security_officers_alone(
    sessions: Sessions, officers: tuple[str, str], opened: Open, make: Make
) -> None:
    case_id, one = opened(), officers[0]
    for other in (make("auditor").id, make("security", active=False).id, "nobody"):
        with pytest.raises(CaseRefused, match="officer"):
            do(sessions, case_id, one, lambda s, c, other=other: working.assign(s, c, other, context=by(one)))  # type: ignore[misc]
    do(sessions, case_id, one, lambda s, c: working.assign(s, c, None, context=by(one)))
    with sessions() as session:
        assert [found.id for found in reading.listed(session, Sought(Whose.UNASSIGNED), one, None, 9)] == [
            case_id
        ]


@pytest.mark.parametrize("subject", [("person", "张三"), ("thing", "x"), ("person", "110101199003078811")])
def test_a_subject_is_an_id_of_a_known_kind(opened: Open, subject: tuple[str, str]) -> None:
    with pytest.raises(CaseRefused, match="subject"):
        opened(subject)


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 4001])
def test_a_note_says_something_and_not_too_much(
    sessions: Sessions, cipher: FieldCipher, officers: tuple[str, str], opened: Open, text: str
) -> None:
    case_id = opened()
    with pytest.raises(CaseRefused, match="text"):
        do(
            sessions,
            case_id,
            officers[0],
            lambda s, c: working.note(s, cipher, c, text, context=by(officers[0])),
        )


def test_lists_go_on_behind_the_last_one_that_was_shown(
    sessions: Sessions, officers: tuple[str, str], opened: Open
) -> None:
    one, two = officers
    ids = [opened(at=NOW + timedelta(seconds=number)) for number in range(5)]
    theirs = opened(("client", "hall"), officer=two, at=NOW + timedelta(minutes=1))
    with sessions() as session:
        first = [case.id for case in reading.listed(session, Sought(), one, None, 4)]
        rest = [case.id for case in reading.listed(session, Sought(), one, first[-1], 4)]
        assert first + rest == [theirs, *reversed(ids)]
        mine = [case.id for case in reading.listed(session, Sought(Whose.MINE), one, None, 9)]
        assert mine == [*reversed(ids)]
        about = Sought(subject=("client", "hall"))
        assert [case.id for case in reading.listed(session, about, one, None, 9)] == [theirs]
        assert reading.listed(session, Sought(status=CaseStatus.CLOSED), one, None, 9) == []
        assert reading.numbers(session, [theirs]) == {theirs: "2026-6"}


def test_a_number_begins_anew_with_the_year_in_china(
    sessions: Sessions, cipher: FieldCipher, opened: Open
) -> None:
    opened()
    new_year = NOW.replace(month=12, day=31, hour=16)
    assert read(sessions, cipher, opened(at=new_year)).case.number == "2027-1"


def test_only_old_closed_cases_are_forgotten(
    sessions: Sessions, officers: tuple[str, str], cipher: FieldCipher, opened: Open
) -> None:
    one = officers[0]
    gone, kept = opened(), opened()
    do(sessions, gone, one, lambda s, c: working.note(s, cipher, c, "a", context=by(one)))
    do(sessions, gone, one, lambda s, c: working.close(s, c, Outcome.HARMLESS, context=by(one)))
    with sessions.begin() as session:
        assert retention.sweep(session, NOW + timedelta(days=179), days=180) == 0
        assert reading.living_number(session, kept) == "2026-2"
        assert reading.living_number(session, gone) is None
    with sessions.begin() as session:
        assert retention.sweep(session, NOW + timedelta(days=180), days=180) == 1
    with sessions() as session:
        assert list(session.scalars(select(Case.id))) == [kept]
        for part in (CaseNote, CaseDeed, CaseSubject):
            assert set(session.scalars(select(part.case_id))) <= {kept}
        assert session.scalars(select(CaseNumber.last)).one() == 2
    assert (events(sessions)[-1]) == ("case_closed", one)


def test_a_case_of_somebody_who_has_left_is_nobodys(
    sessions: Sessions, officers: tuple[str, str], opened: Open
) -> None:
    one, two = officers
    theirs = opened(officer=two)
    opened()
    with sessions.begin() as session:
        session.get_one(StaffAccount, two).status = StaffStatus.DISABLED.value
    with sessions() as session:
        found = reading.listed(session, Sought(Whose.UNASSIGNED), one, None, 9)
    assert [case.id for case in found] == [theirs]
