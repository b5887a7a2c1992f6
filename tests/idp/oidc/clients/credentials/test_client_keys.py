"""Keys that clients registered: rows that follow the registration, last uses, refusal once retired."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import Key
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import ITSELF, OPERATOR
from idp.oidc.clients.credentials import client_keys
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.credentials.client_keys import ClientKey, id_of
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.http import Request
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.oidc.clients.certificates import certificate, jwk_of
from tests.idp.oidc.clients.signing import claims_of, jwks_of, new_key, signed
from tests.idp.oidc.world import TAX, World, parameters

OLD, NEW = new_key(), new_key()
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD_KID, NEW_KID = str(OLD.kid), str(NEW.kid)


def register(world: World, *keys: Key, **fields: Any) -> None:
    with world.provider.sessions.begin() as session:
        asked = {
            **changing.standing(session, TAX).fields,
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": jwks_of(*keys),
            **fields,
        }
        changing.change(
            session,
            TAX,
            asked,
            actor=OPERATOR,
            context=AuditContext(at=world.clock()),
            secrets=world.provider.authenticator.secrets,
        )


def rows(world: World) -> dict[str, ClientKey]:
    with Session(world.provider.reads) as session:
        return {row.kid: row for row in client_keys.of_client(session, TAX)}


def form(world: World, key: Key) -> dict[str, str | None]:
    assertion = signed(key, claims_of(TAX, world.clock()))
    return {"token": "any", "client_assertion_type": TYPE, "client_assertion": assertion}


def status(world: World, key: Key) -> int:
    return world.post("/oauth2/revoke", form(world, key)).status


def test_one_key_takes_over_from_another_and_the_retired_one_is_refused(world: World) -> None:
    register(world, OLD)
    world.clock.advance(SECONDS)
    assert (status(world, OLD), status(world, NEW)) == (200, 401)
    register(world, OLD, NEW)
    world.clock.advance(SECONDS)
    assert (status(world, OLD), status(world, NEW)) == (200, 200)
    register(world, NEW)
    # Of a process that was not told, too.
    world.clock.advance(SECONDS)
    assert (status(world, OLD), status(world, NEW)) == (401, 200)


def test_rows_follow_the_registration(world: World) -> None:
    register(world, OLD)
    with world.provider.sessions.begin() as session:
        client_keys.name(session, TAX, [OLD_KID, "another"], "Server 1")
    before = rows(world)
    assert [(row.name, row.made_by_kind) for row in before.values()] == [("Server 1", "operator")]
    world.clock.advance(60)
    register(world, OLD, NEW)
    after = rows(world)
    assert after[OLD_KID].created_at == before[OLD_KID].created_at
    assert after[NEW_KID].created_at == world.clock()
    register(world, jwks=None, token_endpoint_auth_method="client_secret_basic")
    assert rows(world) == {}


def test_when_a_key_ends_is_known_by_exp(world: World) -> None:
    ends = int(world.clock().timestamp()) + 86_400
    register(world, OLD, jwks={"keys": [{**jwks_of(OLD)["keys"][0], "exp": ends}]})
    found = rows(world)[OLD_KID].expires_at
    assert found is not None
    assert found.timestamp() == ends


def test_when_a_key_ends_is_known_by_its_certificate(world: World) -> None:
    found = certificate()
    register(world, jwks={"keys": [{**jwk_of(found), "kid": "one"}]})
    assert rows(world)["one"].expires_at == found.not_valid_after_utc


@pytest.mark.parametrize("ends", [True, -1, 0, 10**18, "tomorrow", 1.5])
def test_an_end_that_is_none_is_passed_over(world: World, ends: object) -> None:
    """RFC 7517 section 4: what is not understood is ignored."""
    register(world, jwks={"keys": [{**jwks_of(OLD)["keys"][0], "exp": ends, "x5c": ["AAAA"]}]})
    assert rows(world)[OLD_KID].expires_at is None


def test_authentication_notes_which_key_it_was_once_it_is_proved(world: World) -> None:
    register(world, OLD)
    world.clock.advance(SECONDS)
    used: list[str] = []
    noting = replace(world.provider.authenticator, note=lambda _table, key, _now: used.append(key))

    def ask(key: Key) -> None:
        request = Request("POST", "/oauth2/token", {}, form=parameters(form(world, key)))
        noting.authenticate(request, endpoint="https://id.example/oauth2/token", now=world.clock())

    ask(OLD)
    assert used == [id_of(TAX, OLD_KID)]


@pytest.mark.parametrize("kid", ["a\0b", "\u202ea", "a" * 4000, "", "\0"])
def test_attack_a_kid_that_no_database_takes(database_url: str, kid: str) -> None:
    """Whoever registers itself writes its keys; PostgreSQL would answer as if it were out of order."""
    engine = open_database(database_url)
    Base.metadata.create_all(engine)
    key = {**jwks_of(OLD)["keys"][0], "kid": kid}
    with Session(engine) as session:
        session.add(
            ClientRecord(
                client_id=TAX,
                sector="tax.example",
                metadata_json={},
                registration_mac=None,
                status=ClientStatus.ACTIVE,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        session.flush()
        client_keys.follow(session, TAX, {"keys": [key]}, actor=ITSELF, at=NOW)
        session.commit()
        (row,) = client_keys.of_client(session, TAX)
        assert row.id == id_of(TAX, kid or OLD.thumbprint())
        assert row.kid.isprintable()
        assert len(row.kid) <= client_keys.KID_CHARACTERS_AT_MOST
    engine.dispose()
