"""Metadata and keys: read by one for all, anew when it is time, and never on a stranger's word alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from clients.sdk import LogoutRefused, Provider, ProviderUnreachable, Registration
from clients.sdk.discovery import KEYS_ANEW_SECONDS, TOKEN_CHARACTERS
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, ec_key, rsa_key
from tests.fakes import FakeClock

METADATA = "/.well-known/openid-configuration"
THREADS = 20


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def portal(provider: FakeProvider, clock: FakeClock, seconds: Seconds) -> Provider:
    registration = Registration(provider.issuer, CLIENT_ID, CLIENT_SECRET)
    return Provider(registration, clock=clock, monotonic=seconds)


def test_many_threads_read_once(portal: Provider, provider: FakeProvider) -> None:
    tokens = [provider.logout_token() for _ in range(THREADS)]
    together = threading.Barrier(THREADS)

    def read(token: str) -> str | None:
        together.wait()
        return portal.logout_notice(token).sid

    with ThreadPoolExecutor(THREADS) as pool:
        assert {one.result() for one in [pool.submit(read, token) for token in tokens]} == {"the-session"}
    assert sorted(provider.seen) == [METADATA, "/jwks"]


def test_an_unknown_key_is_asked_about_once_a_minute(
    portal: Provider, provider: FakeProvider, seconds: Seconds
) -> None:
    portal.logout_notice(provider.logout_token())
    for _ in range(3):
        with pytest.raises(LogoutRefused, match="no key"):
            portal.logout_notice(provider.logout_token(key=ec_key("made-up")))
    assert provider.seen.count("/jwks") == 2
    seconds.now += KEYS_ANEW_SECONDS
    with pytest.raises(LogoutRefused):
        portal.logout_notice(provider.logout_token(key=ec_key("made-up")))
    assert provider.seen.count("/jwks") == 3


def test_a_token_without_kid_counts_where_there_is_one_key_alone(
    portal: Provider, provider: FakeProvider, seconds: Seconds
) -> None:
    bare = {"alg": "ES256", "typ": "logout+jwt"}
    assert portal.logout_notice(provider.logout_token(header=dict(bare))).sid == "the-session"
    provider.published.append(ec_key("second"))
    seconds.now += 4000
    with pytest.raises(LogoutRefused):
        portal.logout_notice(provider.logout_token(header=dict(bare)))


def test_keys_of_another_use_sign_nothing(portal: Provider, provider: FakeProvider) -> None:
    pair = ECKey.generate_key("P-256", {"kid": "sealing"})
    provider.published.append(ECKey.import_key({**pair.as_dict(private=False), "use": "enc"}))
    with pytest.raises(LogoutRefused, match="no key"):
        portal.logout_notice(provider.logout_token(key=pair))


def test_attack_a_key_of_another_kind_under_the_registered_algorithm(
    portal: Provider, provider: FakeProvider
) -> None:
    provider.published.append(rsa_key("rsa"))
    header = {"alg": "RS256", "kid": "rsa", "typ": "logout+jwt"}
    with pytest.raises(LogoutRefused, match="ES256"):
        portal.logout_notice(provider.logout_token(key=provider.published[1], header=header))


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks_uri": 5},
        {"token_endpoint": "ftp://provider.test/"},
        {"userinfo_endpoint": "http://provider.test/"},
        {"authorization_endpoint": "https://["},
        {"pushed_authorization_request_endpoint": "nowhere"},
    ],
)
def test_metadata_that_cannot_be_used_are_trouble_and_are_not_kept(
    portal: Provider, provider: FakeProvider, wrong: dict[str, Any]
) -> None:
    provider.change_metadata = lambda metadata: metadata.update(wrong)
    with pytest.raises(ProviderUnreachable):
        portal.begin({}, "http://portal.localhost/callback")
    provider.change_metadata = lambda _metadata: None
    assert portal.begin({}, "http://portal.localhost/callback")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text()
    | st.lists(st.text(st.sampled_from("eyJhbGciOiJFUzI1NiJ9_-="), max_size=40), min_size=2, max_size=5).map(
        ".".join
    )
)
def test_nothing_else_is_raised_by_any_token(portal: Provider, token: str) -> None:
    with suppress(LogoutRefused):
        portal.logout_notice(token)


@pytest.mark.parametrize(
    "token",
    [
        "x" * (TOKEN_CHARACTERS + 1),
        "\ud800.a.b",
        # {"alg":"ES256","kid":{}}
        "eyJhbGciOiJFUzI1NiIsImtpZCI6e319.e30.AAAA",
        # {"alg":"none"}
        "eyJhbGciOiJub25lIn0.e30.",
        # [[[[...
        "W1tbW1tb." * 2 + "AAAA",
    ],
)
def test_attack_a_token_that_is_made_to_break_its_reader(portal: Provider, token: str) -> None:
    with pytest.raises(LogoutRefused):
        portal.logout_notice(token)
