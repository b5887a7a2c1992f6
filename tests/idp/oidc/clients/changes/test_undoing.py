"""Going back to an older version brings back no credential: neither a key, nor an address, nor a name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.undoing import CREDENTIALS, OtherCredentialsNeeded, brought_back
from idp.oidc.clients.credentials import client_keys
from tests.idp.oidc.clients.changes.test_changing import MEMBER, changed, made, standing, where
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.oidc.world import World

STOLEN, OURS = new_key(), new_key()
SIGNS: dict[str, Any] = {"token_endpoint_auth_method": "private_key_jwt"}
DN = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=old.example"}
SAN = {"tls_client_auth_subject_dn": None, "tls_client_auth_san_dns": "new.example"}


def undone(world: World, number: int = 1) -> dict[str, Any]:
    with world.provider.sessions.begin() as session:
        changing.undo(session, "library", number, actor=MEMBER, **where(world))
    return standing(world).fields


def test_attack_going_back_brings_back_a_stolen_key(world: World) -> None:
    made(world, **SIGNS, jwks=jwks_of(STOLEN, OURS), minimum_level=2)
    changed(world, jwks=jwks_of(OURS))
    changed(world, minimum_level=3)
    found = undone(world)
    assert found["minimum_level"] == 2
    assert found["jwks"] == jwks_of(OURS)
    assert STOLEN.kid not in json.dumps(found)
    with world.provider.sessions() as session:
        assert [row.kid for row in client_keys.of_client(session, "library")] == [OURS.kid]


def test_attack_going_back_brings_back_an_address_of_keys(world: World) -> None:
    made(world, **SIGNS, jwks_uri="https://given-up.example/jwks", minimum_level=2)
    changed(world, jwks_uri=None, jwks=jwks_of(OURS), minimum_level=3)
    found = undone(world)
    assert found["minimum_level"] == 2
    assert "jwks_uri" not in found
    assert found["jwks"] == jwks_of(OURS)


def test_attack_going_back_brings_back_keys_beside_an_address(world: World) -> None:
    made(world, **SIGNS, jwks=jwks_of(STOLEN), minimum_level=2)
    changed(world, jwks=None, jwks_uri="https://library.example/jwks", minimum_level=3)
    found = undone(world)
    assert "jwks" not in found
    assert found["jwks_uri"] == "https://library.example/jwks"


def test_attack_going_back_brings_back_the_name_of_a_certificate(world: World) -> None:
    made(world, **DN, minimum_level=2)
    changed(world, **SAN, minimum_level=3)
    found = undone(world)
    assert found["minimum_level"] == 2
    assert "tls_client_auth_subject_dn" not in found
    assert found["tls_client_auth_san_dns"] == "new.example"


@pytest.mark.parametrize("then", [{**SIGNS, "jwks": jwks_of(STOLEN)}, DN], ids=["keys", "certificate"])
def test_what_needs_credentials_that_are_gone_is_refused(world: World, then: dict[str, Any]) -> None:
    made(world, **then)
    gone = dict.fromkeys((*then, *CREDENTIALS))
    changed(world, **{**gone, "token_endpoint_auth_method": "client_secret_basic"})
    with pytest.raises(OtherCredentialsNeeded):
        undone(world)
    assert standing(world).number == 2


def test_the_method_is_undone_as_any_other_field(world: World) -> None:
    made(world)
    changed(world, **SIGNS, jwks=jwks_of(OURS))
    found = undone(world)
    assert "token_endpoint_auth_method" not in found
    assert found["jwks"] == jwks_of(OURS)


FIELDS = some.dictionaries(some.sampled_from((*CREDENTIALS, "scope", "contacts")), some.integers())


@given(old=FIELDS, now=FIELDS)
def test_every_credential_is_that_of_now_and_all_else_that_of_then(
    old: dict[str, int], now: dict[str, int]
) -> None:
    found = brought_back(old, now)
    for name in (*CREDENTIALS, "scope", "contacts"):
        assert found.get(name) == (now if name in CREDENTIALS else old).get(name)
