"""Secrets that have to be known: kept for the clients that need it alone, and good for a MAC alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from idp.commands.people import SEALED_TABLES
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.models import metadata
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes.manifests import Applied, Change, apply
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.credentials.client_secrets import SEALED, ClientSecret, ClientSecrets
from idp.oidc.clients.credentials.named_secrets import SHARED
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from idp.oidc.jose import jws
from idp.oidc.jose.jws import TokenRefused
from idp.people import reencrypt
from tests.idp.oidc.clients.secret_rows import secrets_of
from tests.idp.oidc.clients.signing import claims_of, jwks_of, mac_signed, new_key, signed
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.registration.registering import body_of, opened, replacement
from tests.idp.oidc.world import HALL, World, basic

KEY = new_key()
JWT = "client_secret_jwt"
MANIFEST = """
client_id = "hall"
client_name = "Hall"
sector = "hall.example"
redirect_uris = ["http://hall.localhost:8001/callback"]
grant_types = ["authorization_code", "client_credentials"]
scope = "openid licences:read"
"""
ONE, TWO = b"1" * 32, b"2" * 32


def applied(world: World, folder: Path, method: str, more: str = "") -> Applied:
    world.clock.advance(SECONDS + 1)
    file = folder / "hall.toml"
    file.write_text(f'{MANIFEST}token_endpoint_auth_method = "{method}"\n{more}', "utf-8")
    secrets = world.provider.authenticator.secrets
    with world.provider.sessions.begin() as session:
        return apply(session, file, NOW, secrets=secrets, secret_root=folder)


def row(world: World) -> ClientRecord:
    with Session(world.provider.reads) as session:
        return session.get_one(ClientRecord, HALL)


def kept(world: World) -> list[ClientSecret]:
    with Session(world.provider.reads) as session:
        return secrets_of(session, HALL)


def ask(world: World, assertion: str) -> Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    return world.post("/oauth2/token", form)


@pytest.fixture
def secret(world: World, tmp_path: Path) -> bytes:
    found = applied(world, tmp_path, JWT).new_secret
    assert found is not None
    return found.encode()


def test_a_mac_with_the_secret_proves_the_client_once(world: World, secret: bytes) -> None:
    # RFC 7518 section 3.2; OpenID Connect Core 1.0 section 16.19
    assert len(secret) >= 32
    assertion = mac_signed(secret, claims_of(HALL, world.clock()))
    assert ask(world, assertion).status == 200
    assert ask(world, assertion).status == 401
    assert ask(world, mac_signed(b"x" * 43, claims_of(HALL, world.clock()))).status == 401


def test_the_secret_itself_is_no_longer_sent(world: World, secret: bytes) -> None:
    form = {"grant_type": "client_credentials"}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, secret.decode())).status == 401
    in_the_body = {**form, "client_id": HALL, "client_secret": secret.decode()}
    assert world.post("/oauth2/token", in_the_body).status == 401


def test_attack_the_algorithm_of_a_mac_with_a_public_key_as_the_secret(world: World, tmp_path: Path) -> None:
    """RFC 8725 section 2.1."""
    applied(world, tmp_path, "private_key_jwt", f"jwks = {toml(jwks_of(KEY))}\n")
    public = (
        KEY.as_pem(private=False),  # type: ignore[union-attr]
        json.dumps(KEY.as_dict(private=False)).encode(),
        b"",
        bytes(32),
    )
    assert ask(world, signed(KEY, claims_of(HALL, world.clock()))).status == 200
    for text in public:
        for header in ({}, {"kid": KEY.kid}, {"alg": "hs256"}, {"alg": "HS512"}):
            assert ask(world, mac_signed(text, claims_of(HALL, world.clock()), **header)).status == 401


def test_attack_a_signature_of_ones_own_where_a_mac_is_due(world: World, secret: bytes) -> None:
    """A key that the token brings along, an unsigned one, and the secret with another algorithm's name."""
    claims = claims_of(HALL, world.clock())
    own = KEY.as_dict(private=False)
    for assertion in (
        signed(KEY, claims),
        signed(KEY, claims, jwk=own),
        mac_signed(secret, claims, alg="none").rpartition(".")[0] + ".",
        mac_signed(secret, claims, alg="HS512"),
        mac_signed(secret, claims, alg="ES256"),
        mac_signed(b"any", claims, jwk={"kty": "oct", "k": "YW55"}, kid="oct"),
        mac_signed(secret, claims, crit=["exp"]),
        mac_signed(secret, claims)[:-2],
        mac_signed(secret, claims) + "=",
    ):
        assert ask(world, assertion).status == 401
    assert ask(world, mac_signed(secret, claims)).status == 200


def test_attack_one_clients_sealed_secret_is_copied_to_another(world: World, secret: bytes) -> None:
    with world.provider.sessions.begin() as session:
        [taken], [kept] = secrets_of(session, HALL), secrets_of(session, "tax")
        other = session.get_one(ClientRecord, "tax")
        other.metadata_json = {**other.metadata_json, "token_endpoint_auth_method": JWT}
        kept.mac, kept.secret_sealed = taken.mac, taken.secret_sealed
    assert ask(world, mac_signed(secret, claims_of("tax", world.clock()))).status == 401


