from hypothesis import given
from hypothesis import strategies as st

from liveness import Face, FrameFacts
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
