"""The quick start of native apps: at the running provider, and at one that lies in every way it knows."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from clients.checker.lies import Lie
from clients.checker.local import LocalProvider, serving
from clients.checker.local.provider import BY_THE_BROWSER
from clients.checker.wire import Answer, Sent
from idp.apps.kinds import OF_KIND, Kind
from idp.people.sandbox.population import SandboxPerson
from tests.documentation.native import PATIENCE_SECONDS, signing_in
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack
from tests.ports import free_port

pytestmark = pytest.mark.interop

LIES = [lie for lie in Lie if lie not in {*BY_THE_BROWSER, Lie.MAC_WITH_CLIENT_SECRET}]
"""Answers through the browser are given by tests below; there is no secret to make a MAC with."""


def test_it_is_registered_as_the_wizard_does_it(apps: dict[str, Registered]) -> None:
    chosen = OF_KIND[Kind.NATIVE].fields
    mine = apps["native"].metadata
    assert tuple(mine["grant_types"]) == chosen["grant_types"]
    for name in ("application_type", "token_endpoint_auth_method", "id_token_signed_response_alg", "scope"):
        assert mine[name] == chosen[name]
    assert mine["redirect_uris"][0] in OF_KIND[Kind.NATIVE].returns


def test_it_signs_somebody_in_by_any_port(
    stack: Stack, apps: dict[str, Registered], visitor: Visitor, person: SandboxPerson
) -> None:
    app = apps["native"]
    ports = set()
    with signing_in(stack.issuer, app.client_id) as first, signing_in(stack.issuer, app.client_id) as second:
        for program in (first, second):
            asked = program.asked
            assert asked["code_challenge_method"] == "S256"
            redirect_uri = urlsplit(asked["redirect_uri"])
            assert (redirect_uri.hostname, redirect_uri.path) == ("127.0.0.1", "/callback")
            ports.add(redirect_uri.port)
            back = visitor.answer(program.address, asked["redirect_uri"])
            assert "Go back" in requests.get(back, timeout=PATIENCE_SECONDS).text
            assert program.ended() == (0, f"{person.name}, level 2\n")
    assert len(ports) == 2


def test_what_was_not_asked_for_is_not_heard(
    stack: Stack, apps: dict[str, Registered], visitor: Visitor, person: SandboxPerson
) -> None:
    """A page that guesses the port neither signs somebody in nor ends the sign-in."""
    with signing_in(stack.issuer, apps["native"].client_id) as program:
        for state in ("", "another"):
            assert program.answer({"state": state, "code": "x", "iss": stack.issuer}).status_code == 400
        address = program.asked["redirect_uri"]
        elsewhere = address.replace("/callback", f"/else?state={program.asked['state']}&code=x")
        assert requests.get(elsewhere, timeout=PATIENCE_SECONDS).status_code == 400
        requests.get(visitor.answer(program.address, address), timeout=PATIENCE_SECONDS)
        assert program.ended() == (0, f"{person.name}, level 2\n")


@pytest.fixture(scope="module")
def liar() -> Iterator[LocalProvider]:
    def nowhere(sent: Sent) -> Answer:
        raise AssertionError(f"{sent.url}: a native app hears of no logouts")

    port = free_port()
    provider = LocalProvider(f"http://localhost:{port}", nowhere, time.time)
    with serving(port, provider):
        yield provider


def test_it_signs_in_at_the_provider_that_lies_while_that_does_not(liar: LocalProvider) -> None:
    with signing_in(liar.issuer, "app") as program:
        requests.get(program.address, timeout=PATIENCE_SECONDS)
        assert program.ended() == (0, "张三, level 2\n")


@pytest.mark.parametrize("lie", LIES, ids=[lie.value for lie in LIES])
def test_it_takes_no_lie(liar: LocalProvider, lie: Lie) -> None:
    assert liar.tell(lie)
    try:
        with signing_in(liar.issuer, "app") as program:
            requests.get(program.address, timeout=PATIENCE_SECONDS)
            code, said = program.ended()
    finally:
        liar.tell(None)
    assert (code, said.startswith("Nobody is signed in: ")) == (1, True), said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "x"},
        {"code": "x", "iss": "https://attacker.example"},
        {"error": "access_denied"},
        {"error": "access_denied\x1b[2J", "iss": "{issuer}"},
        {"code": "of-nobody", "iss": "{issuer}"},
        {"iss": "{issuer}"},
    ],
    ids=["no iss", "another issuer", "an error of nobody", "an error", "a code of nobody", "nothing"],
)
def test_it_takes_no_hostile_answer(liar: LocalProvider, answer: dict[str, str]) -> None:
    with signing_in(liar.issuer, "app") as program:
        program.answer({name: value.replace("{issuer}", liar.issuer) for name, value in answer.items()})
        code, said = program.ended()
    assert (code, said.startswith("Nobody is signed in: ")) == (1, True), said
    assert "\x1b" not in said
