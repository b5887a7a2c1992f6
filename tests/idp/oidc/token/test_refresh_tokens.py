"""Refresh tokens: bound, rotated where they cannot be bound, safe when two come at once, ended for good."""

import json
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.oidc import sharing
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from idp.oidc.keys.jwt import ID_TOKEN
from idp.oidc.token import offline_grants, refresh_tokens
from idp.oidc.token.offline_grants import OfflineGrant
from idp.oidc.token.refresh_tokens import RefreshToken
from idp.people.models import Person, PersonStatus
from tests.counting import watch_engine, watch_store
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic

KEY = b"k" * 32
SCOPE = "openid profile offline_access"


@pytest.fixture(autouse=True)
def offline(world: World) -> None:
    """The page, too, may ask for offline access."""
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, SPA)
        grants = {"grant_types": ["authorization_code", "refresh_token"]}
        record.metadata_json = {**record.metadata_json, "scope": SCOPE, **grants}
    world.sign_in()


def begun(world: World, client_id: str = HALL, scope: str = SCOPE) -> dict[str, Any]:
    return body(world.token(world.code(client_id, scope=scope), client_id))


def body(response: Response) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(response.body)
    return document


def refresh(world: World, token: str, client_id: str = HALL, **more: str) -> Response:
    values = {"grant_type": "refresh_token", "refresh_token": token, **more}
    if client_id in SECRETS:
        return world.post("/oauth2/token", values, authorization=basic(client_id, SECRETS[client_id]))
    return world.post("/oauth2/token", {**values, "client_id": client_id})


def refused(response: Response) -> str:
    assert response.status == 400
    error: str = body(response)["error"]
    return error


def rows(world: World) -> int:
    with world.provider.reads.connect() as connection:
        return connection.execute(select(func.count()).select_from(OfflineGrant)).scalar_one()


def ended(world: World) -> list[str]:
    return [json.loads(event.payload)["reason"] for event in world.events("grant_ended")]


@given(st.integers(min_value=0, max_value=10**6), st.text("abcDEF-_019", min_size=1, max_size=43))
def test_what_was_written_is_read(generation: int, grant_id: str) -> None:
    token = RefreshToken(grant_id, generation)
    assert refresh_tokens.read(KEY, refresh_tokens.write(KEY, token)) == token


