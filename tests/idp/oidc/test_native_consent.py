"""Who may have asked: an app without a secret is known by where its answers go, if by anything (RFC 8252)."""

import pytest

from idp.oidc.clients.metadata import Client, read
from idp.oidc.next_step import Facts, Step, next_step
from tests.idp.oidc.asked import NOW, PRESENCE, SCOPES, ago, agreed, interaction, signed_in

CLAIMED = "https://app.example.gov.cn/callback"
LOOPBACK = "http://127.0.0.1/callback"
SCHEME = "cn.gov.example.app:/callback"


def app(redirect_uri: str, **more: object) -> Client:
    fields = {
        "client_id": "hall",
        "sector": "hall.example",
        "client_name": "Hall",
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": [redirect_uri],
        "scope": " ".join(SCOPES),
    }
    return Client(read(fields | more), (), True)


def next_of(client: Client, redirect_uri: str, *, agreed_ago: float, prompt: tuple[str, ...] = ()) -> Step:
    asked = interaction(ago(30), redirect_uri=redirect_uri, prompt=prompt)
    return next_step(asked, Facts(signed_in((2, 60)), client, agreed(agreed_ago), PRESENCE, "sub"), NOW)


@pytest.mark.parametrize("redirect_uri", [LOOPBACK, SCHEME])
def test_attack_another_program_asks_in_the_name_of_an_app_that_was_allowed_before(redirect_uri: str) -> None:
    assert next_of(app(redirect_uri), redirect_uri, agreed_ago=31) is Step.CONSENT
    assert next_of(app(redirect_uri), redirect_uri, agreed_ago=30) is Step.ISSUE


@pytest.mark.parametrize("redirect_uri", [LOOPBACK, SCHEME])
def test_attack_it_asks_without_a_page(redirect_uri: str) -> None:
    found = next_of(app(redirect_uri), redirect_uri, agreed_ago=31, prompt=("none",))
    assert found is Step.CONSENT_REQUIRED


def test_what_the_system_gives_to_one_app_alone_is_known_again() -> None:
    assert next_of(app(CLAIMED), CLAIMED, agreed_ago=31) is Step.ISSUE


def test_an_app_that_proves_itself_is_known_again() -> None:
    proven = app(LOOPBACK, token_endpoint_auth_method="client_secret_basic")
    assert next_of(proven, LOOPBACK, agreed_ago=31) is Step.ISSUE
