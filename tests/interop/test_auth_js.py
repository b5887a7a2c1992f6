"""Auth.js, which signs people in at most sites made with Next.js."""

import pytest

from idp.people.sandbox.population import SandboxPerson
from tests.interop import dialogue
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop


def test_it_signs_a_person_in(
    stack: Stack, clients: dict[str, Registered], visitor: Visitor, person: SandboxPerson
) -> None:
    client = clients["auth-js"]
    found = dialogue.run(
        "auth_js.mjs",
        client.told(stack.issuer),
        lambda address: visitor.answer(address, client.redirect_uri),
    )
    assert found["location"] == client.origin
    assert found["session"]["user"]["name"] == person.name
    assert found["session"]["profile"]["sub"]