@given(st.text(max_size=130) | st.from_regex(r"[a-z]{1,43}\.[0-9]{1,3}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_what_others_wrote_is_nothing(text: str) -> None:
    assert refresh_tokens.read(KEY, text) is None


def test_a_number_has_one_spelling() -> None:
    text = refresh_tokens.write(KEY, RefreshToken("g", 7))
    for other in ("07", "7 ", "٧"):
        assert refresh_tokens.read(KEY, text.replace(".7.", f".{other}.")) is None


def test_a_refresh_reads_once_and_writes_its_event(world: World) -> None:
    """The look by which an end wins over a refresh at the same moment is part of the event's statement."""
    token = begun(world)["refresh_token"]
    assert refresh(world, token).status == 200, "clients and keys are known from here on"
    statements: list[str] = []
    commands: list[str] = []
    watch_engine(world.engine, statements)
    watch_store(world.provider.store, commands)
    assert refresh(world, token).status == 200
    assert [text.split(" ")[0] for text in statements] == ["SELECT", "INSERT"], statements
    assert commands == ["put grant"]


def test_no_offline_access_no_refresh_token(world: World) -> None:
    assert "refresh_token" not in begun(world, scope="openid profile")
    assert rows(world) == 0


def test_offline_access_goes_on_without_the_session(world: World) -> None:
    first = begun(world)
    world.clock.advance(3600 * 24 * 20)  # every session is over by then
    second = body(refresh(world, first["refresh_token"]))
    assert second["refresh_token"] == first["refresh_token"]  # FAPI 2.0 5.3.2.1: confidential, not rotated
    assert second["scope"] == SCOPE
    assert world.userinfo(second["access_token"]).status == 200
    old, new = (world.provider.keys.current().read(t["id_token"], typ=ID_TOKEN) for t in (first, second))
    # OpenID Connect Core 1.0 section 12.2
    assert {"iss", "sub", "aud", "auth_time", "sid"} <= new.keys()
    assert {old[name] == new[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {True}
    assert new["iat"] > old["iat"]
    assert "nonce" not in new


def test_a_refresh_token_that_is_used_lives_on_and_one_that_is_not_dies(world: World) -> None:
    token = begun(world)["refresh_token"]
    for _ in range(4):
        world.clock.advance(3600 * 24 * 25)
        assert refresh(world, token).status == 200
    world.clock.advance(3600 * 24 * 31)
    assert refused(refresh(world, token)) == "invalid_grant"
    with world.provider.sessions.begin() as session:
        assert offline_grants.sweep(session, world.clock()) == 1


def test_use_is_written_down_once_a_day(world: World) -> None:
    token = begun(world)["refresh_token"]

    def written() -> Any:
        with world.provider.reads.connect() as connection:
            return connection.execute(select(OfflineGrant.used_at)).scalar_one()

    at = written()
    world.clock.advance(3600)
    refresh(world, token)
    assert written() == at
    world.clock.advance(3600 * 24)
    refresh(world, token)
    assert written() == at + timedelta(hours=25)


def test_the_scope_may_shrink_and_never_grow(world: World) -> None:
    token = begun(world)["refresh_token"]
    assert body(refresh(world, token, scope="openid"))["scope"] == "openid"
    assert body(refresh(world, token))["scope"] == SCOPE
    assert refused(refresh(world, token, scope="openid phone")) == "invalid_scope"


def test_a_token_is_its_clients_own(world: World) -> None:
    token = begun(world)["refresh_token"]
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, TAX)
        record.metadata_json = {**record.metadata_json, "grant_types": ["refresh_token"]}
    assert refused(refresh(world, token, TAX)) == "invalid_grant"
    assert refresh(world, token).status == 200  # a stranger cannot end it either


def test_a_public_client_gets_a_new_one_each_time(world: World) -> None:
    first = begun(world, SPA)["refresh_token"]
    second = body(refresh(world, first, SPA))["refresh_token"]
    third = body(refresh(world, second, SPA))["refresh_token"]
    assert len({first, second, third}) == 3


def test_an_answer_that_was_lost_can_be_asked_for_again(world: World) -> None:
    first = begun(world, SPA)["refresh_token"]
    second = body(refresh(world, first, SPA))["refresh_token"]
    world.clock.advance(60)
    assert body(refresh(world, first, SPA))["refresh_token"] == second
    assert refresh(world, second, SPA).status == 200


@pytest.mark.parametrize("seconds", [0, 61])
def test_a_stolen_token_ends_the_grant(world: World, seconds: int) -> None:
    """RFC 9700 section 4.14.2: after the successor's first use, or the grace, neither side goes on."""
    tokens = begun(world, SPA)
    stolen = tokens["refresh_token"]
    successor = body(refresh(world, stolen, SPA))["refresh_token"]
    if not seconds:
        successor = body(refresh(world, successor, SPA))["refresh_token"]
    world.clock.advance(seconds)
    assert refused(refresh(world, stolen, SPA)) == "invalid_grant"
    assert refused(refresh(world, successor, SPA)) == "invalid_grant"
    assert world.userinfo(tokens["access_token"]).status == 401
    assert ended(world) == ["refresh-token-reused"]
    assert rows(world) == 0


def test_many_refreshes_at_once_agree(world: World) -> None:
    """Race: a page with several tabs. All get the same successor, and the row moves once."""
    first = begun(world, SPA)["refresh_token"]
    answers: list[str] = []
    start = Barrier(8)

    def go() -> None:
        start.wait(10)
        answers.append(body(refresh(world, first, SPA))["refresh_token"])

    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    with world.provider.reads.connect() as connection:
        assert connection.execute(select(OfflineGrant.generation)).scalar_one() == 1


def test_a_replayed_code_ends_what_it_gave_however_late(world: World) -> None:
    code = world.code(HALL, scope=SCOPE)
    tokens = body(world.token(code))
    world.clock.advance(3600 * 24)
    assert refused(world.token(code)) == "invalid_grant"
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"
    assert len(world.events("code_replayed")) == 1


def test_withdrawing_the_consent_ends_it(world: World) -> None:
    tokens = begun(world)
    with Session(world.engine) as session:
        sharing.withdraw(session, world.person_id, HALL, context=AuditContext(at=world.clock()))
        session.commit()
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"
    with world.provider.sessions.begin() as session:
        assert offline_grants.sweep(session, world.clock()) == 1
    # What comes after a new consent is a new grant; the old token stays dead.
    world.clock.advance(1)
    begun(world)
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"


def test_a_frozen_account_stops_it_and_a_thawed_one_goes_on(world: World) -> None:
    token = begun(world)["refresh_token"]
    for status, answer in ((PersonStatus.FROZEN, 400), (PersonStatus.ACTIVE, 200)):
        with world.provider.sessions.begin() as session:
            session.get_one(Person, world.person_id).status = status
        assert refresh(world, token).status == answer


@pytest.mark.parametrize("values", [{}, {"refresh_token": ""}, {"refresh_token": "a.b.c"}])
def test_rubbish_is_refused(world: World, values: dict[str, str]) -> None:
    response = world.post(
        "/oauth2/token",
        {"grant_type": "refresh_token", **values},
        authorization=basic(HALL, SECRETS[HALL]),
    )
    assert refused(response) == ("invalid_grant" if values.get("refresh_token") else "invalid_request")


def test_offline_access_is_registered_with_its_grant() -> None:
    fields = {
        "client_id": "x",
        "sector": "x.example",
        "client_name": "X",
        "redirect_uris": ["https://x.example/"],
        "scope": "openid offline_access",
    }
    with pytest.raises(MetadataRefused, match="refresh_token"):
        read(fields)
