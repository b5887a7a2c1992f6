"""Assertions prove a client once, here, and within their time; everything else is refused alike."""

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import Key

from idp.crypto.digests import base64url
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.clients.credentials.assertions import TYPE, Assertions
from idp.oidc.clients.credentials.authentication import Authenticator
from idp.oidc.clients.credentials.client_secrets import ClientSecrets
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient, InvalidRequest
from idp.oidc.http import Request, RequestRefused
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.oidc.clients.signing import ISSUER, claims_of, new_key, signed, signing_client
from tests.idp.oidc.world import basic, parameters

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ENDPOINT = f"{ISSUER}/oauth2/introspect"
KEY, OTHER = new_key(), new_key()
SECRETS = ClientSecrets(b"k" * 32, FieldCipher(KeyRing("1", {"1": bytes(32)})))
BANK = signing_client("bank", KEY)
STRICT = signing_client("strict", KEY, profile="fapi2-security")
MODERN = signing_client("modern", KEY, profile="oauth21")


class Bench:
    def __init__(self, *clients: Client) -> None:
        self.clock = FakeClock(NOW)
        known = {client.client_id: client for client in clients or (BANK, STRICT, MODERN)}
        keys = ClientKeys(lambda _uri: b"", self.clock)
        store = MemoryStore(self.clock)
        self.authenticator = Authenticator(known.get, SECRETS, Assertions(ISSUER, keys, store), keys)

    def who(self, assertion: str, **form: str) -> str:
        fields = {"client_assertion_type": TYPE, "client_assertion": assertion, **form}
        return self.send(fields)

    def send(self, form: dict[str, str], authorization: str | None = None) -> str:
        headers = {} if authorization is None else {"authorization": authorization}
        request = Request("POST", "/oauth2/token", headers, form=parameters(form))
        return self.authenticator.authenticate(request, endpoint=ENDPOINT, now=self.clock()).client_id


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256", "EdDSA"])
def test_each_algorithm_proves_the_client(algorithm: str) -> None:
    key = new_key(algorithm)
    bench = Bench(signing_client("bank", key))
    assert bench.who(signed(key, claims_of("bank", NOW), algorithm=algorithm)) == "bank"


@pytest.mark.parametrize(
    "audience", [ISSUER, f"{ISSUER}/oauth2/token", ENDPOINT, [ISSUER], [ISSUER, ENDPOINT]]
)
def test_the_issuer_and_the_endpoint_are_audiences(bench: Bench, audience: Any) -> None:
    assert bench.who(signed(KEY, claims_of("bank", NOW, aud=audience)), client_id="bank") == "bank"


@pytest.mark.parametrize("audience", [f"{ISSUER}/oauth2/token", ENDPOINT, [ISSUER]])
def test_under_fapi_the_issuer_is_the_one_audience(bench: Bench, audience: Any) -> None:
    assert bench.who(signed(KEY, claims_of("strict", NOW))) == "strict"
    with pytest.raises(InvalidClient):
        bench.who(signed(KEY, claims_of("strict", NOW, aud=audience)))


def test_the_second_address_of_an_endpoint_is_an_audience_too(bench: Bench) -> None:
    """RFC 8705 section 5: where a client with a certificate calls."""
    store, origin = MemoryStore(bench.clock), "https://mtls.id.example"
    keys = ClientKeys(lambda _uri: b"", bench.clock)
    there = Bench()
    assertions = Assertions(ISSUER, keys, store, mtls_origin=origin)
    there.authenticator = replace(there.authenticator, assertions=assertions)
    for audience in (f"{origin}/oauth2/token", f"{origin}/oauth2/introspect", ISSUER):
        assert there.who(signed(KEY, claims_of("bank", NOW, aud=audience))) == "bank"
    for refusing, audience in (
        (there, origin),
        (there, "https://mtls.id.example.evil/oauth2/token"),
        (bench, f"{origin}/oauth2/token"),
    ):
        with pytest.raises(InvalidClient):
            refusing.who(signed(KEY, claims_of("bank", NOW, aud=audience)))


