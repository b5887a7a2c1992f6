"""A session read on the schedule means what it means with every network on every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liveness import Action, Challenge, Engine, FrameFacts, ModelPack, Refusal
from liveness.attacks import KINDS, Material, Portrait, Room
from liveness.images import decode
from liveness.schedule import as_scheduled
from tests.liveness.playing import Session, ask, willing
from tests.virtual_person import VirtualPerson
from tests.virtual_person.stranger import stranger_photo

BOUND = 0.02


def in_full(session: Session) -> list[FrameFacts]:
    return [
        session.engine.read(image, t_ms=facts.t_ms, received_ms=facts.received_ms)
        for image, facts in zip(session.images, session.facts, strict=True)
    ]


def judged_alike(
    engine: Engine,
    challenge: Challenge,
    quick: Sequence[FrameFacts],
    full: Sequence[FrameFacts],
    photo: bytes,
) -> Refusal | None:
    """The refusal that both name."""
    one, other = (engine.judge(challenge, facts, photo) for facts in (quick, full))
    assert (one.live, one.matched, one.refused_by) == (other.live, other.matched, other.refused_by)
    for mine, theirs in zip(one.gates, other.gates, strict=True):
        assert (mine.name, mine.passed) == (theirs.name, theirs.passed)
        assert mine.score == pytest.approx(theirs.score, abs=BOUND)
    return one.refused_by


def test_who_does_what_is_asked(passed: Session, person: VirtualPerson):
    full = in_full(passed)
    assert all(frame.pad and frame.embedding for frame in full)
    alike = judged_alike(passed.engine, passed.challenge, passed.facts, full, person.photo())
    assert alike is None
    assert (
        judged_alike(passed.engine, passed.challenge, passed.facts, full, stranger_photo(person)) == "match"
    )


@pytest.mark.parametrize("kind", ["bent", "replay", "swap_timed"])
def test_attacks(engine: Engine, pack: ModelPack, person: VirtualPerson, passed: Session, kind: str):
    """A sheet, a screen with a film of another session, and two faces in turn."""
    random = np.random.default_rng(5)
    photo = stranger_photo(person) if kind == "swap_timed" else person.photo()
    material = Material(
        Portrait.decoded(pack, photo),
        Room(random),
        random,
        film=[decode(image) for image in passed.images],
        accomplice=willing(person),
    )
    session = Session(engine, ask(Action.TURN_RIGHT, Action.OPEN_MOUTH))
    session.play(KINDS[kind](material), rounds=2)
    assert judged_alike(engine, session.challenge, session.facts, in_full(session), photo) is not None


def test_single_pictures(engine: Engine, shared: Path):
    asked = ask(turns=False)
    for picture in sorted((shared / "faces").glob("*.jpg")):
        image = picture.read_bytes()
        quick = engine.read(image, t_ms=0, received_ms=0, previous=[])
        full = engine.read(image, t_ms=0, received_ms=0)
        assert quick == full
        judged_alike(engine, asked, [quick], [full], image)


def test_votes_and_vectors_that_nobody_asked_for_count_for_nothing(passed: Session):
    facts = [
        frame if frame.pad else replace(frame, pad=(0.0,), embedding=frame.embedding or (1.0, *(0.0,) * 127))
        for frame in passed.facts
    ]
    assert list(as_scheduled(passed.facts)) == passed.facts
    assert passed.engine.judge(passed.challenge, facts).gates == (
        passed.engine.judge(passed.challenge, passed.facts).gates
    )


def test_a_vote_that_was_asked_for_counts(passed: Session):
    facts = [replace(frame, pad=(0.0,)) if frame.pad else frame for frame in passed.facts]
    assert passed.engine.judge(passed.challenge, facts).refused_by == "antispoof"
