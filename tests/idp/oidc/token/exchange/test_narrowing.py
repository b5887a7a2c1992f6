"""Whatever is asked of an exchange: what comes out is within what went in."""

import json
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.oidc.errors import InvalidScope
from idp.oidc.token.exchange import narrowing
from idp.oidc.token.exchange.lineage import acting, actors
from tests.idp.oidc.token.exchange.exchanging import (
    ARCHIVE,
    AT_ARCHIVE,
    AT_DESK,
    AT_TAX,
    AT_VAULT,
    DESK,
    opened,
    token_for_desk,
)
from tests.idp.oidc.world import World

SCOPES = st.lists(
    st.sampled_from(("openid", "profile", "phone", "resident_number", "offline_access")), unique=True
)
TARGETS = (AT_ARCHIVE, AT_VAULT, AT_TAX, AT_DESK)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@given(st.none() | SCOPES, SCOPES, st.lists(SCOPES, max_size=3))
def test_scopes_are_of_the_token_of_every_limit_and_of_what_is_asked(
    asked: list[str] | None, held: list[str], limits: list[list[str]]
) -> None:
    try:
        found = narrowing.scopes(None if asked is None else " ".join(asked), tuple(held), *limits)
    except InvalidScope:
        assert asked
        return
    assert set(found) <= set(held) - {"offline_access"}
    assert all(set(found) <= set(limit) for limit in limits)
    assert not asked or set(found) == set(asked)


@given(st.integers(60, 600), st.lists(st.none() | st.integers(0, 10**10), min_size=1, max_size=3))
def test_nothing_outlives_what_it_was_got_for(seconds: int, others: list[int | None]) -> None:
    found = narrowing.ends(NOW, seconds, *others)
    assert found <= NOW.timestamp() + seconds
    assert all(found <= other for other in others if other is not None)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=6))
def test_the_chain_forgets_nobody(names: list[str]) -> None:
    act = None
    for name in names:
        act = acting(name, act)
    assert list(actors(act)) == names[::-1]


def test_the_whole_way(world: World) -> None:
    desk = opened(world)
    # The person has agreed to everything, once and for all examples.
    world.code(scope="openid profile phone resident_number")

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        held=SCOPES.map(lambda scopes: sorted({*scopes, "openid"} - {"offline_access"})),
        rule_scopes=SCOPES.map(lambda scopes: sorted({*scopes} - {"offline_access"})),
        rule_targets=st.sets(st.sampled_from(TARGETS), min_size=1).map(sorted),
        asked=st.none() | SCOPES,
        targets=st.sets(st.sampled_from(TARGETS), min_size=1, max_size=2).map(sorted),
        age=st.sampled_from((0, 1, 300, 599)),
    )
    def exchange(
        held: list[str],
        rule_scopes: list[str],
        rule_targets: list[str],
        asked: list[str] | None,
        targets: list[str],
        age: int,
    ) -> None:
        world.sign_in()
        desk.rule(scope=" ".join(rule_scopes), resources=rule_targets)
        token = token_for_desk(world, scope=" ".join(held))
        before = desk.said(token, DESK)
        world.clock.advance(age)
        scope = {} if asked is None else {"scope": " ".join(asked)}
        answer = desk.ask(token, resource=targets, **scope)
        if answer.status != 200:
            assert json.loads(answer.body)["error"] in {"invalid_target", "invalid_scope"}
            return
        found = json.loads(answer.body)["access_token"]
        # All clients of the hall's sector; the one that serves what was asked for is told.
        after = next(said for one in (ARCHIVE, "vault") if (said := desk.said(found, one))["active"])
        given_ = set(after.get("scope", "").split())
        assert given_ <= set(held) & set(rule_scopes)
        assert not asked or given_ == set(asked)
        assert {after["aud"]} == set(targets) <= set(rule_targets)
        assert after["exp"] <= before["exp"]
        assert (after["auth_time"], after["amr"]) == (before["auth_time"], before["amr"])
        assert after["acr"] <= before["acr"]

    exchange()
