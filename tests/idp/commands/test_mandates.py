"""From the settings on: what the register changes, and time, end what people could do for others."""

from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from idp.audit.context import AuditContext
from idp.business.credit_code import parse
from idp.business.enrolment import enrol
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry.embedded import find_entry
from idp.business.sandbox.population import population as organisations
from idp.commands.duties.quick import quick_duties
from idp.commands.duties.watching import organisations_duty
from idp.commands.people import SEALED_TABLES
from idp.commands.sandbox import populate_businesses
from idp.extensions import Services
from idp.mandates import roots
from idp.mandates.models import Mandate, MandateInvitation
from idp.mandates.standing import standing
from idp.models import metadata
from idp.people import accounts, documents
from idp.people.directory import day_in_china
from idp.people.sandbox.population import population as people
from tests.idp.oidc.conftest import (
    app,
    app_world,
    clock,
    configuration,
    master_document,
    master_keys,
    prepared,
)
from tests.idp.oidc.world import World

__all__ = ["app", "app_world", "clock", "configuration", "master_document", "master_keys", "prepared"]


@pytest.fixture
def found(app: Flask) -> Services:
    services: Services = app.extensions["yitong"]
    return services


@pytest.fixture
def root(found: Services) -> str:
    """Of the sandbox's 张三, at the first of the organisations."""
    populate_businesses(found)
    today = day_in_china(found.clock())
    code = parse(organisations(today)[0].code.value)
    register = found.business_register
    enrol(found.sessions, register, found.organisations, code, clock=found.clock, actor="operator")
    context = AuditContext(found.clock())
    one = people(today)[0]
    with found.sessions.begin() as session:
        person = accounts.create(
            session,
            documents.identify(one.number.value, today),
            one.name,
            level=2,
            cipher=found.cipher,
            index=found.index,
            context=context,
        )
        (made,) = roots.represents(session, person.id, context=context, ends=found.ends)
        return made.id


def test_a_revoked_licence_ends_the_ladder_at_the_workers_next_round(
    found: Services, app_world: World, root: str
) -> None:
    assert standing(found.engine, root, found.clock()) is not None
    code = organisations(day_in_china(found.clock()))[0].code.value
    with found.sessions.begin() as session:
        entry = find_entry(session, code)
        assert entry is not None
        entry.status = OrganisationStatus.REVOKED.value
    app_world.clock.advance(found.settings.business_register.recheck_seconds)
    organisations_duty(found, Event()).do_if_due(app_world.clock())
    with found.sessions() as session:
        assert session.get_one(Mandate, root).ended_reason == "organisation_ended"
    (event,) = app_world.events("mandate_ended")
    assert event.actor == "worker"


def test_the_worker_sweeps(found: Services, app_world: World, root: str) -> None:
    with found.sessions.begin() as session:
        session.get_one(Mandate, root).expires_at = app_world.clock()
    for duty in quick_duties(found):
        if "mandates" in duty.name or "invitations" in duty.name:
            duty.do_if_due(app_world.clock())
    with found.sessions() as session:
        assert session.scalars(select(Mandate.ended_reason)).all() == ["expired"]


def test_new_keys_reach_every_sealed_column(found: Services) -> None:
    sealed = {(table.name, column) for table in SEALED_TABLES for column in table.sealed}
    columns = metadata.tables[MandateInvitation.__tablename__].columns
    assert {
        (MandateInvitation.__tablename__, one.name) for one in columns if one.name.endswith("_sealed")
    } <= sealed
