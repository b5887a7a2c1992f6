"""When a face is compared: nothing that a challenge may ask is done between two looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liveness import Face, FrameFacts
from liveness.schedule import EMBEDDING_EVERY_MS, as_scheduled, needs_embedding, needs_pad

CALM = Face(
    box=(150.0, 200.0, 180.0, 240.0),
    points=(0.0,) * 10,
    landmarks=(0.0,) * 136,
    yaw=0.0,
    pitch=0.0,
    mouth=0.05,
    closed=0.0,
    brightness=120.0,
    sharpness=100.0,
)


def frame(t_ms: int, *, compared: bool = False, **changes: float) -> FrameFacts:
    facts = FrameFacts(t_ms, t_ms + 250, 480, 640, str(t_ms), faces=1, face=replace(CALM, **changes))
    return replace(facts, embedding=(1.0,)) if compared else facts


BEFORE = [frame(0, compared=True), frame(83)]


def test_a_calm_face_is_compared_every_so_often() -> None:
    assert needs_embedding([], frame(0))
    assert not needs_embedding(BEFORE, frame(EMBEDDING_EVERY_MS - 1))
    assert needs_embedding(BEFORE, frame(EMBEDDING_EVERY_MS))


@pytest.mark.parametrize(
    "changes",
    [{"yaw": 22.0}, {"yaw": -22.0}, {"pitch": 10.0}, {"mouth": 0.23}, {"closed": 0.5}],
    ids=["left", "right", "nod", "mouth", "blink"],
)
def test_what_a_challenge_may_ask_is_compared_at_once_and_not_twice(changes: dict[str, float]) -> None:
    assert needs_embedding(BEFORE, frame(166, **changes))
    done = [*BEFORE, frame(166, compared=True, **changes)]
    assert not needs_embedding(done, frame(249, **changes))
    # Back to where it was compared a moment ago, and once more: both have been seen.
    assert not needs_embedding(done, frame(332))
    assert not needs_embedding([*done, frame(332)], frame(415, **changes))


def test_who_did_it_long_ago_is_compared_again() -> None:
    done = [frame(0, compared=True, mouth=0.3), frame(1_000, compared=True), frame(1_600)]
    assert needs_embedding(done, frame(1_700, mouth=0.3))


def test_a_face_that_jumps_is_compared() -> None:
    moved = replace(frame(166), face=replace(CALM, box=(0.0, 0.0, 100.0, 130.0)))
    assert needs_embedding(BEFORE, moved)


def test_a_look_counts_for_nothing_that_was_taken_before_it() -> None:
    """A sender may send a later moment first."""
    ahead = [frame(5_000, compared=True), frame(5_083, compared=True, mouth=0.3)]
    assert needs_embedding(ahead, frame(100))
    assert needs_embedding(ahead, frame(100, mouth=0.3))
    assert needs_embedding([frame(0, compared=True), *ahead], frame(100, mouth=0.3))
    assert not needs_embedding([frame(0, compared=True), *ahead], frame(100))


def test_a_jump_is_one_from_the_moment_before_whatever_came_in_last() -> None:
    there = replace(CALM, box=(0.0, 0.0, 100.0, 130.0))
    sent = [*BEFORE, replace(frame(2_000), face=there)]
    assert needs_embedding(sent, replace(frame(166), face=there))


def test_votes_of_later_moments_are_no_votes_of_this_one() -> None:
    ahead = [replace(frame(5_000), pad=(1.0,))]
    assert needs_pad(ahead, frame(100))
    assert not needs_pad([replace(frame(0), pad=(1.0,)), *ahead], frame(100))


def test_what_was_compared_by_lot_counts() -> None:
    asked_for, drawn, more = (frame(t_ms, compared=True) for t_ms in (0, 83, 166))
    kept = as_scheduled([asked_for, replace(drawn, by_lot=True), more])
    assert [one.embedding is not None for one in kept] == [True, True, False]