ONE = ("modern", {}), ("bank", {"typ": "client-authentication+jwt"})


@pytest.mark.parametrize(("client_id", "header"), ONE)
@pytest.mark.parametrize(
    "audience", [f"{ISSUER}/oauth2/token", ENDPOINT, [ISSUER, ENDPOINT], [ISSUER, ISSUER]]
)
def test_attack_an_assertion_for_one_server_is_used_at_another(
    bench: Bench, client_id: str, header: dict[str, str], audience: Any
) -> None:
    """draft-ietf-oauth-rfc7523bis section 4: the issuer is the sole audience, in a list or not."""
    for good in (ISSUER, [ISSUER]):
        assert bench.who(signed(KEY, claims_of(client_id, NOW, aud=good), **header)) == client_id
    with pytest.raises(InvalidClient):
        bench.who(signed(KEY, claims_of(client_id, NOW, aud=audience), **header))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/client-authentication+jwt"])
def test_the_types_of_an_assertion(bench: Bench, typ: str) -> None:
    assert bench.who(signed(KEY, claims_of("bank", NOW), typ=typ)) == "bank"


@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "dpop+jwt", "at+jwt", ""])
def test_attack_another_token_of_the_client_is_shown_as_an_assertion(bench: Bench, typ: Any) -> None:
    """RFC 8725 section 3.12."""
    with pytest.raises(InvalidClient):
        bench.who(signed(KEY, claims_of("bank", NOW), typ=typ))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "hall"},
        {"iss": None},
        {"aud": None},
        {"aud": []},
        {"aud": "https://elsewhere.example"},
        {"aud": [ISSUER, "https://elsewhere.example"]},
        {"aud": {"a": 1}},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 257},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**400},
        {"jti": "\ud800"},
        {"exp": int(NOW.timestamp())},
        {"exp": int(NOW.timestamp()) + 3611},
        {"exp": 1e400},
        {"iat": int(NOW.timestamp()) + 11},
        {"nbf": int(NOW.timestamp()) + 11},
    ],
)
def test_a_claim_that_is_wrong_refuses(bench: Bench, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClient, match="Client authentication failed"):
        bench.who(signed(KEY, claims_of("bank", NOW, **changes)))


def test_an_assertion_is_good_once_and_for_its_own_client(bench: Bench) -> None:
    assertion = signed(KEY, claims_of("bank", NOW, jti="one"))
    assert bench.who(assertion) == "bank"
    with pytest.raises(InvalidClient):
        bench.who(assertion)
    # The same jti of another client is another assertion.
    assert bench.who(signed(KEY, claims_of("strict", NOW, jti="one"))) == "strict"
    bench.clock.advance(71)
    with pytest.raises(InvalidClient):
        bench.who(assertion)


def test_an_assertion_that_failed_a_check_is_not_used_up(bench: Bench) -> None:
    early = signed(KEY, claims_of("bank", NOW, nbf=int(NOW.timestamp()) + 30))
    with pytest.raises(InvalidClient):
        bench.who(early)
    bench.clock.advance(30)
    assert bench.who(early) == "bank"


def test_the_key_must_be_the_clients_own(bench: Bench) -> None:
    for assertion in (
        signed(OTHER, claims_of("bank", NOW)),
        signed(OTHER, claims_of("bank", NOW), kid=KEY.kid),
        signed(OTHER, claims_of("bank", NOW), kid=None),
        # RFC 8725 section 3.8: a key that the token brings along proves nothing.
        signed(OTHER, claims_of("bank", NOW), kid=None, jwk=OTHER.as_dict(private=False)),
        signed(OTHER, claims_of("bank", NOW), jku="https://evil.example/jwks"),
        signed(KEY, claims_of("bank", NOW), kid="../../etc/passwd"),
        signed(KEY, claims_of("bank", NOW), crit=["b64"], b64=False),
    ):
        with pytest.raises(InvalidClient):
            bench.who(assertion)


