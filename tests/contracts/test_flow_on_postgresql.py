"""A whole sign-in on PostgreSQL and Redis, as in production."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp import sessions, settings
from idp.audit import AuditLog
from idp.crypto import master_key
from idp.crypto.digests import base64url
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.http import RequestRefused, Response
from idp.oidc.keys.making import rotate
from idp.oidc.provider import open_provider
from idp.oidc.registration import records
from idp.outbound import Outbound, to_clients
from idp.session_clients import SessionClient
from idp.storage.base import Base
from idp.storage.database import open_database
from idp.storage.ephemeral import open_store
from tests.fakes import FakeClock
from tests.idp.oidc.conftest import NAME, NOW, add_clients, add_person
from tests.idp.oidc.logout.clients import BACK, Told, tell
from tests.idp.oidc.registration.registering import opened
from tests.idp.oidc.world import HALL, SPA, World, basic, fields_of, parameters, path_of
from tests.servers import RedisProcess


@pytest.fixture
def world(postgres_url: str, redis_server: RedisProcess) -> Iterator[World]:
    clock = FakeClock(NOW)
    keys = master_key.parse(master_key.generate(NOW, purpose="development"))
    cipher = FieldCipher(keys.encryption)
    configuration = settings.load({"IDP_ISSUER": "https://id.example"})
    engine = open_database(postgres_url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        rotate(session, cipher, configuration.protocol, NOW)
        add_clients(session, keys)
        person_id = add_person(session, cipher, BlindIndex(keys.blind_index))
        session.commit()
    store, audit = open_store(redis_server.unix_url, clock), AuditLog(engine)
    provider = open_provider(
        configuration,
        clock=clock,
        engine=engine,
        store=store,
        master_keys=keys,
        cipher=cipher,
        audit=audit,
        outbound=Outbound(configuration.outbound),
        outbound_to_clients=to_clients(configuration.outbound),
    )
    yield World(provider, engine, clock, person_id)
    audit.close()
    store.close()
    engine.dispose()


def test_a_character_that_the_database_does_not_take_looks_like_no_outage(world: World) -> None:
    """NUL (PostgreSQL, section 8.3): anybody could fill the log with failures of ours."""
    assert world.post("/oauth2/token", {}, authorization=basic("hall%00", "x")).status == 401
    header, claims = (base64url(json.dumps(one).encode()) for one in ({"alg": "ES256"}, {"sub": "hall\0"}))
    form = {"client_assertion_type": TYPE, "client_assertion": f"{header}.{claims}.AA"}
    assert world.post("/oauth2/token", form).status == 401
    for values in ({"client_id": "hall\0"}, {"client_id": "hall", "resource": "urn:x\0"}):
        with pytest.raises(RequestRefused):
            parameters(values)


def test_a_person_signs_in_is_known_again_and_signs_out(world: World) -> None:
    response = world.authorize(scope="openid profile resident_number")
    assert path_of(response) == "/login"
    world.clock.advance(61)
    sid = world.sign_in()
    response = world.agree(world.resume(fields_of(response)["interaction"]))
    tokens = json.loads(world.token(fields_of(response)["code"]).body)
    claims = json.loads(world.userinfo(tokens["access_token"]).body)
    assert (claims["name"], claims["resident_number"]) == (NAME, "11010519491231002X")
    world.clock.advance(61)  # the session's use is written down
    code = world.code()
    assert world.token(code).status == 200
    assert world.token(code).status == 400
    assert len(world.events("code_replayed")) == 1
    with world.provider.sessions.begin() as session:
        assert sessions.end(session, sid, world.clock())
    assert world.userinfo(tokens["access_token"]).status == 401


def test_clients_are_told_of_the_end_of_a_session_that_many_enter_at_once(world: World) -> None:
    """Each code that is given out while the session ends belongs to a client that is told, once."""
    tell(world, HALL, SPA)
    sid = world.sign_in()
    assert world.code(SPA)
    assert world.code(HALL)
    with world.provider.sessions.begin() as session:
        session.execute(delete(SessionClient))
    start = Barrier(5)

    def enter(client_id: str) -> bool:
        start.wait()
        return "code" in fields_of(world.authorize(client_id))

    def end() -> bool:
        start.wait()
        with world.provider.sessions.begin() as session:
            return sessions.end(session, sid, world.clock())

    with ThreadPoolExecutor(5) as threads:
        codes = {client_id: [threads.submit(enter, client_id) for _ in range(2)] for client_id in (HALL, SPA)}
        assert threads.submit(end).result()
        given = {client_id for client_id, each in codes.items() if any(future.result() for future in each)}
    told = Told(world)
    told.drain()
    assert told.addresses == sorted(BACK[client_id] for client_id in given)


def test_the_last_use_of_an_initial_token_is_one_and_what_it_registered_goes_whole(world: World) -> None:
    desk = opened(world, "initial_access_token")
    token, together = desk.initial_token(uses=1), Barrier(6)
    answers: list[Response] = []

    def register() -> None:
        together.wait()
        answers.append(desk.post(token=token))

    threads = [Thread(target=register) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [201, *[401] * 5]
    [client] = [json.loads(answer.body) for answer in answers if answer.status == 201]
    world.sign_in()
    tokens = desk.signed_in(client, "openid profile offline_access")
    assert world.userinfo(tokens["access_token"]).status == 200
    with world.provider.sessions.begin() as session:
        assert records.sweep(session, world.clock(), days=1) == 0
    assert desk.manage(client, "DELETE").status == 204
    assert world.userinfo(tokens["access_token"]).status == 401
    assert desk.manage(client, "GET").status == 401
