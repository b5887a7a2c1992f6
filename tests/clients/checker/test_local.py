"""The hostile provider of one's own machine, where scripts ask it."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients.checker import Answer, Sent
from clients.checker.local import LocalProvider

ISSUER = "http://localhost:9400"
ORIGIN = "http://spa.localhost:5000"
ALLOWED = "access-control-allow-origin"


def provider() -> LocalProvider:
    return LocalProvider(ISSUER, lambda _sent: Answer(200, (), b""), time.time, scripts_of=[ORIGIN])


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_scripts_of_the_application_may_read_what_it_answers(path: str, method: str) -> None:
    answer = provider()(Sent(method, f"{ISSUER}{path}", (("Origin", ORIGIN),)))
    assert answer.header(ALLOWED) == ORIGIN
    if method == "OPTIONS":
        assert answer.status == 204


@pytest.mark.parametrize(
    "origin",
    ["http://elsewhere.example", "http://spa.localhost:5001", "https://spa.localhost:5000", "null", "*"],
)
def test_attack_scripts_of_somebody_else_read_it(origin: str) -> None:
    answer = provider()(Sent("GET", f"{ISSUER}/userinfo", (("Origin", origin),)))
    assert answer.header(ALLOWED) == ""


def test_it_answers_in_a_fragment_where_that_is_asked_for() -> None:
    asked = f"client_id=a&redirect_uri={ORIGIN}/&state=s&response_mode=fragment"
    answer = provider()(Sent("GET", f"{ISSUER}/authorize?{asked}"))
    place = urlsplit(answer.header("location"))
    assert place.query == ""
    assert dict(parse_qsl(place.fragment)).keys() == {"code", "iss", "state"}
    told = json.loads(provider()(Sent("GET", f"{ISSUER}/.well-known/openid-configuration")).body)
    assert "fragment" in told["response_modes_supported"]
