"""From the settings on: the sandbox's organisations, and the worker asking about those that are known."""

from threading import Event

from flask import Flask

from idp.business.credit_code import parse
from idp.business.enrolment import enrol
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import find_by_code
from idp.business.registry.embedded import find_entry
from idp.business.sandbox.population import population
from idp.commands.duties.watching import organisations_duty
from idp.commands.sandbox import populate_businesses
from idp.people.directory import day_in_china
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


def test_the_sandboxs_organisations_are_made_once(app: Flask) -> None:
    found = app.extensions["yitong"]
    assert populate_businesses(found) == len(population(day_in_china(found.clock())))
    assert populate_businesses(found) == 0


def test_the_worker_learns_that_a_licence_was_revoked(app: Flask, app_world: World) -> None:
    found = app.extensions["yitong"]
    populate_businesses(found)
    code = population(day_in_china(found.clock()))[0].code
    register, organisations = found.business_register, found.organisations
    enrol(found.sessions, register, organisations, parse(code.value), clock=found.clock, actor="operator")
    with found.sessions.begin() as session:
        entry = find_entry(session, code.value)
        assert entry is not None
        entry.status = OrganisationStatus.REVOKED.value
    duty = organisations_duty(found, Event())
    duty.do_if_due(app_world.clock())
    assert app_world.events("organisation_changed") == []
    app_world.clock.advance(found.settings.business_register.recheck_seconds)
    duty.do_if_due(app_world.clock())
    (event,) = app_world.events("organisation_changed")
    assert event.actor == "worker"
    with found.sessions() as session:
        row = find_by_code(session, code.value)
        assert row is not None
        assert row.status == "revoked"
