"""The sample signing agent, at its real address, and the page that it signs for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread

import pytest
import requests

from clients.licence_app.keys import read_key
from clients.signing_agent.agent import PATH, Agent
from clients.signing_agent.agent import Licence as AgentsLicence
from clients.signing_agent.challenge import Challenge
from clients.signing_agent.server import serve
from idp.crypto.digests import base64url
from tests.idp.login.licences.licensing import Licence, Licensing, licence_text
from tests.idp.login.licences.test_signature import at_the_text
from tests.idp.login.visitor import ISSUER, Site
from tests.ports import free_port


@dataclass
class Running:
    site: Site
    port: int
    licence: Licence
    agrees: bool = True
    asked: list[Challenge] = field(default_factory=list)

    def confirm(self, asked: Challenge) -> bool:
        self.asked.append(asked)
        return self.agrees

    def clock(self) -> datetime:
        return self.site.clock()

    def sign(self, text: bytes, **changes: str) -> requests.Response:
        return self.post(json.dumps({"challenge": base64url(text)}).encode(), **changes)

    def post(self, body: bytes, *, path: str = PATH, **headers: str) -> requests.Response:
        usual = {"Origin": ISSUER, "Content-Type": "application/json"}
        sent = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(f"http://127.0.0.1:{self.port}{path}", data=body, headers=sent, timeout=10)


@pytest.fixture
def licensing(site: Site) -> Licensing:
    return Licensing(site)


@pytest.fixture(params=["sm2"])
def agent(licensing: Licensing, site: Site, request: pytest.FixtureRequest) -> Iterator[Running]:
    licence = licensing.issue(request.param)
    running = Running(site, free_port(), licence)
    made = Agent(
        AgentsLicence(licence.certificate.decode(), licence.chain.decode(), read_key(licence.key)),
        origins=frozenset({ISSUER}),
        port=running.port,
        confirm=running.confirm,
        clock=running.clock,
    )
    with serve(made, running.port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("agent", ["sm2", "ecdsa", "rsa"], indirect=True)
def test_what_the_agent_signs_signs_in(agent: Running, site: Site) -> None:
    visitor = at_the_text(site)
    answer = agent.sign(licence_text(visitor))
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ISSUER
    visitor.submit("agent-form", **answer.json())
    assert visitor.path == "/consent"
    assert site.events("licence_accepted")[0]["carrier"] == "agent"
    assert [one.origin for one in agent.asked] == [ISSUER]


def test_the_page_asks_the_version_that_the_agent_speaks(agent: Running, site: Site) -> None:
    asked = at_the_text(site).page.elements["agent-form"]["data-agent"]
    port = site.services.settings.licences.signing_agent_port
    assert f"{asked}/sign" == f"http://127.0.0.1:{port}{PATH}"


def test_the_person_says_no(agent: Running, site: Site) -> None:
    agent.agrees = False
    answer = agent.sign(licence_text(at_the_text(site)))
    assert (answer.status_code, answer.json()) == (403, {"error": "declined"})


def test_a_browser_asks_first(agent: Running) -> None:
    preflight = {
        "Origin": ISSUER,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    answer = requests.options(f"http://127.0.0.1:{agent.port}{PATH}", headers=preflight, timeout=10)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ISSUER
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Host": "evil.example:24811"},
        {"Host": "localhost"},
    ],
)
def test_another_page_gets_nothing_and_the_person_is_not_bothered(
    agent: Running, site: Site, headers: dict[str, str]
) -> None:
    answer = agent.sign(licence_text(at_the_text(site)), **headers)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert agent.asked == []


def test_a_form_of_another_page_is_no_request(agent: Running, site: Site) -> None:
    """Browsers send these without asking first."""
    text = licence_text(at_the_text(site))
    for simple in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert agent.sign(text, Content_Type=simple).status_code == 415
    assert agent.asked == []


def test_nothing_but_a_challenge_is_signed(agent: Running, site: Site) -> None:
    text = licence_text(at_the_text(site))
    for other in (
        b"",
        b"transfer all my money\n",
        text + b"more\n",
        text.replace(b"sign-in", b"transfer"),
        text.replace(ISSUER.encode(), b"https://evil.example"),
        text.replace(b"\n", b"\r\n"),
    ):
        answer = agent.sign(other)
        assert (answer.status_code, answer.json()["error"]) == (400, "challenge")
    site.clock.advance(3600)
    assert agent.sign(text).json()["reason"] == "expired"
    assert agent.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"challenge": 1}', b'{"challenge": "a", "more": "b"}', b"[" * 4000]
)
def test_what_is_no_request_of_this_version(agent: Running, body: bytes) -> None:
    assert agent.post(body).status_code == 400


def test_another_version_is_not_there(agent: Running) -> None:
    assert agent.post(b"{}", path="/yitong-signing-agent/2/sign").status_code == 404


def test_a_body_has_its_bounds(agent: Running) -> None:
    assert agent.post(b"x" * 5000).status_code == 413
