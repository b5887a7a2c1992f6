"""Authlib's client, as a script or a back end uses it."""

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("name", ["authlib", "authlib-key"])
def test_it_signs_a_person_in(
    stack: Stack, clients: dict[str, Registered], visitor: Visitor, name: str
) -> None:
    client = clients[name]
    found = dialogue.run(
        "authlib_session.py",
        client.told(stack.issuer),
        lambda address: visitor.answer(address, client.redirect_uri),
    )
    assert found["scope"].split() == ["openid", "profile", "phone", "offline_access"]
    assert found["userinfo"] == found["again"]
    assert found["userinfo"]["sub"] == found["sub"]
    assert found["userinfo"]["phone_number_verified"] is True
    assert found["before"]["active"] is True
    assert found["before"]["sub"] == found["sub"]
    assert found["revoked"] == 200
    assert found["after"] == {"active": False}
