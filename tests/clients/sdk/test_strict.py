"""By keys alone: pushed requests (RFC 9126), private_key_jwt (RFC 7523), tokens that are bound (RFC 9449)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients.sdk import AnswerRejected, Provider, ProviderUnreachable, Registration, SignIn, SignInRefused
from tests.clients.fake_provider import CLIENT_ID, serving
from tests.clients.sdk.strict_provider import StrictProvider
from tests.fakes import FakeClock

CALLBACK = "http://portal.localhost/callback"


@pytest.fixture
def strict() -> Iterator[StrictProvider]:
    with serving(StrictProvider()) as running:
        assert isinstance(running, StrictProvider)
        yield running


@pytest.fixture
def portal(strict: StrictProvider, clock: FakeClock) -> Provider:
    registration = Registration(
        strict.issuer,
        CLIENT_ID,
        private_key=strict.client_key.as_dict(private=True),
        dpop_key=strict.dpop_key.as_dict(private=True),
    )
    return Provider(registration, clock=clock)


def signed_in(portal: Provider, strict: StrictProvider) -> SignIn:
    browser: dict[str, Any] = {}
    answer = strict.authorize_pushed(portal.begin(browser, CALLBACK))
    return portal.finish(browser, dict(parse_qsl(urlsplit(answer).query)))


def test_a_sign_in_by_keys_alone(portal: Provider, strict: StrictProvider) -> None:
    found = signed_in(portal, strict)
    assert found.sub == "the-person"
    assert found.tokens is not None
    assert found.tokens.token_type == "DPoP"
    # Once for the nonce, once with it; from then on it is known.
    assert strict.seen.count("/token") == 2
    assert portal.refresh(found.tokens).refresh_token == "refresh-1"
    assert strict.seen.count("/token") == 3


def test_a_nonce_that_changes_is_followed(portal: Provider, strict: StrictProvider) -> None:
    found = signed_in(portal, strict)
    strict.nonce = "the-next-nonce"
    assert found.tokens is not None
    assert portal.refresh(found.tokens).refresh_token == "refresh-1"


def test_attack_an_unbound_token_for_who_wants_bound_ones(portal: Provider, strict: StrictProvider) -> None:
    strict._tokens = lambda: {  # type: ignore[method-assign]
        "access_token": "an-access-token",
        "token_type": "Bearer",
        "expires_in": 600,
    }
    with pytest.raises(AnswerRejected, match="not bound"):
        signed_in(portal, strict)


def test_revoking_ends_the_grant_by_its_refresh_token(portal: Provider, strict: StrictProvider) -> None:
    found = signed_in(portal, strict)
    assert found.tokens is not None
    portal.revoke(found.tokens)
    assert strict.revoked == ["refresh-0"]


def test_a_refused_push_says_why(portal: Provider, strict: StrictProvider) -> None:
    strict.answers["/par"] = (
        400,
        b'{"error": "invalid_scope", "error_description": "No. (reference ABC234)"}',
    )
    with pytest.raises(SignInRefused) as refused:
        portal.begin({}, CALLBACK)
    assert (refused.value.error, refused.value.description) == ("invalid_scope", "No. (reference ABC234)")
    assert "scope" in refused.value.advice


@pytest.mark.parametrize("answer", [b"{}", b'{"request_uri": 5}', b"[]"])
def test_a_push_without_an_address_is_trouble(
    portal: Provider, strict: StrictProvider, answer: bytes
) -> None:
    strict.answers["/par"] = (201, answer)
    with pytest.raises(ProviderUnreachable):
        portal.begin({}, CALLBACK)


def test_one_may_push_though_nobody_must(strict: StrictProvider, clock: FakeClock) -> None:
    strict.change_metadata = lambda metadata: metadata.update(
        pushed_authorization_request_endpoint=f"{strict.issuer}/par"
    )
    key = strict.client_key.as_dict(private=True)
    plain = Registration(strict.issuer, CLIENT_ID, private_key=key)
    pushing = Registration(strict.issuer, CLIENT_ID, private_key=key, pushes_requests=True)
    assert "code_challenge=" in Provider(plain, clock=clock).begin({}, CALLBACK)
    assert "request_uri=" in Provider(pushing, clock=clock).begin({}, CALLBACK)
