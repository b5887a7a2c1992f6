"""The principal hears of each portal at which somebody acts for them, once."""

import dataclasses

import pytest
from sqlalchemy.orm import Session

from idp.audit import AuditContext
from idp.crypto.fields import BlindIndex
from idp.mandates.models import Mandate, Role
from idp.mandates.standing import Standing
from idp.messages import sms
from idp.messages.sms import Sms
from idp.oidc.acting.notifying import SEEN_AT, tell_of_use
from idp.people import accounts, documents
from idp.people.models import Person
from idp.storage import outbox
from idp.storage.base import new_id
from tests.idp.oidc.conftest import NUMBER, PHONE
from tests.idp.oidc.world import HALL, TAX, World

AGENT, AGENTS_NUMBER = "李四", "110101198001010010"


def agent(world: World, session: Session) -> Person:
    now = world.clock()
    return accounts.create(
        session,
        documents.identify(AGENTS_NUMBER, now.date()),
        AGENT,
        level=2,
        cipher=world.provider.cipher,
        index=BlindIndex(b"i" * 32),
        context=AuditContext(now),
    )


@pytest.fixture
def mandate(world: World) -> Standing:
    """Somebody whom the world's person asked to act for them."""
    with world.provider.sessions.begin() as session:
        made = Mandate(
            id=new_id(world.clock()),
            role=Role.RELATIVE.value,
            person_id=agent(world, session).id,
            principal_id=world.person_id,
            matters=[],
            may_pass_on=False,
            granted_at=world.clock(),
        )
        session.add(made)
        return Standing(made.id, Role.RELATIVE, made.person_id, None, world.person_id, (), None, False)


def use(world: World, mandate: Standing, client_id: str = HALL) -> list[Sms]:
    """What is sent after it."""
    client = world.provider.clients.find(client_id)
    assert client is not None
    with world.provider.sessions.begin() as session:
        tell_of_use(world.provider, session, mandate, client, world.clock())
    sent: list[Sms] = []
    handlers = {sms.KIND: sms.handler(world.provider.cipher, sent.append)}
    outbox.drain(world.provider.sessions, handlers, world.clock)
    return sent


def test_a_new_portal_is_told_of_once(world: World, mandate: Standing) -> None:
    (text,) = use(world, mandate)
    assert text.phone == PHONE
    for expected in ("*四", "市政务服务大厅", world.provider.issuer + SEEN_AT):
        assert expected in text.text.words
    assert AGENT not in text.text.words
    assert NUMBER not in text.text.words
    assert use(world, mandate) == []
    assert len(use(world, mandate, TAX)) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.RELATIVE])
def test_nobody_is_told_of_what_a_register_lets_others_do(
    world: World, mandate: Standing, role: Role
) -> None:
    assert use(world, dataclasses.replace(mandate, role=role)) == []


def test_the_operator_may_send_none(world: World, mandate: Standing) -> None:
    quiet = world.provider.mandates.model_copy(update={"tell_of_new_clients": False})
    world.provider = dataclasses.replace(world.provider, mandates=quiet)
    assert use(world, mandate) == []


def test_who_has_no_phone_gets_none(world: World, mandate: Standing) -> None:
    with world.provider.sessions.begin() as session:
        person = session.get_one(Person, world.person_id)
        accounts.remove_phone(session, person, way="asked", context=AuditContext(world.clock()))
    assert use(world, mandate) == []
