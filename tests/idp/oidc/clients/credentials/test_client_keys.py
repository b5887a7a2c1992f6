"""Keys that clients registered: rows that follow the registration, last uses, refusal once retired."""

import json
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
from idp.oidc.clients.credentials.assertions import TYPE, Assertions
from idp.oidc.clients.credentials.client_keys import FETCHED_AT_MOST, ClientKey, FetchedKeys, id_of
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.credentials.last_used import LastUses
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.http import Request
from idp.people.directory import day_in_china
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


URI = "https://tax.example/jwks"


def behind_an_address(world: World, *keys: Key) -> tuple[LastUses, list[Any]]:
    """The client's keys are fetched; what notes their use, and what waits to be done a little later."""
    with world.provider.sessions.begin() as session:
        fields = {
            **changing.standing(session, TAX).fields,
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": URI,
        }
        context, secrets = AuditContext(at=world.clock()), world.provider.authenticator.secrets
        changing.change(session, TAX, fields, actor=OPERATOR, context=context, secrets=secrets)
    world.clock.advance(SECONDS + 1)
    later: list[Any] = []
    fetched = ClientKeys(lambda _uri: json.dumps(jwks_of(*keys)).encode(), world.clock)
    authenticator = world.provider.authenticator
    assertions = Assertions(world.provider.issuer, fetched, world.provider.store)
    uses = LastUses(world.engine, later=later.append)
    world.provider = replace(
        world.provider,
        client_keys=fetched,
        authenticator=replace(authenticator, assertions=assertions, keys=fetched, note=uses.note),
    )
    world.__post_init__()
    return uses, later


def proves(world: World, key: Key, kid: str) -> None:
    assertion = signed(key, claims_of(TAX, world.clock()), kid=kid)
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    request = Request("POST", "/oauth2/token", {}, form=parameters(form))
    endpoint = f"{world.provider.issuer}/oauth2/token"
    world.provider.authenticator.authenticate(request, endpoint=endpoint, now=world.clock())


def register_in_place(world: World, key: Key) -> None:
    with world.provider.sessions.begin() as session:
        fields = changing.standing(session, TAX).fields
        del fields["jwks_uri"]
        context, secrets = AuditContext(at=world.clock()), world.provider.authenticator.secrets
        asked = {**fields, "jwks": jwks_of(key)}
        changing.change(session, TAX, asked, actor=OPERATOR, context=context, secrets=secrets)


def seen(world: World) -> list[tuple[str, str]]:
    with Session(world.engine) as session:
        return [(row.kid, str(row.last_used_on)) for row in client_keys.of_client(session, TAX)]


def test_a_key_that_is_fetched_is_remembered_once_it_was_used(world: World) -> None:
    uses, later = behind_an_address(world, OLD, NEW)
    proves(world, OLD, OLD_KID)
    assert seen(world) == []
    assert len(later) == 1
    uses.write()
    day = str(day_in_china(world.clock()))
    assert seen(world) == [(OLD_KID, day)]
    world.clock.advance(86_400)
    proves(world, NEW, NEW_KID)
    proves(world, NEW, NEW_KID)
    uses.write()
    assert seen(world) == [(OLD_KID, day), (NEW_KID, str(day_in_china(world.clock())))]
    # They go with the address.
    register_in_place(world, OLD)
    assert seen(world) == [(OLD_KID, day)]
    uses.note(FetchedKeys, FetchedKeys.key(TAX, "late"), world.clock())
    uses.write()
    assert seen(world) == [(OLD_KID, day)]


def test_attack_a_client_fills_the_table_with_kids_of_its_own(world: World) -> None:
    uses, _later = behind_an_address(world, OLD)
    for number in range(FETCHED_AT_MOST + 5):
        uses.note(FetchedKeys, FetchedKeys.key(TAX, f"kid {number}"), world.clock())
        uses.write()
        world.clock.advance(86_400)
    kids = [kid for kid, _day in seen(world)]
    assert kids == [f"kid {number}" for number in range(5, FETCHED_AT_MOST + 5)]
