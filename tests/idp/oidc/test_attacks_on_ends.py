"""What has ended, has ended: at every door, in any order, and whatever the registration said before."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from idp.oidc import sharing
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.clients.resources import claim
from idp.oidc.http import Response
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock
from tests.idp.oidc.endpoints.test_revocation import ask, said
from tests.idp.oidc.test_resources import TAXES, code_for, redeem
from tests.idp.oidc.token.grants.test_client_credentials import change
from tests.idp.oidc.token.test_refresh_tokens import SCOPE, begun, body, refresh, refused
from tests.idp.oidc.world import HALL, TAX, World, fields_of


@pytest.fixture(autouse=True)
def signed_in(world: World) -> None:
    world.sign_in()


def test_a_suspended_clients_token_is_inactive_at_the_resource_too(world: World) -> None:
    change(world, TAX, resource_uris=[TAXES])
    with world.provider.sessions.begin() as session:
        claim(session, TAX, [TAXES])
    world.code()
    token = body(redeem(world, code_for(world, TAXES)))["access_token"]
    assert said(world, token, TAX)["active"] is True
    with world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = ClientStatus.SUSPENDED
    world.clock.advance(10)
    assert said(world, token, TAX) == {"active": False}


class Interrupted(MemoryStore):
    """Somebody else's request comes right after a key is deleted."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.then: list[Response] = []
        self.request: Callable[[], Response] | None = None

    def delete(self, key: str) -> bool:
        found = super().delete(key)
        request, self.request = self.request, None
        if request is not None:
            self.then.append(request())
        return found


def test_a_refresh_in_the_middle_of_a_replay_leaves_no_token_alive(world: World) -> None:
    """RFC 9700 section 4.5: whatever the replayed code gave ends, also what it gives at that moment."""
    store = Interrupted(world.clock)
    world.provider = replace(world.provider, store=store)
    world.__post_init__()
    code = world.code(HALL, scope=SCOPE)
    first = body(world.token(code))
    store.request = lambda: refresh(world, first["refresh_token"])
    assert refused(world.token(code)) == "invalid_grant"
    (between,) = store.then
    assert refused(refresh(world, first["refresh_token"])) == "invalid_grant"
    tokens = [first, *([body(between)] if between.status == 200 else [])]
    assert [world.userinfo(one["access_token"]).status for one in tokens] == [401] * len(tokens)


class Overtaken(MemoryStore):
    """Somebody else's request comes right before, or right after, a key is put."""

    def __init__(self, clock: FakeClock, *, before: bool) -> None:
        super().__init__(clock)
        self.before = before
        self.request: Callable[[], object] | None = None

    def put(self, key: str, value: bytes, *, seconds: int) -> None:
        request, self.request = self.request, None
        if request is not None and self.before:
            request()
        super().put(key, value, seconds=seconds)
        if request is not None and not self.before:
            request()


@pytest.mark.parametrize("before", [True, False])
def test_a_grant_that_ends_while_it_is_refreshed_gives_nothing(world: World, before: bool) -> None:
    """Of two at the same moment the end wins, and no event tells of tokens that nobody has got."""
    store = Overtaken(world.clock, before=before)
    world.provider = replace(world.provider, store=store)
    world.__post_init__()
    first = body(world.token(world.code(HALL, scope=SCOPE)))
    told = len(world.events("token_issued"))
    store.request = lambda: ask(world, "/oauth2/revoke", first["refresh_token"])
    assert refused(refresh(world, first["refresh_token"])) == "invalid_grant"
    assert len(world.events("token_issued")) == told
    assert world.userinfo(first["access_token"]).status == 401, "nothing of it came to life again"


def test_who_takes_offline_access_back_ends_it(world: World) -> None:
    change(world, HALL, optional_scope="phone offline_access")
    answer = world.agree(world.authorize(scope=SCOPE), chosen=("offline_access",))
    tokens = body(world.token(fields_of(answer)["code"]))
    world.clock.advance(1)
    narrowed = world.agree(world.authorize(scope=SCOPE, prompt="consent"))
    assert "refresh_token" not in body(world.token(fields_of(narrowed)["code"]))
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"
    assert said(world, tokens["refresh_token"]) == {"active": False}


def test_a_scope_that_was_taken_from_the_registration_is_not_refreshed(world: World) -> None:
    tokens = begun(world)
    assert "profile" in body(refresh(world, tokens["refresh_token"]))["scope"]
    change(world, HALL, scope="openid offline_access", optional_scope="")
    world.clock.advance(10)
    assert json.loads(world.userinfo(tokens["access_token"]).body).keys() == {"sub"}
    after = body(refresh(world, tokens["refresh_token"]))
    assert after["scope"] == "openid offline_access"
    assert json.loads(world.userinfo(after["access_token"]).body).keys() == {"sub"}
    assert refused(refresh(world, tokens["refresh_token"], scope="openid profile")) == "invalid_scope"


def test_a_client_that_may_no_longer_have_offline_access_has_none(world: World) -> None:
    tokens = begun(world)
    change(world, HALL, scope="openid profile", optional_scope="")
    world.clock.advance(10)
    assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("scope", [SCOPE, "openid profile"])
def test_an_account_that_changes_hands_leaves_nothing_to_who_had_it(world: World, scope: str) -> None:
    tokens = begun(world, scope=scope)
    code = world.code(HALL, scope=scope)
    with world.provider.sessions.begin() as session:
        sharing.end_all_of(session, world.person_id, world.clock())
    assert world.userinfo(tokens["access_token"]).status == 401
    if "refresh_token" in tokens:
        assert refused(refresh(world, tokens["refresh_token"])) == "invalid_grant"
    assert refused(world.token(code)) == "invalid_grant"
    world.sign_in()
    assert world.userinfo(body(world.token(world.code()))["access_token"]).status == 200
