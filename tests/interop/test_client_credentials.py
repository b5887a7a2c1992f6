"""Programs that act for themselves, by three libraries."""

import pytest

from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop

PROGRAMS = ("openid_client_itself.mjs", "authlib_itself.py", "requests_oauthlib_itself.py")


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_gets_a_token_of_its_own(stack: Stack, clients: dict[str, Registered], program: str) -> None:
    found = dialogue.run(program, clients["machine"].told(stack.issuer))
    assert found["token"]["scope"] == "licences:read"
    assert "refresh_token" not in found["token"]
    assert "id_token" not in found["token"]
    assert found["found"]["active"] is True
    assert found["found"]["sub"] == found["found"]["client_id"] == "machine"
