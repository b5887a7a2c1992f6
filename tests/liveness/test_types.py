import json

from hypothesis import given
from hypothesis import strategies as st

from liveness import Action, Advice, Face, FrameFacts, GateScore, Refusal, Verdict
from tests.liveness.playing import Session

numbers = st.floats(-4000, 4000, width=32)


def some(count: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(numbers, min_size=count, max_size=count).map(tuple)


faces = st.builds(
    Face,
    box=some(4),
    points=some(10),
    landmarks=some(136),
    **dict.fromkeys(("yaw", "pitch", "mouth", "closed", "brightness", "sharpness"), numbers),
)
frames = st.builds(
    FrameFacts,
    t_ms=st.integers(0, 120_000),
    received_ms=st.integers(0, 120_000),
    width=st.just(480),
    height=st.just(640),
    digest=st.text("0123456789abcdef", min_size=32, max_size=32),
    faces=st.integers(0, 3),
    face=st.none() | faces,
    pad=st.none() | some(2),
    embedding=st.none() | some(128),
    cpu_ms=st.just({"decode": 1.5}),
)


@given(frames)
def test_facts_survive_the_store(facts: FrameFacts):
    back = FrameFacts.from_json(facts.to_json())
    assert back == facts
    assert back.cpu_ms == facts.cpu_ms


def test_facts_of_a_real_frame_are_small_and_hold_no_pixels(passed: Session):
    sizes = [len(facts.to_json()) for facts in passed.facts]
    assert max(sizes) < 2_500
    assert all(FrameFacts.from_json(facts.to_json()) == facts for facts in passed.facts)


scores = st.builds(
    GateScore,
    name=st.sampled_from(("frames", "planarity", "match")),
    score=numbers,
    threshold=numbers,
    passed=st.booleans(),
    reason=st.none() | st.sampled_from(Refusal),
)
verdicts = st.builds(
    Verdict,
    live=st.booleans(),
    matched=st.none() | st.booleans(),
    refused_by=st.none() | st.sampled_from(Refusal),
    advice=st.none() | st.sampled_from(Advice),
    gates=st.lists(scores).map(tuple),
    unproved=st.lists(st.text(max_size=20)).map(tuple),
    models=st.dictionaries(st.text(max_size=20), st.text(max_size=64)),
    actions=st.lists(st.sampled_from(Action)).map(tuple),
    signals=st.lists(scores, max_size=1).map(tuple),
    nonce=st.text(max_size=32),
    frames=st.integers(0, 1000),
    cpu_ms=st.dictionaries(st.text(max_size=20), numbers),
)


@given(verdicts)
def test_a_verdict_survives_its_json(verdict: Verdict):
    back = Verdict.from_json(verdict.to_json())
    assert back == verdict
    assert back.cpu_ms == verdict.cpu_ms
    assert all(isinstance(gate.reason, Refusal | None) for gate in back.gates)


def test_a_verdict_holds_neither_picture_nor_vector(passed: Session):
    verdict = passed.engine.judge(passed.challenge, passed.facts)
    text = verdict.to_json()
    assert Verdict.from_json(text) == verdict
    assert len(text) < 3_000
    longest = max(json.loads(text).values(), key=lambda value: len(value) if isinstance(value, list) else 0)
    assert len(longest) < 16
    assert not any(frame.digest in text for frame in passed.facts)
