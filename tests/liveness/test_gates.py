"""Each gate has a case that it alone refuses: a session that passed, with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liveness import Action, Engine, FrameFacts, ModelPack, Refusal, Verdict
from liveness.course import follow
from liveness.gates.planarity import residual
from tests.liveness.networks import write_pad_override
from tests.liveness.playing import Frames, Session, ask, jpeg, willing
from tests.virtual_person import VirtualPerson

Change = Callable[[Sequence[FrameFacts]], Sequence[FrameFacts]]


def refused_alone(verdict: Verdict, gate: str, reason: Refusal) -> None:
    assert [g.name for g in verdict.gates if not g.passed] == [gate]
    assert verdict.refused_by is reason
    assert verdict.live is (gate == "match")


def judged(passed: Session, change: Change) -> Verdict:
    return passed.engine.judge(passed.challenge, change(passed.facts))


def test_nothing_speaks_against_the_unchanged_session(passed: Session, person: VirtualPerson):
    verdict = passed.engine.judge(passed.challenge, passed.facts, person.photo())
    assert (verdict.live, verdict.matched, verdict.refused_by) == (True, True, None)
    assert verdict.unproved == ()
    networks = {"detector/yunet", "landmarks/fr_landmark", "eyes/fr_eye", "pad/fr_liveness"}
    assert networks | {"embedding/sface"} == verdict.models.keys()
    assert (verdict.nonce, verdict.frames) == (passed.challenge.nonce, len(passed.facts))
    assert verdict.actions == passed.challenge.actions
    assert {gate.name: gate.threshold for gate in verdict.gates}["match"] == 0.4
    assert {
        "decode",
        "detect",
        "landmarks",
        "eyes",
        "antispoof",
        "embedding",
        "gates",
    } <= verdict.cpu_ms.keys()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda facts: [replace(f, width=f.width + (f is facts[-1])) for f in facts], Refusal.FRAMES_SIZE),
        (lambda facts: [replace(f, digest=str(i % 7)) for i, f in enumerate(facts)], Refusal.FRAMES_REPEATED),
        (
            lambda facts: [replace(f, digest=str(i // 3)) for i, f in enumerate(facts)],
            Refusal.FRAMES_REPEATED,
        ),
        (lambda facts: [replace(f, received_ms=f.t_ms - 2_000) for f in facts], Refusal.FRAMES_TIME),
        (lambda facts: [replace(f, received_ms=3 * f.t_ms) for f in facts], Refusal.FRAMES_TIME),
        (lambda facts: [replace(f, received_ms=9_000) for f in facts], Refusal.FRAMES_TIME),
        (lambda facts: [*facts, facts[-1]], Refusal.FRAMES_TIME),
    ],
    ids=["size", "looped", "frozen", "from the future", "slower clock", "all at once", "no time between"],
)
def test_frames_that_no_camera_sends(passed: Session, change: Change, reason: Refusal):
    refused_alone(judged(passed, change), "frames", reason)


def turned(facts: Sequence[FrameFacts], elsewhere: Callable[[int], float]) -> list[FrameFacts]:
    """A session whose actions were done, but whose head is turned elsewhere after its end."""
    last, calm = facts[-1], facts[2].face
    assert calm is not None
    more = [
        replace(
            last,
            t_ms=last.t_ms + 83 * (i + 1),
            received_ms=last.received_ms + 83 * (i + 1),
            digest=f"more {i}",
            face=replace(calm, yaw=elsewhere(i)),
            pad=None,
            embedding=None,
        )
        for i in range(12)
    ]
    return [*facts, *more]


def test_a_head_that_is_elsewhere_from_one_frame_to_the_next(passed: Session):
    cut = judged(passed, lambda facts: turned(facts, lambda i: 30.0 if 3 <= i < 7 else 0.0))
    refused_alone(cut, "frames", Refusal.FRAMES_TIME)


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda i: 35.0 if i in (3, 7) else 0.0,
        lambda i: max(0.0, 36.0 - 18 * abs(i - 5)),
        lambda i: 30.0 if i >= 6 else 0.0,
    ],
    ids=["wild frames", "a quick turn", "one cut"],
)
def test_quick_heads_and_misread_frames_are_let_through(passed: Session, elsewhere: Callable[[int], float]):
    assert judged(passed, lambda facts: turned(facts, elsewhere)).live


def test_batches_that_overtake_each_other_are_let_through(passed: Session):
    lags = (900, 250, 1_400)
    late = [replace(f, received_ms=f.t_ms + lags[i // 4 % 3]) for i, f in enumerate(passed.facts)]
    assert judged(passed, lambda _: late).live


def test_a_camera_that_gives_some_frames_twice_is_let_through(passed: Session):
    twice = [replace(f, digest=passed.facts[i - i % 4 // 3].digest) for i, f in enumerate(passed.facts)]
    assert judged(passed, lambda _: twice).live


def test_a_second_person_in_the_picture(passed: Session):
    def joined(facts: Sequence[FrameFacts]) -> list[FrameFacts]:
        return [replace(f, faces=1 + (i > 12 and i % 4 == 0)) for i, f in enumerate(facts)]

    refused_alone(judged(passed, joined), "one_face", Refusal.ONE_FACE)


def test_a_face_that_went_away_for_a_while(passed: Session):
    def gone(facts: Sequence[FrameFacts]) -> list[FrameFacts]:
        last = facts[-1]
        return [*facts[:-1], replace(last, t_ms=last.t_ms + 1_600, received_ms=last.received_ms + 1_600)]

    refused_alone(judged(passed, gone), "one_face", Refusal.ONE_FACE)


def test_the_right_motions_for_another_challenge(passed: Session):
    other = replace(passed.challenge, actions=(Action.BLINK, Action.TURN_LEFT, Action.OPEN_MOUTH))
    refused_alone(passed.engine.judge(other, passed.facts), "challenge", Refusal.WRONG_ORDER)


def test_a_session_cut_short(passed: Session):
    longer = replace(passed.challenge, actions=(*passed.challenge.actions, Action.NOD))
    refused_alone(passed.engine.judge(longer, passed.facts), "challenge", Refusal.INCOMPLETE)


def as_if_printed(facts: Sequence[FrameFacts], baseline: int) -> list[FrameFacts]:
    """The same poses, but points that moved as the points of a tilted sheet do."""
    calm = facts[baseline].face
    assert calm is not None
    points = np.array(calm.landmarks, np.float64).reshape(68, 2)
    middle = points.mean(axis=0)
    flat = []
    for frame in facts:
        assert frame.face is not None
        tilt = np.radians(frame.face.yaw)
        x, y = (points - middle).T
        depth = 1 + np.sin(tilt) * x / 900
        moved = np.stack([x * np.cos(tilt) / depth, y / depth], axis=1) + middle
        flat.append(replace(frame, face=replace(frame.face, landmarks=tuple(moved.ravel().tolist()))))
    return flat


def test_a_sheet_of_paper_that_turns(passed: Session):
    baseline = follow(passed.challenge, passed.facts).baseline
    assert baseline is not None
    verdict = judged(passed, lambda facts: as_if_printed(facts, baseline.index))
    refused_alone(verdict, "planarity", Refusal.FLAT)


def test_a_plane_leaves_no_residual_and_a_head_does(passed: Session):
    turned = max(passed.facts, key=lambda f: f.face.yaw if f.face else 0.0)
    first, last = (np.array(f.face.landmarks).reshape(68, 2) for f in (passed.facts[2], turned))
    perspective = np.array([[0.9, 0.1, 5.0], [-0.05, 1.1, 2.0], [1e-4, 2e-4, 1.0]])
    mapped = np.hstack([first, np.ones((68, 1))]) @ perspective.T
    assert residual(first, mapped[:, :2] / mapped[:, 2:]) < 1e-6
    assert residual(first, last) > 0.06
    assert residual(first, np.zeros((68, 2))) == 0.0


def test_another_face_takes_over(passed: Session):
    def exchanged(facts: Sequence[FrameFacts]) -> list[FrameFacts]:
        last = max(i for i, frame in enumerate(facts) if frame.embedding)
        stranger = tuple(np.eye(128)[0].tolist())
        return [replace(f, embedding=stranger) if i == last else f for i, f in enumerate(facts)]

    refused_alone(judged(passed, exchanged), "same_face", Refusal.OTHER_FACE)


def test_a_face_never_compared_is_not_the_same(passed: Session):
    verdict = judged(passed, lambda facts: [replace(f, embedding=None) for f in facts])
    refused_alone(verdict, "same_face", Refusal.OTHER_FACE)


def with_pad(passed: Session, override: Path) -> Session:
    """The session's frames, filmed by an engine with the operator's own networks."""
    pack = ModelPack.load(passed.engine._pack.one("detector").path.parent, override=override)
    session = Session(Engine(pack), passed.challenge)
    session.film(passed.images)
    return session


def test_an_attack_that_the_networks_see(passed: Session, tmp_path: Path):
    session = with_pad(passed, write_pad_override(tmp_path, (4.0, -4.0, 0.0)))
    refused_alone(session.engine.judge(session.challenge, session.facts), "antispoof", Refusal.ANTISPOOF)


@pytest.mark.parametrize(("weight", "live"), [(0.5, False), (2.0, True)])
def test_networks_vote_by_weight(passed: Session, tmp_path: Path, weight: float, live: bool):
    override = write_pad_override(tmp_path, (-9.0, 9.0, -9.0), (9.0, -9.0, 9.0), weight=weight)
    session = with_pad(passed, override)
    verdict = session.engine.judge(session.challenge, session.facts)
    assert verdict.live is live
    (gate,) = (gate for gate in verdict.gates if gate.name == "antispoof")
    assert gate.score == pytest.approx(weight / (weight + 1), abs=0.01)


def test_no_vote_at_all_is_no_pass(passed: Session):
    verdict = judged(passed, lambda facts: [replace(f, pad=None) for f in facts])
    refused_alone(verdict, "antispoof", Refusal.ANTISPOOF)


def test_a_face_in_the_dark(passed: Session):
    def dimmed(facts: Sequence[FrameFacts]) -> list[FrameFacts]:
        return [
            replace(f, face=replace(f.face, brightness=30.0)) if i > 12 else f for i, f in enumerate(facts)
        ]

    verdict = judged(passed, dimmed)
    refused_alone(verdict, "quality", Refusal.QUALITY)
    assert verdict.advice == "more_light"


def test_another_person_in_the_register(passed: Session, stranger: bytes):
    verdict = passed.engine.judge(passed.challenge, passed.facts, stranger)
    refused_alone(verdict, "match", Refusal.MATCH)
    assert verdict.matched is False


@pytest.mark.parametrize(
    "photo",
    [b"", b"no picture", jpeg(np.full((300, 300, 3), 128, np.uint8))],
    ids=["none", "text", "no face"],
)
def test_a_register_photo_without_a_face(passed: Session, photo: bytes):
    verdict = passed.engine.judge(passed.challenge, passed.facts, photo)
    refused_alone(verdict, "match", Refusal.REFERENCE_UNUSABLE)
    assert verdict.matched is None


def test_no_frames_at_all_are_judged_and_refused(engine: Engine, passed: Session):
    verdict = engine.judge(passed.challenge, [])
    assert (verdict.live, verdict.refused_by) == (False, Refusal.FRAMES_TOO_FEW)
    assert not any(gate.passed for gate in verdict.gates)


def test_a_challenge_without_turns_says_what_it_does_not_prove(engine: Engine, person: VirtualPerson):
    session = Session(engine, ask(Action.NOD, Action.BLINK, turns=False))
    session.play(willing(person))
    verdict = engine.judge(session.challenge, session.facts)
    assert (verdict.live, verdict.unproved) == (True, ("planarity",))


def with_narrow_eyes(facts: Sequence[FrameFacts]) -> list[FrameFacts]:
    """As the network sees narrow eyes, reflecting glasses or dim light."""
    return [replace(f, face=replace(f.face, closed=0.6)) if f.face else f for f in facts]


def test_eyes_that_cannot_be_read_are_asked_for_another_action(engine: Engine, person: VirtualPerson):
    session = Session(engine, ask(Action.BLINK, Action.TURN_RIGHT))
    asked: list[Action] = []

    def actor(action: Action | None) -> Frames:
        session.facts[:] = with_narrow_eyes(session.facts)
        now = session.progress.action
        if now is not None and (not asked or asked[-1] is not now):
            asked.append(now)
        return willing(person)(now)

    session.play(actor)
    session.facts[:] = with_narrow_eyes(session.facts)
    verdict = engine.judge(session.challenge, session.facts)
    assert (verdict.live, verdict.refused_by) == (True, None)
    assert Action.BLINK not in verdict.actions
    assert len(verdict.actions) == 2
    assert verdict.actions == tuple(asked)


def test_without_blink_and_turns_two_movements_are_left_and_the_verdict_says_so(passed: Session):
    still = replace(passed.challenge, actions=(Action.BLINK, Action.OPEN_MOUTH, Action.NOD), turns=False)
    verdict = passed.engine.judge(still, with_narrow_eyes(passed.facts))
    assert verdict.actions == (Action.OPEN_MOUTH, Action.NOD)
    assert verdict.unproved == ("planarity",)
