"""When the colours come, when they are over, and what the whole engine says then."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from liveness import Action, Engine, Flash, FrameFacts, Refusal, Screen, Verdict
from liveness.colours import STEP_MS, STEPS, new_flash
from liveness.course import follow
from tests.liveness.playing import FPS, Session, ask, willing
from tests.virtual_person import VirtualPerson
from tests.virtual_person.light import Camera, Room, Subject, film_flash

COLOURED = replace(ask(Action.OPEN_MOUTH), flash=new_flash(Random(4), refuses=True))


@pytest.fixture(scope="module")
def acted(engine: Engine, modelled: VirtualPerson) -> Session:
    """A session up to where the colours begin."""
    session, person = Session(engine, COLOURED), modelled.again()
    for _ in range(8):
        if session.progress.flash is not None:
            break
        session.film(willing(person)(session.progress.action))
    return session


def with_colours(acted: Session, *, begin_ms: int = 200, after: int = 2) -> list[FrameFacts]:
    last = acted.facts[-1]
    start = last.t_ms + begin_ms
    frames = list(acted.facts)
    for t_ms in range(start, start + STEPS * STEP_MS + 80 * after, 80):
        place = (t_ms - start) // STEP_MS
        screen = Screen(place, start + STEP_MS * place) if place < STEPS else None
        frames.append(replace(last, t_ms=t_ms, received_ms=t_ms + 250, screen=screen))
    return frames


def test_colours_come_after_the_actions(acted: Session):
    before = [follow(COLOURED, acted.facts[:count]).progress for count in range(1, len(acted.facts))]
    assert {now.flash for now in before if now.step < now.steps} == {None}
    now = acted.progress
    assert (now.flash, now.done, now.action) == (COLOURED.flash, False, None)


def test_colours_are_over_when_a_frame_comes_without(acted: Session):
    assert not follow(COLOURED, with_colours(acted, after=0)).progress.done
    assert follow(COLOURED, with_colours(acted)).progress.done


def test_colours_have_a_window_as_an_action_has(acted: Session):
    late = follow(COLOURED, with_colours(acted, begin_ms=9_000)).progress
    assert (late.done, late.refused_by) == (False, Refusal.TOO_SLOW)
    never = [*acted.facts, replace(acted.facts[-1], t_ms=acted.facts[-1].t_ms + 9_000)]
    assert follow(COLOURED, never).progress.refused_by is Refusal.TOO_SLOW


def test_nobody_may_say_that_colours_are_shown_while_they_are_not(acted: Session):
    early = [replace(acted.facts[0], screen=Screen(0, 0)), *acted.facts[1:]]
    assert follow(COLOURED, early).progress.refused_by is Refusal.FRAMES_TIME
    without = replace(COLOURED, flash=None)
    assert follow(without, with_colours(acted)).progress.refused_by is Refusal.FRAMES_TIME


def test_without_colours_the_actions_are_all(acted: Session):
    assert follow(COLOURED.without_flash(), acted.facts).progress.done


def played(
    acted: Session, person: VirtualPerson, flash: Flash, subject: Subject, lux: float = 100
) -> Verdict:
    """The whole session through the networks."""
    frames = person.idle(4, FPS)
    session = Session(acted.engine, replace(COLOURED, flash=flash), facts=list(acted.facts))
    start = acted.facts[-1].t_ms + 200
    shot = film_flash(
        lambda number: frames[number % len(frames)],
        flash.colours,
        step_ms=flash.step_ms,
        room=Room(lux=lux),
        camera=Camera(),
        subject=subject,
        random=np.random.default_rng(9),
        start_ms=start,
    )
    for t_ms, data in [*shot.frames, (start + STEPS * STEP_MS + 50, acted.images[-1])]:
        places = [place for place, begin in enumerate(shot.begins) if begin <= t_ms < start + STEPS * STEP_MS]
        screen = Screen(places[-1], shot.begins[places[-1]]) if places else None
        read = session.engine.read(
            data, t_ms=t_ms, received_ms=t_ms + 250, previous=session.facts, screen=screen
        )
        session.facts.append(read)
    return session.engine.judge(session.challenge, session.facts, person.photo())


def test_a_face_passes_all_gates_in_the_light_of_the_colours(acted: Session, person: VirtualPerson):
    """In a dim room, where the screen lights the face as much as the room does."""
    assert COLOURED.flash is not None
    verdict = played(acted, person, COLOURED.flash, "live", lux=35)
    assert [gate.name for gate in verdict.gates if not gate.passed] == []
    assert (verdict.live, verdict.matched, verdict.unproved) == (True, True, ("planarity",))
    assert "flash" in verdict.cpu_ms


def test_a_recording_is_refused_by_the_colours_alone(acted: Session, person: VirtualPerson):
    assert COLOURED.flash is not None
    verdict = played(acted, person, COLOURED.flash, "recording")
    assert [gate.name for gate in verdict.gates if not gate.passed] == ["flash"]
    assert (verdict.live, verdict.refused_by) == (False, Refusal.FLASH)


def test_a_signal_refuses_nobody_and_is_told(acted: Session, person: VirtualPerson):
    assert COLOURED.flash is not None
    verdict = played(acted, person, replace(COLOURED.flash, refuses=False), "recording")
    assert verdict.live
    assert "flash" not in [gate.name for gate in verdict.gates]
    assert [(signal.name, signal.passed) for signal in verdict.signals] == [("flash", False)]


def test_colours_left_out_stay_unproved(acted: Session):
    challenge = COLOURED.without_flash()
    assert acted.engine.judge(challenge, acted.facts).unproved == ("planarity", "flash")
    assert acted.engine.judge(replace(challenge, flash=None), acted.facts).unproved == ("planarity",)
