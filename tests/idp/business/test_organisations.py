"""What is kept of the register's answers, and what becomes of two that cross."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.business.models import Organisation
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.organisations import Change, Kept, Organisations, find_by_code
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, OTHER_NUMBER, code_of, company
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
CONTEXT = AuditContext(NOW, actor="operator")


@pytest.fixture
def known(session: Session, organisations: Organisations) -> Organisation:
    return keep(session, organisations, company()).organisation


def keep(
    session: Session, organisations: Organisations, registered: RegisteredOrganisation, seconds: int = 0
) -> Kept:
    asked_at = NOW + timedelta(seconds=seconds)
    kept = organisations.keep(session, registered, asked_at=asked_at, context=CONTEXT)
    session.commit()
    return kept


def events(session: Session, name: str = "organisation_changed") -> list[dict[str, str]]:
    query = select(AuditEvent.payload).where(AuditEvent.name == name).order_by(AuditEvent.seq)
    return [json.loads(payload) for payload in session.scalars(query)]


def test_an_organisation_becomes_known(session: Session, organisations: Organisations) -> None:
    kept = keep(session, organisations, company())
    row = kept.organisation
    assert (kept.is_new, kept.changes) == (True, ())
    assert (row.type, row.status, row.checked_at) == ("enterprise", "active", NOW)
    assert row.check_after == NOW + timedelta(hours=1)
    assert organisations.name_of(row) == COMPANY
    assert organisations.representative_of(row) == LegalRepresentative(NAME, NUMBER)
    assert events(session, "organisation_enrolled") == [
        {"organisation_id": row.id, "kind": "enterprise", "status": "active"}
    ]


def test_nothing_of_a_person_stands_in_the_row(session: Session, known: Organisation) -> None:
    for value in vars(session.merge(known)).values():
        text = value if isinstance(value, bytes) else str(value).encode()
        assert NAME.encode() not in text
        assert NUMBER.encode() not in text
        assert COMPANY.encode() not in text


def test_the_same_answer_again_changes_nothing(
    session: Session, organisations: Organisations, known: Organisation
) -> None:
    again = keep(session, organisations, company(), 60)
    assert (again.is_new, again.changes, again.organisation.id) == (False, (), known.id)
    assert again.organisation.checked_at == NOW + timedelta(seconds=60)
    assert events(session) == []


@pytest.mark.parametrize(("registered", "changes"), [
    (company(status=OrganisationStatus.REVOKED), [Change.STATUS]),
    (company(representative=LegalRepresentative("李四", OTHER_NUMBER)), [Change.LEGAL_REPRESENTATIVE]),
    (company(representative=LegalRepresentative(NAME, OTHER_NUMBER)), [Change.LEGAL_REPRESENTATIVE]),
    (company(representative=LegalRepresentative(NAME, None)), [Change.LEGAL_REPRESENTATIVE]),
    (company(representative=None), [Change.LEGAL_REPRESENTATIVE]),
    (company(representative=LegalRepresentative("王大明", NUMBER)), [Change.REPRESENTATIVE_DETAILS]),
    (company(name="另一公司"), [Change.TITLE]),
    (company(type=OrganisationType.OTHER), [Change.KIND]),
    (company(status=OrganisationStatus.DISSOLVED, representative=None),
     [Change.STATUS, Change.LEGAL_REPRESENTATIVE]),
])  # fmt: skip
def test_each_change_is_kept_and_an_event(
    session: Session,
    organisations: Organisations,
    known: Organisation,
    registered: RegisteredOrganisation,
    changes: list[Change],
) -> None:
    kept = keep(session, organisations, registered, 60)
    row = kept.organisation
    assert list(kept.changes) == changes
    assert (row.status, row.type) == (registered.status, registered.type)
    assert organisations.name_of(row) == registered.name
    assert organisations.representative_of(row) == registered.representative
    told = [{"organisation_id": known.id, "change": change.value, "status": row.status} for change in changes]
    assert events(session) == told


def test_somebody_without_a_number_is_told_by_the_name(
    session: Session, organisations: Organisations
) -> None:
    keep(session, organisations, company(representative=LegalRepresentative("JOHN SPECIMEN", None)))
    same = company(representative=LegalRepresentative("John  Specimen", None))
    assert keep(session, organisations, same, 1).changes == (Change.REPRESENTATIVE_DETAILS,)
    another = company(representative=LegalRepresentative("JANE SPECIMEN", None))
    assert keep(session, organisations, another, 2).changes == (Change.LEGAL_REPRESENTATIVE,)


def test_an_answer_to_an_earlier_question_does_not_undo_a_later_one(
    session: Session, organisations: Organisations, known: Organisation
) -> None:
    keep(session, organisations, company(status=OrganisationStatus.REVOKED), 60)
    late = keep(session, organisations, company(), 30)
    assert (late.changes, late.organisation.status) == ((), "revoked")
    organisations.note_missing(session, CODE, asked_at=NOW + timedelta(seconds=30), context=CONTEXT)
    assert late.organisation.status == "revoked"


def test_what_the_register_knows_no_more_is_marked_and_may_come_back(
    session: Session, organisations: Organisations, known: Organisation
) -> None:
    for seconds in (60, 120):
        asked_at = NOW + timedelta(seconds=seconds)
        noted = organisations.note_missing(session, CODE, asked_at=asked_at, context=CONTEXT)
        session.commit()
        assert noted is not None
    assert noted.organisation.status == OrganisationStatus.MISSING
    assert organisations.name_of(noted.organisation) == COMPANY
    assert len(events(session)) == 1
    assert keep(session, organisations, company(), 180).changes == (Change.STATUS,)
    missing = code_of(9)
    assert organisations.note_missing(session, missing, asked_at=NOW, context=CONTEXT) is None


def test_a_person_is_found_among_legal_representatives(
    session: Session, organisations: Organisations, known: Organisation
) -> None:
    second = keep(session, organisations, company(code_of(2))).organisation
    keep(session, organisations, company(code_of(3), representative=LegalRepresentative(NAME, None)))
    found = organisations.represented_by(session, NUMBER)
    assert [row.code for row in found] == sorted([known.code, second.code])
    assert organisations.represented_by(session, OTHER_NUMBER) == []
    keep(session, organisations, company(representative=LegalRepresentative("李四", OTHER_NUMBER)), 60)
    assert [row.id for row in organisations.represented_by(session, NUMBER)] == [second.id]
    assert [row.id for row in organisations.represented_by(session, OTHER_NUMBER)] == [known.id]


def test_two_who_come_with_the_same_organisation_at_once(
    sessions: sessionmaker[Session], organisations: Organisations
) -> None:
    together = Barrier(4)

    def come(seconds: int) -> bool:
        together.wait()
        with sessions.begin() as session:
            registered = replace(company(), name=f"公司{seconds}")
            asked_at = NOW + timedelta(seconds=seconds)
            return organisations.keep(session, registered, asked_at=asked_at, context=CONTEXT).is_new

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(4))) == 1
    with sessions() as session:
        row = find_by_code(session, CODE)
        assert row is not None
        assert (organisations.name_of(row), row.checked_at) == ("公司3", NOW + timedelta(seconds=3))
