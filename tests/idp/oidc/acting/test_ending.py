"""A mandate that ends takes everything with it that rests on it, within the one call that ends it, and
nothing else."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from idp import session_clients, sessions
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import LegalRepresentative
from idp.mandates.ending import Reason
from idp.oidc.acting.ending import end_sessions_of
from idp.oidc.token.offline_grants import OfflineGrant
from idp.people.models import PersonStatus
from idp.session_clients import MYSELF, ActedFor, Notice, SessionClient
from idp.storage.outbox import OutboxMessage
from tests.idp.business.registering import company
from tests.idp.mandates.world import name_of, number_of
from tests.idp.oidc.acting.hats import Hats
from tests.idp.oidc.conftest import NAME, NUMBER
from tests.idp.oidc.world import HALL, TAX, World, fields_of

OFFLINE = "openid profile offline_access"


def notices(world: World) -> list[str]:
    """The clients that are told that a session is over."""
    with world.provider.sessions() as session:
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == session_clients.KIND))
        return sorted(Notice.read(one.payload).client_id for one in waiting)


def entered(world: World) -> dict[str, str | None]:
    with world.provider.sessions() as session:
        found = session.scalars(select(SessionClient).where(~session_clients.HAS_ENDED))
        return {one.client_id: one.acting_for for one in found}


def offline(world: World) -> int:
    with world.provider.sessions() as session:
        return len(session.scalars(select(OfflineGrant)).all())


def suspended(hats: Hats) -> None:
    representative = LegalRepresentative(NAME, NUMBER)
    hats.world.clock.advance(1)
    hats.mandates.register_says(company(representative=representative, status=OrganisationStatus.SUSPENDED))


def another_representative(hats: Hats) -> None:
    hats.world.clock.advance(1)
    hats.mandates.register_says(company(representative=LegalRepresentative(name_of(700), number_of(700))))


def revoked(hats: Hats) -> None:
    hats.world.clock.advance(1)
    representative = LegalRepresentative(NAME, NUMBER)
    hats.mandates.register_says(company(representative=representative, status=OrganisationStatus.REVOKED))


@pytest.mark.parametrize("end", [suspended, another_representative, revoked])
def test_a_change_in_the_register_ends_what_rested_on_it(hats: Hats, end: Callable[[Hats], None]) -> None:
    """In the transaction that keeps the register's answer."""
    hats.accept()
    root = hats.root()
    found = hats.tokens(root, scope=OFFLINE)
    assert entered(hats.world) == {HALL: root}
    end(hats)
    assert notices(hats.world) == [HALL]
    assert (entered(hats.world), offline(hats.world)) == ({}, 0)
    opens_nothing(hats, found)


def opens_nothing(hats: Hats, found: dict[str, str]) -> None:
    assert hats.world.userinfo(found["access_token"]).status == 401
    assert hats.said(found["access_token"]) == {"active": False}
    if "refresh_token" in found:
        assert hats.said(found["refresh_token"]) == {"active": False}
        answer = hats.refreshed(found["refresh_token"])
        assert (answer.status, json.loads(answer.body)["error"]) == (400, "invalid_grant")


def test_the_end_of_one_mandate_leaves_everything_else(hats: Hats) -> None:
    """The session goes on, as do the other hats in it, and what the person is for themselves."""
    hats.accept()
    hats.accept(TAX, minimum_level=2)
    root, agent = hats.root(), hats.agent()
    as_agent = hats.tokens(agent, scope=OFFLINE)
    for_root = hats.tokens(root, TAX)
    as_self = hats.tokens(MYSELF, scope=OFFLINE, prompt="select_account")
    hats.tokens(agent, prompt="select_account")
    hats.mandates.end(agent, hats.world.person_id)
    assert notices(hats.world) == [HALL]
    assert (entered(hats.world), offline(hats.world)) == ({TAX: root}, 1)
    opens_nothing(hats, as_agent)
    assert hats.world.userinfo(as_self["access_token"]).status == 200
    assert hats.world.userinfo(for_root["access_token"]).status == 200
    assert hats.refreshed(as_self["refresh_token"]).status == 200
    assert "error" not in fields_of(hats.world.authorize(TAX))


