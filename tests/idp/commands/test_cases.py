"""Cases in the worker and in re-encryption, as the command line wires them."""

from datetime import timedelta

from sqlalchemy import select

from idp.audit.context import AuditContext
from idp.cases import working
from idp.cases.models import Case, CaseNote
from idp.cases.words import CaseKind, Outcome
from idp.commands.duties.quick import quick_duties
from idp.commands.people import SEALED_TABLES
from idp.detection.findings import Severity
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]


def test_the_worker_forgets_old_cases(site: Site) -> None:
    found = site.services
    with found.sessions.begin() as session:
        context = AuditContext(site.clock(), actor="officer")
        closed = working.open_case(session, CaseKind.OTHER, Severity.LOW, (), context=context)
        working.note(session, found.cipher, closed, "Written down.", context=context)
        working.close(session, closed, Outcome.HARMLESS, context=context)
        kept = working.open_case(session, CaseKind.OTHER, Severity.LOW, (), context=context).id
    (duty,) = [one for one in quick_duties(found) if one.name == "old cases"]
    duty.do_if_due(site.clock())
    with found.sessions() as session:
        assert len(session.scalars(select(Case)).all()) == 2
    site.clock.now += timedelta(days=found.settings.cases.kept_days, seconds=1)
    duty.do_if_due(site.clock())
    with found.sessions() as session:
        assert session.scalars(select(Case.id)).all() == [kept]
        assert session.scalars(select(CaseNote)).all() == []


def test_every_sealed_column_of_cases_is_brought_to_new_keys() -> None:
    sealed = {(table.name, column) for table in SEALED_TABLES for column in table.sealed}
    columns = CaseNote.__table__.columns
    assert {("case_notes", one.name) for one in columns if one.name.endswith("_sealed")} <= sealed
