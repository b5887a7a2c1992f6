"""The walk through a challenge, on facts made by hand: every number is chosen."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from liveness import Action, Advice, Challenge, Face, FrameFacts, Progress, Refusal, progress
from tests.liveness.playing import ask

STEP_MS = 80
REST = Face(
    box=(150.0, 200.0, 180.0, 240.0),
    points=(0.0,) * 10,
    landmarks=(0.0,) * 136,
    yaw=1.0,
    pitch=-4.0,
    mouth=0.03,
    closed=0.02,
    brightness=120.0,
    sharpness=80.0,
)
FRAME = FrameFacts(t_ms=0, received_ms=0, width=480, height=640, digest="", faces=1, face=REST)

Motion = list[dict[str, float]]


def calm(frames: int = 8, **own: float) -> Motion:
    return [own] * frames


def rise(name: str, rest: float, peak: float, *, hold: int = 4) -> Motion:
    """Neutral, up in four frames, held, and back."""
    ramp = [rest + (peak - rest) * share for share in (0.25, 0.5, 0.75, 1.0)]
    return [{name: value} for value in [rest, *ramp, *[peak] * hold, *reversed(ramp), rest, rest]]


LEFT, RIGHT = rise("yaw", 1, 31), rise("yaw", 1, -29)
MOUTH, NOD, BLINK = rise("mouth", 0.03, 0.4), rise("pitch", -4, 14, hold=2), [{"closed": 0.9}] * 2 + [{}]
MOTIONS = {
    Action.TURN_LEFT: LEFT,
    Action.TURN_RIGHT: RIGHT,
    Action.OPEN_MOUTH: MOUTH,
    Action.NOD: NOD,
    Action.BLINK: BLINK,
}


def facts(*motions: Motion) -> list[FrameFacts]:
    frames = [pose for motion in motions for pose in motion]
    return [
        replace(FRAME, t_ms=i * STEP_MS, received_ms=i * STEP_MS + 200, face=replace(REST, **pose))
        for i, pose in enumerate(frames)
    ]


def after(challenge: Challenge, *motions: Motion) -> Progress:
    return progress(challenge, facts(*motions))


def test_at_first_nothing_is_asked():
    now = progress(ask(Action.NOD), [])
    assert (now.step, now.steps, now.action, now.done) == (0, 1, None, False)
    assert now.advice is Advice.FACE_IN_OVAL


def test_after_a_calm_moment_the_first_action_is_asked():
    challenge = ask(Action.NOD, Action.BLINK)
    assert after(challenge, calm(3)).action is None
    assert after(challenge, calm(8)).action is Action.NOD


@pytest.mark.parametrize("action", list(Action))
def test_each_action_is_seen_and_ends_the_challenge(action: Action):
    now = after(ask(action), calm(), MOTIONS[action])
    assert (now.step, now.done, now.refused_by, now.action) == (1, True, None, None)


OTHERS = [(asked, done) for asked in Action for done in Action if done not in (asked, Action.BLINK)]


@pytest.mark.parametrize(("asked", "done"), OTHERS)
def test_another_action_than_the_asked_one_refuses(asked: Action, done: Action):
    strong = rise("pitch", -4, 24) if done is Action.NOD else MOTIONS[done]
    now = after(ask(asked), calm(), strong)
    assert (now.refused_by, now.done) == (Refusal.WRONG_ORDER, False)


def test_a_mouth_that_opens_wide_may_take_the_head_along():
    along = [pose | {"pitch": -4 + 80 * pose["mouth"]} for pose in rise("mouth", 0.03, 0.15)]
    assert after(ask(Action.OPEN_MOUTH), calm(), along).refused_by is None
    assert after(ask(Action.OPEN_MOUTH), calm(), along, MOUTH).done


def test_the_right_actions_in_the_wrong_order_refuse():
    challenge = ask(Action.TURN_LEFT, Action.OPEN_MOUTH, Action.TURN_RIGHT)
    assert after(challenge, calm(), LEFT, MOUTH, RIGHT).done
    assert after(challenge, calm(), LEFT, RIGHT, MOUTH).refused_by is Refusal.WRONG_ORDER


def test_blinking_is_no_other_action():
    assert after(ask(Action.NOD), calm(), BLINK, BLINK, NOD).done


def test_an_action_begun_before_it_was_asked_does_not_count():
    challenge = ask(Action.TURN_LEFT, Action.OPEN_MOUTH)
    open_before = [{"yaw": 31.0, "mouth": 0.4}] * 6 + [{"mouth": 0.4}] * 10
    assert after(challenge, calm(), LEFT[:3], open_before).step == 1
    assert after(challenge, calm(), LEFT[:3], open_before, calm(2), MOUTH).done


def test_one_wild_frame_is_no_action():
    spike = [{}, {"yaw": 40.0}, {}]
    assert after(ask(Action.TURN_LEFT), calm(), spike).step == 0
    assert after(ask(Action.NOD), calm(), spike).refused_by is None


def test_an_action_may_be_held_or_repeated_for_a_while():
    challenge = ask(Action.TURN_LEFT, Action.OPEN_MOUTH)
    held = [{"yaw": 31.0}] * 50
    assert after(challenge, calm(), LEFT[:6], held, LEFT[-6:], MOUTH).done
    nods = ask(Action.NOD, Action.OPEN_MOUTH)
    assert after(nods, calm(), NOD, NOD, MOUTH).done


def test_much_later_the_action_before_is_another_action():
    challenge = ask(Action.TURN_LEFT, Action.OPEN_MOUTH)
    now = after(challenge, calm(), LEFT, calm(40), LEFT)
    assert now.refused_by is Refusal.WRONG_ORDER


def test_each_action_has_its_window():
    challenge = ask(Action.NOD, window_ms=2_000)
    assert after(challenge, calm(), calm(20)).refused_by is None
    assert after(challenge, calm(), calm(30), NOD).refused_by is Refusal.TOO_SLOW


def test_the_session_ends_by_the_servers_clock():
    late = [replace(frame, received_ms=frame.received_ms + 120_000) for frame in facts(calm(), NOD)]
    now = progress(ask(Action.NOD), late)
    assert (now.done, now.refused_by) == (False, Refusal.EXPIRED)


def test_eyes_that_cannot_be_read_are_not_asked_to_blink():
    now = after(ask(Action.BLINK), calm(8, closed=0.5))
    assert now.action not in (None, Action.BLINK)
    assert after(ask(Action.BLINK), calm(8, closed=0.2)).action is Action.BLINK


def test_actions_are_measured_from_the_persons_own_pose():
    leaning = calm(8, yaw=-12.0)
    assert after(ask(Action.TURN_RIGHT), leaning, [{"yaw": -24.0}] * 5).step == 0
    assert after(ask(Action.TURN_RIGHT), leaning, [{"yaw": -24.0}, *[{"yaw": -36.0}] * 3]).done


@pytest.mark.parametrize(
    ("pose", "advice"),
    [
        ({"yaw": 25.0}, Advice.LOOK_STRAIGHT),
        ({"mouth": 0.3}, Advice.CLOSE_MOUTH),
        ({"brightness": 20.0}, Advice.MORE_LIGHT),
        ({"brightness": 240.0}, Advice.LESS_LIGHT),
        ({"sharpness": 2.0}, Advice.HOLD_STILL),
        ({"box": (200.0, 250.0, 60.0, 80.0)}, Advice.MOVE_CLOSER),
        ({"box": (20.0, 50.0, 440.0, 560.0)}, Advice.MOVE_BACK),
        ({"box": (0.0, 200.0, 120.0, 160.0)}, Advice.FACE_IN_OVAL),
    ],
)
def test_who_cannot_settle_is_told_why(pose: dict[str, float], advice: Advice):
    assert after(ask(Action.NOD), [pose] * 10).advice is advice


def test_a_restless_head_is_told_to_hold_still():
    now = after(ask(Action.NOD), [{"yaw": 10.0}, {"yaw": -10.0}] * 5)
    assert (now.action, now.advice) == (None, Advice.HOLD_STILL)


def test_a_second_face_and_no_face_are_told():
    def told(frames: Sequence[FrameFacts]) -> Advice | None:
        return progress(ask(Action.NOD), frames).advice

    assert told([replace(frame, faces=2) for frame in facts(calm())]) is Advice.ONE_FACE
    assert told([replace(frame, faces=0, face=None) for frame in facts(calm())]) is Advice.FACE_IN_OVAL


def test_advice_while_turning():
    challenge = ask(Action.TURN_LEFT)
    assert after(challenge, calm(), [{"yaw": 16.0}] * 3).advice is Advice.TURN_FURTHER
    assert after(challenge, calm(), [{"yaw": -16.0}] * 3).advice is None
    assert after(challenge, calm(), [{"yaw": -16.0}] * 20).advice is Advice.TURN_OTHER_WAY


def test_who_comes_back_from_a_turn_is_not_sent_to_the_other_side():
    challenge = ask(Action.TURN_LEFT, Action.TURN_RIGHT)
    turned: Motion = [{"yaw": 16.0}, *calm(3, yaw=31.0)]
    coming_back = after(challenge, calm(), turned, calm(1, yaw=22.0))
    assert (coming_back.action, coming_back.advice) == (Action.TURN_RIGHT, None)
    staying = after(challenge, calm(), turned, calm(1_000 // STEP_MS + 1, yaw=22.0))
    assert (staying.refused_by, staying.advice) == (None, Advice.TURN_OTHER_WAY)


def test_who_was_turned_before_it_was_asked_is_called_back():
    challenge = ask(Action.OPEN_MOUTH, Action.TURN_LEFT)
    early: Motion = [{"yaw": 9.0}, {"yaw": 18.0}, *calm(2, yaw=24.0, mouth=0.4), *calm(2, yaw=24.0)]
    now = after(challenge, calm(), early)
    assert (now.action, now.advice) == (Action.TURN_LEFT, Advice.LOOK_STRAIGHT)


def test_a_slow_camera_is_fast_enough():
    """Five frames a second: a turn held for half a second is seen in three of them."""
    motion = [*calm(6), {"yaw": 14.0}, *[{"yaw": 30.0}] * 3, {"yaw": 16.0}, {}, {}, *[{"mouth": 0.4}] * 2]
    slow = [replace(frame, t_ms=frame.t_ms * 5 // 2) for frame in facts(motion)]
    assert progress(ask(Action.TURN_LEFT, Action.OPEN_MOUTH), slow).done


def test_a_turn_lasts_until_enough_frames_show_it():
    # A camera so slow that a quick turn is in two frames: planarity could not judge it.
    challenge = ask(Action.TURN_LEFT)
    quick: Motion = [{"yaw": 15.0}, {"yaw": 31.0}, {"yaw": 31.0}]
    seen = after(challenge, calm(), quick)
    assert (seen.done, seen.advice) == (False, Advice.HOLD_TURN)
    assert after(challenge, calm(), quick, [{"yaw": 30.0}]).done
    # Back too soon: made again, it counts on.
    assert not after(challenge, calm(), quick, calm(3)).done
    assert after(challenge, calm(), quick, calm(3), quick).done
