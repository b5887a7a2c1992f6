"""The installed networks, an engine over them, and a person before its camera."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest

from idp.people.sandbox.population import population
from liveness import Action, Engine, ModelPack
from liveness.installing import install
from tests.liveness.playing import Session, ask, willing
from tests.virtual_person import VirtualPerson

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pack() -> ModelPack:
    directory = REPOSITORY / "var" / "models"
    install(directory)  # what is missing of it, the optional networks too
    return ModelPack.load(directory)


@pytest.fixture(scope="session")
def engine(pack: ModelPack) -> Engine:
    return Engine(pack)


@pytest.fixture(scope="session")
def modelled() -> VirtualPerson:
    """Made once, for it takes a second; never played itself."""
    return VirtualPerson()


@pytest.fixture
def person(modelled: VirtualPerson) -> VirtualPerson:
    """As if new, whatever was played before."""
    return modelled.again()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Pictures and networks that may lie beside the repository; skips where they do not."""
    path = Path(os.environ.get("YITONG_SHARED", REPOSITORY.parent / "shared"))
    if not path.is_dir():
        pytest.skip("no shared directory beside the repository")
    return path


@pytest.fixture(scope="session")
def stranger() -> bytes:
    """A register photo of another drawn person."""
    return next(photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo()))


@pytest.fixture
def random() -> Random:
    return Random(20260301)


@pytest.fixture(scope="session")
def passed(engine: Engine, modelled: VirtualPerson) -> Session:
    """A session that nothing speaks against; gates are tried on copies of its facts."""
    challenge = ask(Action.TURN_LEFT, Action.BLINK, Action.OPEN_MOUTH)
    session = Session(engine, challenge)
    session.play(willing(modelled.again()))
    return session
