"""Keys behind a jwks_uri: fetched seldom, followed when they rotate, never a lever against us."""

import json
from datetime import UTC, datetime
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.metadata import MetadataRefused
from idp.oidc.jose.jws import KeyUnknown
from idp.oidc.jose.public_keys import KeysRefused, public_keys
from tests.fakes import FakeClock
from tests.idp.oidc.clients.signing import jwks_of, new_key, signing_client

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
URI = "https://bank.example/jwks"
OLD, NEW = new_key(), new_key()
BANK = signing_client("bank", jwks_uri=URI)


class Server:
    def __init__(self, *keys: Any) -> None:
        self.answer: bytes | Exception = json.dumps(jwks_of(*keys)).encode()
        self.asked = 0

    def __call__(self, uri: str) -> bytes:
        assert uri == URI
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_set_is_fetched_once_and_again_after_its_time() -> None:
    clock, server = FakeClock(NOW), Server(OLD)
    keys = ClientKeys(server, clock)
    for _ in range(5):
        assert keys.find(BANK, OLD.kid, "ES256").kid == OLD.kid
    assert server.asked == 1
    clock.advance(601)
    keys.find(BANK, OLD.kid, "ES256")
    assert server.asked == 2


def test_a_rotated_key_is_found_at_once_but_nobody_makes_us_knock_without_end() -> None:
    clock, server = FakeClock(NOW), Server(OLD)
    keys = ClientKeys(server, clock)
    keys.find(BANK, OLD.kid, "ES256")
    clock.advance(31)
    server.answer = json.dumps(jwks_of(OLD, NEW)).encode()
    assert keys.find(BANK, NEW.kid, "ES256").kid == NEW.kid
    for number in range(20):
        with pytest.raises(KeyUnknown):
            keys.find(BANK, f"made up {number}", "ES256")
    assert server.asked == 2


def test_an_old_set_serves_while_the_server_is_away_but_not_for_ever() -> None:
    clock, server = FakeClock(NOW), Server(OLD)
    keys = ClientKeys(server, clock)
    keys.find(BANK, OLD.kid, "ES256")
    server.answer = OSError("down")
    clock.advance(3599)
    assert keys.find(BANK, OLD.kid, "ES256").kid == OLD.kid
    clock.advance(31)
    with pytest.raises(KeyUnknown):
        keys.find(BANK, OLD.kid, "ES256")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"keys": []}',
        b'{"keys": [{"kty": "oct", "k": "AAAA"}]}',
        b'{"keys": 1}',
        b'{"keys": [{"kty": ["EC"]}]}',
        b'{"keys": [{"kty": {}}, 7]}',
        b"[" * 9000,
    ],
)
def test_what_is_no_set_of_keys_proves_nobody(answer: bytes) -> None:
    server = Server(OLD)
    server.answer = answer
    with pytest.raises(KeyUnknown):
        ClientKeys(server, FakeClock(NOW)).find(BANK, OLD.kid, "ES256")


def test_many_requests_at_once_fetch_once() -> None:
    begun, go_on = Event(), Event()
    server = Server(OLD)

    def slow(uri: str) -> bytes:
        begun.set()
        assert go_on.wait(5)
        return server(uri)

    keys, found, start = ClientKeys(slow, FakeClock(NOW)), [], Barrier(6)

    def ask() -> None:
        start.wait(5)
        found.append(keys.find(BANK, OLD.kid, "ES256").kid)

    threads = [Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    start.wait(5)
    assert begun.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert found == [OLD.kid] * 5
    assert server.asked == 1


@pytest.mark.parametrize("use", [["sig"], ["enc", "sig"], [], ["sig", {}]])
def test_attack_a_use_that_is_no_text_is_an_error_of_ours(use: Any) -> None:
    """Neither a registration nor a token request of a client whose `jwks_uri` says so ends in a 500."""
    document = jwks_of(new_key())
    document["keys"][0]["use"] = use
    with pytest.raises(KeysRefused):
        public_keys(document)
    keys = ClientKeys(lambda _uri: json.dumps(document).encode(), FakeClock(NOW))
    with pytest.raises(KeyUnknown):
        keys.recipient(signing_client(jwks_uri="https://rp.example/keys"), "ECDH-ES")


@pytest.mark.parametrize(
    "broken",
    [
        {"kty": "EC", "crv": "P-256", "x": "AA"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {"kty": "OKP"},
        {"kty": "EC", "use": ["sig"]},
        {"kty": ["EC"]},
        {"kty": "of tomorrow"},
        "no key",
    ],
)
def test_one_key_that_cannot_be_used_does_not_lock_its_client_out(broken: Any) -> None:
    """RFC 7517 section 5. Where it is registered by value, its owner is told."""
    document = {"keys": [broken, *jwks_of(OLD)["keys"]]}
    keys = ClientKeys(lambda _uri: json.dumps(document).encode(), FakeClock(NOW))
    assert keys.find(BANK, OLD.kid, "ES256").kid == OLD.kid


def test_private_and_weak_keys_are_not_registered() -> None:
    with pytest.raises(KeysRefused, match="private"):
        public_keys({"keys": [OLD.as_dict(private=True)]})
    from joserfc.jwk import RSAKey

    with pytest.warns(Warning, match="2048"):
        weak = RSAKey.generate_key(1024)
    with pytest.raises(KeysRefused), pytest.warns(Warning, match="2048"):
        public_keys(jwks_of(weak))
    with pytest.raises(KeysRefused):
        public_keys(jwks_of(*[OLD] * 21))


@pytest.mark.parametrize(
    "fields",
    [
        {"jwks_uri": URI, "jwks": jwks_of(OLD)},
        {"jwks_uri": "http://bank.example/jwks"},
        {"jwks_uri": URI, "token_endpoint_auth_signing_alg": "none"},
        {"jwks_uri": URI, "token_endpoint_auth_signing_alg": "RS256", "profile": "fapi2-security"},
        {"jwks_uri": URI, "profile": "fapi2-security", "require_pkce": False},
        {"jwks_uri": URI, "profile": "fapi2-security", "token_endpoint_auth_method": "client_secret_basic"},
        {"jwks_uri": URI, "profile": "fapi3"},
    ],
)
def test_registrations_that_contradict_themselves_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(MetadataRefused):
        signing_client("bank", **fields)