def test_what_is_below_ends_with_it(hats: Hats) -> None:
    hats.accept()
    agent = hats.agent()
    found = hats.tokens(agent, scope=OFFLINE)
    above = hats.mandates.row(agent).parent_id
    assert above is not None
    assert hats.mandates.end(above, None, Reason.OPERATOR) == (above, agent)
    assert notices(hats.world) == [HALL]
    opens_nothing(hats, found)


@pytest.mark.parametrize("whose", ["holder above", "principal"])
def test_nobody_acts_while_an_account_on_the_way_is_frozen(hats: Hats, whose: str) -> None:
    """Nothing ends by that for good: the account may be thawed."""
    hats.accept()
    if whose == "principal":
        mandate, person_id = hats.relative()
    else:
        mandate = hats.agent()
        above = hats.mandates.row(mandate).parent_id
        assert above is not None
        person_id = hats.mandates.row(above).person_id
    found = hats.tokens(mandate, scope=OFFLINE)
    hats.mandates.set_status(person_id, PersonStatus.FROZEN)
    with hats.world.provider.sessions.begin() as session:
        end_sessions_of(session, person_id, hats.world.clock())
    # What the portal has opened by it goes on nowhere.
    assert notices(hats.world) == [HALL]
    opens_nothing(hats, found)
    hats.mandates.set_status(person_id, PersonStatus.ACTIVE)
    assert hats.refreshed(found["refresh_token"]).status == 200


def test_time_ends_it_too(hats: Hats) -> None:
    hats.accept()
    found = hats.tokens(hats.agent(days=1), scope=OFFLINE)
    hats.world.clock.advance(86_401)
    again = hats.refreshed(found["refresh_token"])
    assert (again.status, json.loads(again.body)["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("then", ["as themselves", "by another mandate", "once more"])
def test_attack_changing_hats_so_that_the_portal_does_not_hear_of_the_end(hats: Hats, then: str) -> None:
    """Somebody about to be removed signs in again in the same session, in another window, as somebody else.
    The portal's own session of before may go on, so it must be told when its mandate ends. Once; and who is
    signed out with that as somebody else signs in again without a page."""
    hats.accept()
    root, agent = hats.root(), hats.agent()
    found = hats.tokens(agent)
    for choice in {"as themselves": (MYSELF,), "by another mandate": (root,)}.get(
        then, (root, agent, MYSELF)
    ):
        hats.world.clock.advance(1)
        hats.tokens(choice, prompt="select_account")
    hats.mandates.end(agent, hats.world.person_id)
    assert notices(hats.world) == [HALL]
    opens_nothing(hats, found)
    # What they do there now goes on, and is told of in its turn.
    assert entered(hats.world) == {HALL: root if then == "by another mandate" else None}
    assert "code" in fields_of(hats.world.authorize(prompt="none"))
    hats.mandates.end(root, None, Reason.OPERATOR)
    assert notices(hats.world) == [HALL] * (1 if then == "as themselves" else 2)


def test_what_was_acted_for_before_is_forgotten_with_the_session(hats: Hats) -> None:
    hats.accept()
    agent = hats.agent()
    hats.tokens(agent)
    hats.tokens(MYSELF, prompt="select_account")
    provider = hats.world.provider
    with provider.sessions.begin() as session:
        assert len(session.scalars(select(ActedFor)).all()) == 1
        sessions.end_all_of(session, hats.world.person_id, hats.world.clock())
    with provider.sessions() as session:
        assert session.scalars(select(ActedFor)).all() == []
    hats.mandates.end(agent, hats.world.person_id)
    assert notices(hats.world) == [HALL]
