"""npm's openid-client: what a certified client of the widest reach makes of us."""

from typing import Any

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop

STORIES = [
    pytest.param("openid-client", [], id="code"),
    pytest.param("openid-client", ["par"], id="pushed"),
    pytest.param("openid-client", ["jarm"], id="signed answer"),
    pytest.param("openid-client", ["dpop"], id="bound tokens"),
    pytest.param("openid-client-mac", ["mac"], id="known by a MAC"),
    pytest.param("openid-client-key", ["jar", "par", "jarm"], id="everything signed, by a key"),
    pytest.param("openid-client-key", ["jar", "jwe", "par"], id="encrypted request"),
    pytest.param("openid-client-fapi", ["par", "dpop"], id="FAPI 2.0 security"),
    pytest.param("openid-client-fapi", ["jar", "par", "jarm", "dpop"], id="FAPI 2.0, all of it signed"),
    pytest.param("openid-client-signing", ["jar", "par", "jarm", "dpop"], id="FAPI 2.0 message signing"),
]


@pytest.mark.parametrize(("name", "wanted"), STORIES)
def test_it_signs_a_person_in(
    stack: Stack, clients: dict[str, Registered], visitor: Visitor, name: str, wanted: list[str]
) -> None:
    client = clients[name]

    def visit(address: str) -> str:
        return visitor.answer(address, client.redirect_uri)

    # What the developer has registered is what the library is told (RFC 7591 names).
    algorithms = {name: value for name, value in client.metadata.items() if name.endswith("_response_alg")}
    told = client.told(stack.issuer) | {"wanted": wanted, "metadata": algorithms}
    found = dialogue.run("openid_client.mjs", told, visit)
    assert found["claims"]["iss"] == stack.issuer
    assert set(found["scope"].split()) == {"openid", "profile", "offline_access"}
    assert found["token_type"] == ("dpop" if "dpop" in wanted else "bearer")
    _went_the_way_that_was_asked(found, wanted)
    sub = found["claims"]["sub"]
    assert found["userinfo"]["sub"] == found["again"]["sub"] == found["refreshed"] == sub
    assert found["userinfo"]["name"]
    assert found["before"]["active"] is True
    assert found["before"]["client_id"] == client.client_id
    assert found["after"] == {"active": False}
    assert found["afterwards"] != "accepted"
    signed_out = client.metadata["post_logout_redirect_uris"][0]
    came_back = visitor.answer(found["end_session"], signed_out)
    assert came_back == f"{signed_out}?state={found['state']}"


def _went_the_way_that_was_asked(found: dict[str, Any], wanted: list[str]) -> None:
    if "par" in wanted:
        assert set(found["parameters"]) == {"client_id", "request_uri"}
    if "jarm" in wanted:
        assert found["answer"] == ["response"]
    else:
        assert set(found["answer"]) == {"code", "state", "iss", "session_state"}
        assert found["withoutIss"] == "OAUTH_INVALID_RESPONSE"