def test_a_short_secret_makes_no_mac() -> None:
    with pytest.raises(TokenRefused, match="too short"):
        jws.authenticated(mac_signed(b"s" * 31, {}), b"s" * 31)


def test_a_secret_is_known_of_those_alone_who_need_it(world: World, tmp_path: Path) -> None:
    first = applied(world, tmp_path, "client_secret_basic").new_secret
    assert [one.secret_sealed for one in kept(world)] == [None]
    turned = applied(world, tmp_path, JWT)
    # Of the first only a MAC was kept: it cannot be known again.
    assert turned.new_secret not in {first, None}
    assert applied(world, tmp_path, JWT) == Applied(HALL, Change.UNCHANGED)
    back = applied(world, tmp_path, "client_secret_basic")
    assert (back.new_secret, [one.secret_sealed for one in kept(world)]) == (None, [None])
    assert turned.new_secret is not None
    form = {"grant_type": "client_credentials"}
    authorization = basic(HALL, turned.new_secret)
    assert world.post("/oauth2/token", form, authorization=authorization).status == 200
    applied(world, tmp_path, "private_key_jwt", f"jwks = {toml(jwks_of(KEY))}\n")
    assert kept(world) == []


def test_a_secret_file_holds_the_secret_of_the_macs(world: World, tmp_path: Path) -> None:
    made = applied(world, tmp_path, JWT, 'secret_file = "hall.secret"\n')
    assert made.new_secret is None
    secret = (tmp_path / "hall.secret").read_text().strip().encode()
    assert ask(world, mac_signed(secret, claims_of(HALL, world.clock()))).status == 200
    with world.provider.sessions.begin() as session:
        [shared] = [one for one in secrets_of(session, HALL) if one.label == SHARED]
        shared.secret_sealed = None
    assert applied(world, tmp_path, JWT, 'secret_file = "hall.secret"\n').change is Change.CHANGED
    assert ask(world, mac_signed(secret, claims_of(HALL, world.clock()))).status == 200


def test_a_client_registers_itself_with_it(world: World) -> None:
    desk = opened(world)
    client = desk.made({"token_endpoint_auth_method": JWT, "token_endpoint_auth_signing_alg": "HS256"})
    assertion = mac_signed(client["client_secret"].encode(), claims_of(client["client_id"], world.clock()))
    proved = {"token": "any", "client_assertion_type": TYPE, "client_assertion": assertion}
    assert world.post("/oauth2/revoke", proved).status == 200
    assert "client_secret" not in body_of(desk.manage(client, "GET"))
    # RFC 7592 section 2.2: turning to another method keeps the secret, turning to this one makes one.
    changes = {"token_endpoint_auth_method": "client_secret_post", "token_endpoint_auth_signing_alg": None}
    assert "client_secret" not in body_of(desk.manage(client, "PUT", replacement(client, **changes)))
    assert "client_secret" in body_of(desk.manage(client, "PUT", replacement(client)))


@pytest.mark.parametrize(
    "fields",
    [
        {"token_endpoint_auth_method": JWT, "token_endpoint_auth_signing_alg": "ES256"},
        {"token_endpoint_auth_method": JWT, "token_endpoint_auth_signing_alg": "HS512"},
        {"token_endpoint_auth_method": JWT, "profile": "fapi2-security"},
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "HS256",
            "jwks": jwks_of(KEY),
        },
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        },
        {"request_object_signing_alg": "HS256"},
    ],
)
def test_no_registration_mixes_keys_and_secrets(fields: dict[str, Any]) -> None:
    named = {"client_id": HALL, "sector": "hall.example", "client_name": "Hall"}
    with pytest.raises(MetadataRefused):
        read({**named, "redirect_uris": ["https://hall.example/callback"], **fields})


def test_re_encryption_reaches_the_secrets_of_clients(world: World, tmp_path: Path, secret: bytes) -> None:
    old, new = (
        FieldCipher(KeyRing("one", {"one": ONE})),
        FieldCipher(KeyRing("two", {"one": ONE, "two": TWO})),
    )
    registered = read({**row(world).metadata_json, "client_id": HALL, "sector": "hall.example"})
    with world.provider.sessions.begin() as session:
        [record] = secrets_of(session, HALL)
        record.secret_sealed = None
        ClientSecrets(b"k", old).keep(record, registered, secret.decode())
    for changed in (1, 0):
        walked = reencrypt.walk(
            world.provider.sessions,
            new,
            BlindIndex(ONE),
            world.clock,
            actor="operator",
            tables=(SEALED,),
        )
        assert sum(batch.changed for batch in walked) == changed
    last = FieldCipher(KeyRing("two", {"two": TWO}))
    world.clock.advance(SECONDS + 1)
    client = world.provider.clients.find(HALL)
    assert client is not None
    [(_, found)] = ClientSecrets(b"k", last).opened(client, world.clock())
    assert found == secret


def test_no_sealed_column_is_forgotten_by_re_encryption() -> None:
    walked = {(table.name, column) for table in SEALED_TABLES for column in table.sealed}
    sealed = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    # Private keys are sealed anew where they are used: by their rotation (`idp keys rotate`, and the worker),
    # and by the worker as it signs the next head of the audit log.
    assert sealed == walked | {("signing_keys", "private_sealed"), ("audit_keys", "private_sealed")}


def toml(value: Any) -> str:
    """JSON in the form of TOML's inline tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)
