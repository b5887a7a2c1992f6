"""The Python package against a running provider, by keys alone: pushed, bound, refreshed once for many."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients.sdk import (
    FreshTokens,
    NotSignedIn,
    Provider,
    Registration,
    SignIn,
    SignInRefused,
    Tokens,
    in_memory,
)
from tests.idp.oidc.clients.signing import new_key
from tests.interop.provider import Registered
from tests.interop.visitor import Visitor
from tests.journeys.stack import Stack

pytestmark = pytest.mark.interop

THREADS = 20


@pytest.fixture(scope="module")
def client(clients: dict[str, Registered]) -> Registered:
    return clients["relying-party-fapi"]


@pytest.fixture(scope="module")
def portal(stack: Stack, client: Registered) -> Provider:
    registration = Registration(
        stack.issuer,
        client.client_id,
        scope=client.metadata["scope"],
        private_key=client.key,
        dpop_key=new_key("ES256").as_dict(private=True),
        pushes_requests=True,
    )
    return Provider(registration)


def sign_in(portal: Provider, visitor: Visitor, client: Registered, **asked: Any) -> SignIn:
    browser: dict[str, Any] = {}
    address = portal.begin(browser, client.redirect_uri, **asked)
    back = visitor.answer(address, client.redirect_uri)
    return portal.finish(browser, dict(parse_qsl(urlsplit(back).query)))


def test_it_signs_a_person_in_by_keys_alone(portal: Provider, visitor: Visitor, client: Registered) -> None:
    found = sign_in(portal, visitor, client)
    assert found.claims["name"]
    assert found.level(datetime.now(UTC)) == 2
    assert found.tokens is not None
    assert found.tokens.token_type == "DPoP"
    # In the same browser, with a proof that is fresh enough.
    again = sign_in(portal, visitor, client, max_age=600)
    assert again.sub == found.sub
    assert again.age_seconds(datetime.now(UTC)) < 600


def test_twenty_threads_refresh_once_and_the_grant_ends_when_it_is_revoked(
    portal: Provider, visitor: Visitor, client: Registered
) -> None:
    held = sign_in(portal, visitor, client).tokens
    assert held is not None
    requests: list[Tokens] = []

    def refresh(old: Tokens) -> Tokens:
        requests.append(old)
        return portal.refresh(old)

    tokens = FreshTokens(in_memory(), refresh, portal.revoke)
    tokens.keep("me", Tokens(held.access_token, held.token_type, 0, held.refresh_token, held.scope))
    together = threading.Barrier(THREADS)

    def get() -> Tokens:
        together.wait()
        return tokens.get("me")

    with ThreadPoolExecutor(THREADS) as pool:
        got = {one.result().access_token for one in [pool.submit(get) for _ in range(THREADS)]}
    assert len(requests) == len(got) == 1
    assert got != {held.access_token}
    assert portal.userinfo(tokens.get("me"))["name"]
    left = tokens.forget("me")
    assert left is not None
    portal.revoke(left)
    with pytest.raises(SignInRefused):
        portal.refresh(left)
    tokens.keep("me", Tokens(left.access_token, left.token_type, 0, left.refresh_token, left.scope))
    with pytest.raises(NotSignedIn):
        tokens.get("me")


def test_a_scope_that_is_not_registered_is_told_with_its_reference(
    portal: Provider, client: Registered
) -> None:
    registered = portal.registration
    more = Registration(
        registered.issuer,
        client.client_id,
        scope="openid phone",
        private_key=registered.private_key,
        pushes_requests=True,
    )
    with pytest.raises(SignInRefused) as refused:
        Provider(more).begin({}, client.redirect_uri)
    assert refused.value.error == "invalid_scope"
    assert "reference" in refused.value.description
    assert "registration" in refused.value.advice
