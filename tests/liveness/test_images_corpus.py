"""What fuzzing left behind, tried again; and a moment of fuzzing. For more: `python -m bench.fuzz_images`."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_images import CORPUS_BYTES, LARGEST_KEPT_BYTES, Child
from liveness.images import FRAME_LIMITS
from tests.liveness.fuzzing.mutator import mutate
from tests.liveness.fuzzing.seeds import seeds
from tests.liveness.fuzzing.target import ROUTES, run
from tests.liveness.hostile import noise

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
PARENTS = [*seeds(), *(path.read_bytes() for path in CORPUS)]


def test_the_corpus_is_there_and_small() -> None:
    sizes = [path.stat().st_size for path in CORPUS]
    assert len(sizes) > 50
    assert sum(sizes) <= CORPUS_BYTES
    assert max(sizes) <= LARGEST_KEPT_BYTES


def test_nothing_in_the_corpus_does_harm() -> None:
    accepted = 0
    for path in CORPUS:
        seen = run(path.read_bytes())
        assert seen.findings == [], path.name
        accepted += bool(seen.accepted)
    assert accepted > 10, "without any that is decoded, the decoder is not tried"


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**48))
def test_mutants_do_no_harm(seed: int) -> None:
    chance = random.Random(seed)
    assert run(mutate(chance.choice(PARENTS), chance, PARENTS)).findings == []


def test_mutants_reach_the_decoder() -> None:
    chance = random.Random(1)
    outcomes = [run(mutate(chance.choice(PARENTS), chance, PARENTS)).accepted for _ in range(200)]
    assert sum(map(bool, outcomes)) > 10


def test_what_costs_more_than_is_stated_is_a_finding() -> None:
    data = noise("JPEG", (640, 480))
    assert run(data).findings == []
    (finding,) = run(data, routes={"frame": (FRAME_LIMITS, 0.01)}).findings
    assert finding.startswith("frame: ")


@pytest.fixture
def child() -> Child:
    return Child()


def test_a_decoder_that_dies_is_a_finding(child: Child) -> None:
    good = child.run(noise("JPEG", (160, 160)))
    assert good["accepted"] == ["frame", "photo"]
    assert any(feature.startswith("jpeg.py:") for feature in good["features"])
    assert isinstance(child.process, subprocess.Popen)
    child.process.kill()
    assert child.run(b"")["findings"] == ["the process died with -9"]
    assert child.run(b"")["findings"] == []
    child.end()
    assert set(ROUTES) == {"frame", "photo"}
