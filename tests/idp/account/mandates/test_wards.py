"""Children and people somebody cares for, as the register says and the guardian meets it."""

import dataclasses
from datetime import UTC, date, datetime
from threading import Event

import pytest

from idp.audit.context import AuditContext
from idp.commands.duties.watching import guardians_duty
from idp.people import statuses
from idp.people.models import Person
from idp.people.registry import Relation
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from tests.idp.account.mandates.acting import (
    CHILD,
    FRIEND,
    MANDATES,
    cares,
    forged,
    friends,
    mandates,
    person_of,
    present,
    signed_in,
)
from tests.idp.login.keeping import SilentRegister
from tests.idp.login.visitor import PERSON, Site, Someone, Visitor

WARDS = f"{MANDATES}/wards"
OLD = Someone("李德福", compose(SANDBOX_ADDRESS, date(1935, 10, 1), 9), "+8613800138009", "", None)
GROWN = Someone("张大宝", compose(SANDBOX_ADDRESS, date(2012, 11, 22), 11), "+8613800138011", "", None)
"""Fourteen on the tests' day."""


def at_wards(site: Site, someone: Someone = PERSON) -> Visitor:
    """Shown to be here: the form asks for that once."""
    visitor = signed_in(site, someone, f"{MANDATES}/invite")
    return present(visitor, someone).get(WARDS)


def add(visitor: Visitor, ward: Someone = CHILD, **typed: str) -> Visitor:
    return visitor.submit("ward-form", **{"name": ward.name, "number": ward.number, **typed})


def test_a_child_is_added_and_acted_for_until_it_is_fourteen(site: Site) -> None:
    cares(site)
    visitor = at_wards(site)
    assert "no-wards" in visitor.page.elements
    add(visitor)
    assert visitor.shows("The register says so")
    assert CHILD.name in visitor.page.texts["received"]
    (mandate,) = mandates(site)
    assert (mandate.role, mandate.matters) == ("guardian", [])
    # Its fourteenth birthday, 1 May 2034, begins in China at 16:00 UTC of the day before.
    assert mandate.expires_at == datetime(2034, 4, 30, 16, tzinfo=UTC)
    child = person_of(site, CHILD)
    assert child is not None
    assert (child.level, mandate.principal_id) == (0, child.id)
    visitor.get(f"{MANDATES}/{mandate.id}")
    assert "not-yours" in visitor.page.elements
    assert "end-form" not in visitor.page.forms
    assert site.events("ward_added")
    assert CHILD.name in visitor.get(WARDS).page.texts["wards"]


def test_adding_needs_somebody_who_is_here_now(site: Site) -> None:
    cares(site)
    visitor = signed_in(site, PERSON, WARDS)
    assert "ward-form" not in visitor.page.forms
    assert visitor.click("add").path == "/login/presence"
    add(present(visitor))
    assert len(mandates(site)) == 1
    visitor.get(WARDS)
    site.clock.advance(901)
    add(visitor, OLD)
    assert visitor.path == "/login/presence"
    assert site.events("care_refused") == []


def test_twice_is_once_and_confirmed_anew(site: Site) -> None:
    cares(site)
    visitor = add(at_wards(site))
    site.clock.advance(60)
    add(visitor.get(WARDS))
    (mandate,) = mandates(site)
    assert mandate.confirmed_at == site.clock()


def test_both_parents(site: Site) -> None:
    friends(site)
    cares(site)
    add(at_wards(site))
    cares(site, by=registered(site, FRIEND))
    add(at_wards(site, FRIEND))
    first, second = mandates(site)
    assert first.principal_id == second.principal_id
    assert first.person_id != second.person_id


def registered(site: Site, someone: Someone) -> Someone:
    """The register knows them, too."""
    found = site.services
    with found.sessions.begin() as session:
        record = RegisterRecord(someone.number, someone.name)
        upsert(session, record, cipher=found.cipher, index=found.index, now=found.clock())
    return someone


def test_an_adult_in_care_who_has_no_account(site: Site) -> None:
    cares(site, Relation.CARER, OLD)
    add(at_wards(site), OLD)
    (mandate,) = mandates(site)
    assert mandate.expires_at is None


def test_an_adult_in_care_sees_who_acts_for_them(site: Site) -> None:
    friends(site)
    cares(site, Relation.CARER, FRIEND)
    add(at_wards(site), FRIEND)
    ward = signed_in(site, FRIEND)
    assert PERSON.name in ward.page.texts["given"]
    ward.click("given-1-open")
    assert "not-yours" in ward.page.elements
    assert "ask-again-form" not in ward.page.forms


NEUTRAL = "The population register does not say that you care for somebody of this name and number."


@pytest.mark.parametrize(
    ("relation", "ward", "typed"),
    [
        (None, CHILD, {}),
        (Relation.PARENT, CHILD, {"name": "张小花"}),
        (Relation.PARENT, CHILD, {"number": OLD.number}),
        (Relation.CARER, OLD, {"name": CHILD.name}),
    ],
)
def test_attack_trying_names_and_numbers_gets_one_answer(
    site: Site, relation: Relation | None, ward: Someone, typed: dict[str, str]
) -> None:
    cares(site, relation, ward)
    visitor = add(at_wards(site), ward, **typed)
    assert (visitor.status, visitor.shows(NEUTRAL)) == (422, True)
    assert mandates(site) == []
    assert person_of(site, ward) is None
    assert site.events("care_refused")[-1]["reason"] == "not_in_care"


