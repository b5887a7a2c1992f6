"""How clients prove who they are, and that all failures look alike."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.crypto.digests import same
from idp.crypto.fields import FieldCipher
from idp.crypto.master_key import KeyRing
from idp.oidc.clients.credentials.assertions import Assertions
from idp.oidc.clients.credentials.authentication import Authenticator
from idp.oidc.clients.credentials.client_secrets import ClientSecrets, new_client_secret, secret_mac
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.credentials.kept_secret import KeptSecret
from idp.oidc.clients.metadata import Client, read
from idp.oidc.errors import InvalidClient, InvalidRequest
from idp.oidc.http import Request
from idp.storage.ephemeral.memory import MemoryStore
from tests.idp.oidc.world import basic, parameters

KEY = b"k" * 32
SECRET = "s3cret+ and/more"
SECRETS = ClientSecrets(KEY, FieldCipher(KeyRing("1", {"1": bytes(32)})))


def client(method: str, client_id: str = "hall") -> Client:
    fields = {
        "client_id": client_id,
        "sector": "hall.example",
        "client_name": "Hall",
        "redirect_uris": ["https://hall.example/callback"],
        "token_endpoint_auth_method": method,
    }
    kept = () if method == "none" else (KeptSecret("one", secret_mac(KEY, client_id, SECRET)),)
    return Client(read(fields), kept, True)


CLIENTS = {
    "hall": client("client_secret_basic"),
    "post": client("client_secret_post", "post"),
    "page": client("none", "page"),
}


NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
STORE = MemoryStore(lambda: NOW)
KEYS = ClientKeys(lambda _uri: b"", lambda: NOW)
AUTHENTICATOR = Authenticator(CLIENTS.get, SECRETS, Assertions("https://id.example", KEYS, STORE), KEYS)


def request(form: dict[str, str], authorization: str | None = None) -> Request:
    headers = {} if authorization is None else {"authorization": authorization}
    return Request("POST", "/oauth2/token", headers, form=parameters(form))


def who(form: dict[str, str], authorization: str | None = None) -> str:
    return AUTHENTICATOR.authenticate(
        request(form, authorization), endpoint="https://id.example/oauth2/token", now=NOW
    ).client_id


def test_each_registered_method_works() -> None:
    # RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
    assert who({}, basic("hall", "s3cret%2B+and%2Fmore")) == "hall"
    assert (
        who({"client_id": "hall"}, basic("hall", "s3cret%2B+and%2Fmore").replace("Basic", "bAsIc")) == "hall"
    )
    assert who({"client_id": "post", "client_secret": SECRET}) == "post"
    assert who({"client_id": "page"}) == "page"


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        ({}, None),
        ({}, basic("hall", "wrong")),
        ({}, basic("nobody", SECRET)),
        ({}, basic("page", "")),
        ({}, basic("page", "anything")),
        ({}, "Basic !!!"),
        ({}, "Basic " + b64encode(b"no colon").decode()),
        ({}, "Basic " + b64encode(b"hall:%ff").decode()),
        ({}, "Bearer token"),
        ({"client_id": "hall"}, None),
        ({"client_id": "hall", "client_secret": SECRET}, None),
        ({"client_id": "page", "client_secret": SECRET}, None),
        ({"client_id": "post"}, None),
    ],
)
def test_all_failures_are_invalid_client(form: dict[str, str], authorization: str | None) -> None:
    with pytest.raises(InvalidClient) as refused:
        who(form, authorization)
    assert SECRET not in f"{refused.value} {refused.value.detail}"


def test_wrong_secret_unknown_client_and_wrong_method_say_the_same() -> None:
    said = set()
    for authorization in (basic("hall", "wrong"), basic("nobody", "x"), basic("post", "x")):
        with pytest.raises(InvalidClient) as refused:
            who({}, authorization)
        said.add(refused.value.description)
    assert len(said) == 1


def test_two_ways_at_once_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        who({"client_id": "hall", "client_secret": SECRET}, basic("hall", "x"))
    with pytest.raises(InvalidRequest):
        who({"client_id": "post"}, basic("hall", "x"))
    with pytest.raises(InvalidRequest):
        who({"client_assertion": "a.b.c"}, basic("hall", "x"))


@pytest.mark.parametrize("client_id", ["hall", "nobody"])
def test_timing_what_became_of_a_secret_is_asked_of_unknown_clients_too(client_id: str) -> None:
    asked = []

    def find(mac: str, expired_id: str) -> None:
        asked.append((mac, expired_id))

    authenticator = replace(AUTHENTICATOR, former=find)
    with pytest.raises(InvalidClient):
        authenticator.authenticate(request({}, basic(client_id, "wrong")), endpoint="", now=NOW)
    assert asked == [(secret_mac(KEY, client_id, "wrong"), "")]


def test_a_secret_is_bound_to_its_client() -> None:
    assert secret_mac(KEY, "hall", SECRET) != secret_mac(KEY, "tax", SECRET)
    assert len(new_client_secret()) == 43


@pytest.mark.parametrize("secret", ["wrong", "wrong ", "wr%2Bong", "wr%252Bong"])
def test_timing_who_is_unknown_costs_as_many_comparisons_as_who_is_not(secret: str) -> None:
    """Also of what is worked out for the doctor, and of a client that has another method."""
    compared: list[str] = []

    def counted(left: str, right: str) -> bool:
        compared.append(right)
        return same(left, right)

    counting = replace(AUTHENTICATOR, secrets=replace(SECRETS, same=counted))
    costs = set()
    for client_id in ("hall", "post", "page", "nobody"):
        compared.clear()
        with pytest.raises(InvalidClient):
            counting.authenticate(
                request({}, basic(client_id, secret)), endpoint="https://id.example/oauth2/token", now=NOW
            )
        costs.add(len(compared))
    assert len(costs) == 1
    assert costs != {0}


@given(st.text(max_size=200))
def test_no_header_but_the_right_one_opens(header: str) -> None:
    with pytest.raises((InvalidClient, InvalidRequest)):
        who({}, header)