def _unsigned(claims: dict[str, Any], **header: Any) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(base64url(part) for part in parts) + "."


def test_neither_none_nor_a_public_key_as_a_secret_is_a_signature(bench: Bench) -> None:
    claims = claims_of("bank", NOW)
    # RFC 8725 section 2.1: the public key's text as the secret of an HMAC. By hand, since libraries refuse.
    text = _unsigned(claims, alg="HS256", kid=KEY.kid)[:-1]
    mac = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")  # type: ignore[union-attr]
    confused = f"{text}.{base64url(mac)}"
    for assertion in (
        _unsigned(claims, alg="none"),
        _unsigned(claims, alg="None", kid=KEY.kid),
        _unsigned(claims, kid=KEY.kid),
        _unsigned(claims, alg=["ES256"]),
        _unsigned(claims, alg={"HS256": 1}),
        _unsigned(claims, alg="ES256", kid=[KEY.kid]),
        _unsigned(claims, alg="ES256", typ=["JWT"]),
        confused,
    ):
        with pytest.raises(InvalidClient):
            bench.who(assertion)


def test_a_registered_algorithm_is_the_only_one() -> None:
    rsa = new_key("PS256")
    bench = Bench(signing_client("bank", rsa, token_endpoint_auth_signing_alg="PS256"))
    assert bench.who(signed(rsa, claims_of("bank", NOW), algorithm="PS256")) == "bank"
    with pytest.raises(InvalidClient):
        bench.who(signed(rsa, claims_of("bank", NOW), algorithm="RS256"))


def test_one_way_at_a_time(bench: Bench) -> None:
    assertion = signed(KEY, claims_of("bank", NOW))
    fields = {"client_assertion_type": TYPE, "client_assertion": assertion}
    for form, authorization in (
        ({**fields, "client_secret": "s"}, None),
        (fields, basic("bank", "s")),
        ({"client_assertion": assertion}, None),
        (
            {**fields, "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
            None,
        ),
    ):
        with pytest.raises(InvalidRequest):
            bench.send(form, authorization)
    for form in (
        {**fields, "client_id": "strict"},
        {"client_id": "bank"},
        {"client_id": "bank", "client_secret": ""},
    ):
        with pytest.raises(InvalidClient):
            bench.send(form)


@given(
    st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,40}")
)
def test_whatever_comes_is_refused_and_never_breaks(text: str) -> None:
    bench = Bench()
    with pytest.raises((InvalidClient, InvalidRequest, RequestRefused)):
        bench.who(text)


def test_an_oversized_assertion_is_not_looked_at(bench: Bench) -> None:
    with pytest.raises(InvalidClient):
        bench.who(signed(KEY, claims_of("bank", NOW, filler="x" * 20000)))


def test_a_key_may_be_chosen_without_kid_only_when_there_is_no_choice() -> None:
    assertion = signed(KEY, claims_of("bank", NOW), kid=None)
    assert Bench(signing_client("bank", KEY)).who(assertion) == "bank"
    with pytest.raises(InvalidClient):
        Bench(signing_client("bank", KEY, OTHER)).who(signed(KEY, claims_of("bank", NOW), kid=None))


def test_a_key_for_encryption_signs_nothing() -> None:
    key: Key = new_key(use="enc")
    assertion = signed(new_key(kid=key.kid or ""), claims_of("bank", NOW))
    with pytest.raises(InvalidClient, match="failed") as refused:
        Bench(signing_client("bank", key)).who(assertion)
    assert "no key fits" in refused.value.detail


def test_dates_may_differ_by_the_skew_of_clocks(bench: Bench) -> None:
    ahead = NOW + timedelta(seconds=9)
    assert bench.who(signed(KEY, claims_of("bank", ahead, nbf=int(ahead.timestamp())))) == "bank"