def test_attack_many_tries_are_stopped_for_the_day(site: Site) -> None:
    cares(site)
    visitor = at_wards(site)
    for _ in range(10):
        add(visitor, OLD)
    add(visitor)
    assert visitor.status == 429
    assert mandates(site) == []
    assert site.events("care_refused")[-1]["reason"] == "too_many_tries"
    site.clock.advance(86_400)
    add(at_wards(site))
    assert len(mandates(site)) == 1


def test_attack_a_ward_takes_its_guardian_for_a_ward(site: Site) -> None:
    """Care goes one way."""
    friends(site)
    cares(site, Relation.CARER, FRIEND)
    add(at_wards(site, FRIEND), PERSON)
    assert mandates(site) == []


def test_attack_ones_own_number(site: Site) -> None:
    visitor = add(at_wards(site), PERSON)
    assert "number-error" in visitor.page.elements
    assert mandates(site) == []


def test_a_child_of_fourteen_is_none(site: Site) -> None:
    cares(site, Relation.PARENT, GROWN)
    visitor = add(at_wards(site), GROWN)
    assert visitor.shows("They are old enough to sign in for themselves.")
    assert mandates(site) == []


def test_register_down_is_come_back_later_and_makes_nothing(site: Site) -> None:
    cares(site)
    visitor = at_wards(site)
    site.app.extensions["yitong"] = dataclasses.replace(site.services, register=SilentRegister())
    add(visitor)
    assert visitor.status == 503
    assert visitor.page.elements["name"]["value"] == CHILD.name
    assert mandates(site) == []
    assert site.events("register_unavailable")[-1]["purpose"] == "guardian"


def test_nobody_acts_for_who_is_frozen(site: Site) -> None:
    friends(site)
    cares(site, Relation.CARER, FRIEND)
    friend = person_of(site, FRIEND)
    assert friend is not None
    with site.services.sessions.begin() as session:
        person = session.get_one(Person, friend.id)
        statuses.freeze(session, person, reason="clerk", context=AuditContext(site.clock()))
    visitor = add(at_wards(site), FRIEND)
    assert visitor.shows("Nobody can act for them at the moment.")
    assert mandates(site) == []


class CountingRegister(SilentRegister):
    asked = 0
    relation: Relation | None = None

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        self.asked += 1
        return self.relation or super().cares_for(guardian, ward)


class TestTheWordRunsOut:
    @pytest.fixture
    def visitor(self, site: Site) -> Visitor:
        """A guardian whom the register was not asked about for a day."""
        cares(site)
        add(at_wards(site))
        site.clock.advance(86_401)
        visitor = signed_in(site)
        assert visitor.shows("Does not count at the moment")
        return visitor.click("received-1-open")

    def test_asked_again_it_counts_again(self, site: Site, visitor: Visitor) -> None:
        visitor.submit("ask-again-form")
        assert not visitor.shows("Does not count at the moment")

    def test_or_has_ended(self, site: Site, visitor: Visitor) -> None:
        cares(site, None)
        visitor.submit("ask-again-form")
        assert visitor.shows("The population register no longer says so")
        assert "no-received" in visitor.page.elements

    def test_or_nobody_can_say(self, site: Site, visitor: Visitor) -> None:
        site.app.extensions["yitong"] = dataclasses.replace(site.services, register=SilentRegister())
        visitor.submit("ask-again-form")
        assert visitor.status == 503
        (mandate,) = mandates(site)
        assert mandate.ended_at is None
        assert visitor.get(visitor.url).status == 200

    def test_attack_a_guardian_has_the_register_asked_without_end(self, site: Site, visitor: Visitor) -> None:
        """While its word counts it is not asked at all; while it is silent, some times a day."""
        (mandate,) = mandates(site)
        address = f"{MANDATES}/{mandate.id}/ask-again"
        register = CountingRegister()
        site.app.extensions["yitong"] = dataclasses.replace(site.services, register=register)
        tries = site.services.settings.mandates.guardian_tries_per_day
        statuses = [forged(visitor, address).status for _ in range(tries + 2)]
        assert statuses == [503] * tries + [429] * 2
        assert register.asked == tries
        assert site.events("care_refused")[-1]["reason"] == "too_many_tries"
        # The next day it answers.
        site.clock.advance(86_400)
        register.relation = Relation.PARENT
        visitor = signed_in(site)
        statuses = [forged(visitor, address).status for _ in range(tries + 2)]
        assert statuses == [200] * (tries + 2)
        assert register.asked == tries + 1

    def test_attack_somebody_else_asks(self, site: Site, visitor: Visitor) -> None:
        friends(site)
        (mandate,) = mandates(site)
        stranger = forged(signed_in(site, FRIEND), f"{MANDATES}/{mandate.id}/ask-again")
        assert stranger.status == 404
        assert visitor.get(MANDATES).shows("Does not count at the moment")


def test_the_worker_learns_that_the_register_took_it_back(site: Site) -> None:
    cares(site)
    add(at_wards(site))
    duty = guardians_duty(site.services, Event())
    cares(site, None)
    duty.do_if_due(site.clock())
    assert mandates(site)[0].ended_at is None
    site.clock.advance(43_200)
    duty.do_if_due(site.clock())
    assert mandates(site)[0].ended_reason == "guardianship_ended"
