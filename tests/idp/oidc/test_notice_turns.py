"""That no client holds up what others are to be told."""

from datetime import UTC, datetime, timedelta

from idp.oidc.notice_turns import KEPT_AT_MOST, SHARE, SHARED, Turns

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
AWAY = timedelta(seconds=10)
QUICK, SLOW = timedelta(milliseconds=20), timedelta(seconds=4.5)


def test_who_did_not_answer_is_left_alone_for_a_while() -> None:
    turns = Turns(AWAY)
    turns.failed("hall", NOW)
    assert turns.is_away("hall", NOW + AWAY - QUICK)
    assert not turns.is_away("hall", NOW + AWAY)
    assert not turns.is_away("tax", NOW)


def test_attack_a_client_answers_slowly_again_and_again() -> None:
    turns, now, busy = Turns(AWAY), NOW, timedelta()
    while now < NOW + 20 * SHARED:
        if turns.is_away("hall", now):
            now += timedelta(seconds=1)
            continue
        turns.answered("hall", now, now + SLOW)
        now, busy = now + SLOW, busy + SLOW
    assert busy <= 20 * (SHARE + SLOW)


def test_a_client_that_answers_quickly_may_be_told_much() -> None:
    turns = Turns(AWAY)
    for number in range(500):
        began = NOW + number * QUICK
        assert not turns.is_away("hall", began)
        turns.answered("hall", began, began + QUICK)


def test_attack_strangers_register_without_end() -> None:
    turns = Turns(AWAY)
    for number in range(KEPT_AT_MOST + 10):
        turns.failed(f"failed {number}", NOW)
        turns.answered(f"answered {number}", NOW, NOW + QUICK)
    assert len(turns.away) <= KEPT_AT_MOST
    assert len(turns.taken) <= KEPT_AT_MOST
