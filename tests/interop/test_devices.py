"""A device without a browser, by npm's openid-client: from discovery to the refreshed token (RFC 8628)."""

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop
ANSWERED = "/oauth2/answered?"


@pytest.mark.parametrize("wanted", [[], ["dpop"]], ids=["bearer", "bound tokens"])
def test_it_signs_a_person_in(
    stack: Stack, clients: dict[str, Registered], visitor: Visitor, wanted: list[str]
) -> None:
    client = clients["openid-client-device"]

    def visit(address: str) -> str:
        return visitor.answer(address, ANSWERED)

    found = dialogue.run("openid_client_device.mjs", client.told(stack.issuer) | {"wanted": wanted}, visit)
    assert found["device"]["verification_uri"] == f"{stack.issuer}/device"
    assert found["token_type"] == ("dpop" if wanted else "bearer")
    assert set(found["scope"].split()) == {"openid", "profile", "offline_access"}
    assert found["userinfo"]["sub"] == found["refreshed"] == found["claims"]["sub"]
    assert found["userinfo"]["name"]


def test_it_learns_that_the_person_said_no(
    stack: Stack, clients: dict[str, Registered], visitor: Visitor
) -> None:
    client = clients["openid-client-device"]

    def visit(address: str) -> str:
        return visitor.answer(address, ANSWERED, is_theirs=False)

    found = dialogue.run("openid_client_device.mjs", client.told(stack.issuer) | {"wanted": []}, visit)
    assert found == {"error": "access_denied"}
