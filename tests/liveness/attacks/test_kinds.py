"""Every kind of attack against the engine, once; `bench.redteam` does so against many challenges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from idp.people.sandbox.population import population
from liveness import Action, Engine, ModelPack
from liveness.attacks import INJECTED, KINDS, NEEDS_ACCOMPLICE, Attack, Material, Portrait, Room
from liveness.attacks.session import even, uneven
from liveness.images import PHOTO_LIMITS, decode
from tests.liveness.playing import Session, ask
from tests.virtual_person import VirtualPerson

ASKED = (Action.TURN_LEFT, Action.OPEN_MOUTH)
FRONTAL = (Action.BLINK, Action.OPEN_MOUTH, Action.NOD)
REFUSING = {
    "print": {"challenge", "planarity"},
    "bent": {"challenge", "planarity"},
    "cutout": {"challenge", "planarity"},
    "screen": {"challenge", "planarity"},
    "replay": {"challenge"},
    "loop": {"challenge"},
    "reorder": {"challenge"},
    "virtual_camera": {"challenge"},
    "injected": {"challenge", "planarity"},
    "frozen": {"frames", "challenge", "planarity"},
    "swap": {"same_face"},
    "swap_timed": {"same_face"},
    "animated": {"challenge", "planarity"},
}
"""At least these refuse. `reenacted` imitates the parallax of a head and is not always stopped."""


def played(
    engine: Engine, kind: str, material: Material, attack: Attack, asked: tuple[Action, ...] = ASKED
) -> Session:
    clock = even if kind in INJECTED else uneven(material.random)
    challenge = ask(*asked, window_ms=2_500, turns=Action.TURN_LEFT in asked)
    session = Session(engine, challenge, clock=clock)
    session.play(attack)
    return session


def test_every_kind_is_tried():
    assert {*REFUSING, "reenacted"} == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(REFUSING.keys() - NEEDS_ACCOMPLICE))
def test_a_simulated_attack_is_refused(
    kind: str, engine: Engine, material: Callable[[int], Material], person: VirtualPerson
):
    means = material(3)
    session = played(engine, kind, means, KINDS[kind](means))
    verdict = engine.judge(session.challenge, session.facts, person.photo())
    assert REFUSING[kind] <= {gate.name for gate in verdict.gates if not gate.passed}
    assert not verdict.live


@pytest.mark.parametrize(("kind", "asked"), [("swap", ASKED), ("swap_timed", ASKED), ("swap_timed", FRONTAL)])
def test_an_accomplice_does_what_is_asked_and_is_not_the_same_face(
    kind: str,
    asked: tuple[Action, ...],
    engine: Engine,
    pack: ModelPack,
    material: Callable[[int], Material],
):
    victim = next(photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo()))
    random = np.random.default_rng(3)
    portrait = Portrait.of(pack, decode(victim, PHOTO_LIMITS))
    means = Material(portrait, Room(random), random, accomplice=material(3).accomplice)
    session = played(engine, kind, means, KINDS[kind](means), asked)
    assert session.progress.done
    verdict = engine.judge(session.challenge, session.facts, victim)
    assert REFUSING[kind] <= {gate.name for gate in verdict.gates if not gate.passed}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_seed_renders_the_same_attack(kind: str, material: Callable[[int], Material]):
    def frames(seed: int) -> list[np.ndarray]:
        means = material(seed)
        means = Material(
            means.portrait, means.stage, means.random, means.film, accomplice=lambda _: means.film
        )
        return [np.asarray(frame) for frame in list(KINDS[kind](means)(None))[:3]]

    first, again, other = frames(5), frames(5), frames(6)
    assert first
    assert all(frame.shape == (640, 480, 3) and frame.dtype == np.uint8 for frame in first)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    if kind != "frozen":
        assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))
