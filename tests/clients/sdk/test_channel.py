"""Requests to the provider are bounded, whatever answers at its address."""

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from clients.sdk import Busy, Provider, ProviderUnreachable, Registration, Tokens
from clients.sdk.channel import ANSWER_BYTES
from clients.sdk.dpop import wants_nonce
from clients.sdk.signing import algorithm_of, private_key
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider

METADATA = "/.well-known/openid-configuration"
HELD = Tokens("an-access-token", "Bearer", 0, "a-refresh-token")


def portal_of(issuer: str, **more: Any) -> Provider:
    return Provider(Registration(issuer, CLIENT_ID, CLIENT_SECRET), **more)


@contextmanager
def answering(*parts: bytes, pause_seconds: float = 0) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says these parts to whoever connects, and keeps the connection open; what it was sent."""
    seen: list[bytes] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    seen.append(connection.recv(65_536))
                    with suppress(OSError):
                        for part in parts:
                            connection.sendall(part)
                            over.wait(pause_seconds)
                    over.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            server.close()
            thread.join()


def test_attack_a_provider_that_never_answers() -> None:
    with answering() as (issuer, _seen), pytest.raises(ProviderUnreachable) as refused:
        portal_of(issuer, timeout_seconds=0.1).begin({}, "http://portal.localhost/callback")
    assert refused.value.error == "temporarily_unavailable"


def test_attack_an_answer_that_never_ends() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    with (
        answering(head, b" " * (ANSWER_BYTES + 1)) as (issuer, _seen),
        pytest.raises(ProviderUnreachable) as refused,
    ):
        portal_of(issuer, timeout_seconds=5).begin({}, "http://portal.localhost/callback")
    assert refused.value.error == "server_error"


def test_attack_an_answer_that_trickles_in() -> None:
    """Each byte comes in time, the whole never."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    with answering(head, *[b" "] * 2_000, pause_seconds=0.02) as (issuer, _seen):
        begun = time.monotonic()
        with pytest.raises(ProviderUnreachable):
            portal_of(issuer, timeout_seconds=0.3).begin({}, "http://portal.localhost/callback")
        assert time.monotonic() - begun < 20


def test_attack_a_redirect_that_would_take_the_secret_along(provider: FakeProvider) -> None:
    with answering() as (elsewhere, seen):
        head = f"HTTP/1.1 307 Away\r\nLocation: {elsewhere}/token\r\nContent-Length: 0\r\n\r\n".encode()
        with answering(head) as (away, _):
            provider.change_metadata = lambda metadata: metadata.update(token_endpoint=f"{away}/token")
            with pytest.raises(ProviderUnreachable):
                portal_of(provider.issuer).refresh(HELD)
        assert seen == []


def test_attack_a_password_of_the_machine_in_place_of_the_token(
    provider: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`requests` takes what .netrc has for a host, over any header of ours; the provider looks."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password of-the-machine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert portal_of(provider.issuer).userinfo(HELD)["sub"] == "the-person"


def test_id_and_secret_are_encoded_each_by_itself(provider: FakeProvider) -> None:
    """RFC 6749 section 2.3.1 and appendix B."""
    with answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as (away, seen):
        provider.change_metadata = lambda metadata: metadata.update(token_endpoint=f"{away}/token")
        registration = Registration(provider.issuer, "a:b", "p%q c")
        with pytest.raises(ProviderUnreachable):
            Provider(registration).refresh(HELD)
    sent = base64.b64encode(b"a%3Ab:p%25q+c")
    assert b"Authorization: Basic " + sent + b"\r\n" in seen[0]


def test_cookies_of_the_provider_are_not_kept(provider: FakeProvider) -> None:
    portal = portal_of(provider.issuer)
    portal.begin({}, "http://portal.localhost/callback")
    assert dict(portal._channel._session.cookies) == {}


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (ECKey.generate_key("P-384"), "ES384"),
        (OKPKey.generate_key("Ed25519"), "EdDSA"),
        (RSAKey.generate_key(2048), "PS256"),
        (RSAKey.generate_key(2048, {"alg": "RS256"}), "RS256"),
    ],
)
def test_the_algorithm_goes_with_the_key(key: Any, algorithm: str) -> None:
    assert algorithm_of(private_key(key.as_dict(private=True))) == algorithm


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC"},
        ECKey.generate_key("P-256").as_dict(private=False),
        OKPKey.generate_key("X25519").as_dict(private=True),
        OctKey.generate_key(256).as_dict(private=True),
    ],
)
def test_what_signs_nothing_is_refused_without_a_word_of_it(jwk: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refused:
        private_key(jwk)
    assert all(value not in str(refused.value) for name, value in jwk.items() if name in ("d", "k", "x"))


@given(st.integers(200, 500), st.text(), st.binary())
def test_nothing_is_raised_by_what_may_ask_for_a_nonce(status: int, challenge: str, content: bytes) -> None:
    headers = {"DPoP-Nonce": "n", "WWW-Authenticate": challenge}
    if wants_nonce(status, headers, content):
        assert status in (400, 401)


def test_a_nonce_is_asked_for_in_two_ways() -> None:
    asked = {"DPoP-Nonce": "n"}
    assert wants_nonce(400, asked, b'{"error": "use_dpop_nonce"}')
    assert wants_nonce(401, {**asked, "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}, b"")
    assert not wants_nonce(400, {}, b'{"error": "use_dpop_nonce"}')
    assert not wants_nonce(400, asked, b'{"error": "invalid_dpop_proof"}')
    assert not wants_nonce(200, asked, b'{"error": "use_dpop_nonce"}')


def test_an_answer_in_parts_is_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = (b'5\r\n{"iss\r\n', b'9\r\nuer": "x"\r\n', b"1\r\n}\r\n", b"0\r\n\r\n")
    with answering(head, *parts, pause_seconds=0.01) as (address, _seen):
        portal = portal_of(address)
        assert portal._channel.get(address) == {"issuer": "x"}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("17", 17), ("999999999", 86_400), ("", None), ("-1", None), ("soon", None), ("1" * 50, None)],
)
def test_a_provider_that_asks_to_wait_is_heeded(said: str, seconds: int | None) -> None:
    body = b'{"error": "temporarily_unavailable"}'
    head = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {said}\r\nContent-Length: {len(body)}\r\n\r\n"
    with answering(head.encode() + body) as (issuer, _seen), pytest.raises(Busy) as told:
        portal_of(issuer).begin({}, "http://portal.localhost/callback")
    assert told.value.retry_after == seconds
    assert told.value.error == "temporarily_unavailable"
