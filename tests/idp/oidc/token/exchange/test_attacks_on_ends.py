"""An exchanged token that goes on when what it rests on has ended."""

import json
from collections.abc import Callable

import pytest

from idp import sessions
from idp.audit import AuditContext
from idp.oidc import sharing
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.people.models import Person, PersonStatus
from tests.idp.oidc.token.exchange.exchanging import (
    ARCHIVE,
    AT_ARCHIVE,
    AT_TAX,
    AT_VAULT,
    DESK,
    VAULT,
    Exchange,
    agree_with_tax,
    token_for_desk,
)
from tests.idp.oidc.world import HALL, TAX


def sign_out(desk: Exchange) -> None:
    with desk.world.provider.sessions.begin() as session:
        sessions.end_all_of(session, desk.world.person_id, desk.world.clock())


def withdraw(desk: Exchange, client_id: str = HALL) -> None:
    with desk.world.provider.sessions.begin() as session:
        context = AuditContext(desk.world.clock())
        sharing.withdraw(session, desk.world.person_id, client_id, context=context)


def freeze(desk: Exchange) -> None:
    with desk.world.provider.sessions.begin() as session:
        session.get_one(Person, desk.world.person_id).status = PersonStatus.FROZEN


def hand_over(desk: Exchange) -> None:
    with desk.world.provider.sessions.begin() as session:
        sharing.end_all_of(session, desk.world.person_id, desk.world.clock())


def suspend(desk: Exchange, client_id: str = HALL) -> None:
    with desk.world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, client_id).status = ClientStatus.SUSPENDED
    desk.world.provider.clients.forget(client_id)


def suspend_the_desk(desk: Exchange) -> None:
    suspend(desk, DESK)


def narrow(desk: Exchange) -> None:
    """The person takes a scope back, and stays signed in."""
    with desk.world.provider.sessions.begin() as session:
        session.get_one(sharing.Consent, (desk.world.person_id, HALL)).scopes = ["openid"]


ENDS: tuple[Callable[[Exchange], None], ...] = (
    *(sign_out, withdraw, freeze, hand_over, suspend, suspend_the_desk, narrow),
)


@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: ends.__name__)
def test_attack_a_token_goes_on_when_its_grant_has_ended(
    desk: Exchange, ends: Callable[[Exchange], None]
) -> None:
    """All that was exchanged ends with what it was got for, at once and at every door, whoever asks."""
    token = token_for_desk(desk.world)
    first = desk.made(token)["access_token"]
    second = desk.made(first, ARCHIVE, resource=AT_VAULT)["access_token"]
    ends(desk)
    assert desk.said(first, ARCHIVE) == {"active": False}
    assert desk.said(second, VAULT) == {"active": False}
    assert desk.refused(first, ARCHIVE, resource=AT_VAULT) == "invalid_request"
    answer = json.loads(desk.ask(token).body)
    if ends is narrow:
        assert answer["scope"] == "openid"
    else:
        assert answer["error"] == ("invalid_client" if ends is suspend_the_desk else "invalid_request")


def test_attack_a_token_goes_on_after_the_first_client_gave_its_own_back(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    first = desk.made(token)["access_token"]
    assert desk.revoke(token, HALL) == 200
    assert desk.said(first, ARCHIVE) == {"active": False}
    assert desk.refused(token) == "invalid_request"


def test_attack_the_person_takes_back_what_they_agreed_with_the_other_site(desk: Exchange) -> None:
    agree_with_tax(desk.world)
    token = token_for_desk(desk.world)
    there, here = (desk.made(token, resource=one)["access_token"] for one in (AT_TAX, AT_ARCHIVE))
    withdraw(desk, TAX)
    assert desk.said(there, TAX) == {"active": False}
    assert desk.said(here, ARCHIVE)["active"]
    agree_with_tax(desk.world)
    assert desk.said(there, TAX) == {"active": False}


def test_attack_the_desk_ends_the_halls_grant(desk: Exchange) -> None:
    token = token_for_desk(desk.world)
    assert desk.revoke(token, DESK) == 400
    assert desk.revoke(desk.made(token)["access_token"], DESK) == 200
    assert desk.said(token, HALL)["active"]


def test_attack_what_was_given_back_goes_on_further_down(desk: Exchange) -> None:
    first = desk.made(token_for_desk(desk.world))["access_token"]
    second = desk.made(first, ARCHIVE, resource=AT_VAULT)["access_token"]
    assert desk.revoke(first, DESK) == 200
    assert desk.said(second, VAULT) == {"active": False}
