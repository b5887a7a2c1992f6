"""Requests-OAuthlib: OAuth 2.0 without OpenID Connect, as scripts and data pipelines still use it."""

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop


def test_it_signs_a_person_in(stack: Stack, clients: dict[str, Registered], visitor: Visitor) -> None:
    client = clients["requests-oauthlib"]
    found = dialogue.run(
        "requests_oauthlib_session.py",
        client.told(stack.issuer),
        lambda address: visitor.answer(address, client.redirect_uri),
    )
    assert set(found["scope"]) == {"openid", "profile", "offline_access"}
    assert found["expires_in"] == 600
    assert found["renewed"]
    assert found["userinfo"]["name"]
    assert found["again"] == found["userinfo"]
