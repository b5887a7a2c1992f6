from datetime import UTC, datetime, timedelta
from random import Random, SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveness import Action, Challenge, new_challenge
from liveness.challenge import TURNS, without_blink

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_actions_differ_and_hold_a_turn_and_something_that_no_mask_does(seed: int, count: int):
    challenge = new_challenge(NOW, random=Random(seed), actions=count)
    assert len(set(challenge.actions)) == len(challenge.actions) == count
    assert set(TURNS) & set(challenge.actions)
    if count > 1:
        assert {Action.BLINK, Action.OPEN_MOUTH} & set(challenge.actions)
        assert Action.OPEN_MOUTH in without_blink(challenge)
    assert challenge.expires_at == NOW + timedelta(seconds=120)


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_who_cannot_turn_is_not_asked_to(seed: int, count: int):
    challenge = new_challenge(NOW, random=Random(seed), actions=count, allow_turns=False)
    assert not set(TURNS) & set(challenge.actions)
    assert not set(TURNS) & set(without_blink(challenge))


def test_every_order_comes_up():
    random = Random(1)
    drawn = {new_challenge(NOW, random=random).actions for _ in range(3_000)}
    assert len(drawn) == 60 - 6 - 6  # of 5 actions 3, less those without a turn, and without eyes and mouth


def test_the_nonce_is_new_each_time():
    random = SystemRandom()
    assert len({new_challenge(NOW, random=random).nonce for _ in range(100)}) == 100


@pytest.mark.parametrize(("count", "turns"), [(0, True), (6, True), (4, False)])
def test_more_actions_than_there_are_cannot_be_drawn(count: int, turns: bool):
    with pytest.raises(ValueError, match="actions to draw from"):
        new_challenge(NOW, random=Random(1), actions=count, allow_turns=turns)


@given(st.integers(0, 10_000))
def test_it_survives_the_store(seed: int):
    challenge = new_challenge(NOW, random=Random(seed), window_ms=5_000, seconds=60)
    assert Challenge.from_json(challenge.to_json()) == challenge


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_a_blink_is_replaced_by_an_action_not_asked_yet(seed: int, count: int):
    challenge = new_challenge(NOW, random=Random(seed), actions=count)
    actions = without_blink(challenge)
    assert Action.BLINK not in actions
    assert len(set(actions)) == len(actions)
    assert len(actions) == count - (count == 5)
    kept = [action for action in challenge.actions if action is not Action.BLINK]
    assert [action for action in actions if action in kept] == kept


def test_a_blink_falls_away_where_nothing_is_left_to_replace_it():
    challenge = new_challenge(NOW, random=Random(1), actions=3, allow_turns=False)
    assert set(without_blink(challenge)) == {Action.OPEN_MOUTH, Action.NOD}
