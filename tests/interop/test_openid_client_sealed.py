"""npm's openid-client opens all that is encrypted to it, and finds every signature inside good."""

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop


def test_it_opens_everything(stack: Stack, clients: dict[str, Registered], visitor: Visitor) -> None:
    client = clients["openid-client-sealed"]

    def visit(address: str) -> str:
        return visitor.answer(address, client.redirect_uri)

    registered = {name: value for name, value in client.metadata.items() if "_response_" in name}
    told = client.told(stack.issuer) | {"metadata": registered}
    found = dialogue.run("openid_client_sealed.mjs", told, visit)
    # Header, encrypted key, vector, text and tag: a JWE.
    assert found["parts"] == {"id_token": 5, "answer": 5}
    sub = found["claims"]["sub"]
    assert (found["userinfo"]["sub"], found["introspected"]["sub"]) == (sub, sub)
    assert found["userinfo"]["name"]
    assert found["userinfo"]["aud"] == client.client_id
    assert found["introspected"]["active"] is True
