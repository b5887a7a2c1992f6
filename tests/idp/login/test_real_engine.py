"""The face step with the real networks: the page's protocol, the store and the engine, without a browser."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from idp.login.factors.face import FaceChecks
from idp.login.services import KEY
from idp.people.registry.embedded import RegisterRecord, upsert
from liveness import Engine, ModelPack
from tests.idp.login.visitor import PERSON, TAX, Site, Visitor
from tests.liveness.networks import write_pad_override
from tests.liveness.playing import FPS, jpeg
from tests.virtual_person import VirtualPerson

MODELS = Path(__file__).parents[3] / "var" / "models"
BATCH = 4


@pytest.fixture(scope="module")
def modelled() -> VirtualPerson:
    """Made once, for it takes a second; never played itself."""
    return VirtualPerson()


@pytest.fixture
def person(modelled: VirtualPerson) -> VirtualPerson:
    """As if new, whatever was played before."""
    return modelled.again()


@pytest.fixture
def asked(site: Site, person: VirtualPerson, tmp_path: Path) -> Visitor:
    """At the camera of a provider whose PAD network lets pictures of pictures pass: they are all we have."""
    pack = ModelPack.load(MODELS, override=write_pad_override(tmp_path / "pad", (0.0, 8.0, 0.0)))
    checks = FaceChecks(lambda: Engine(pack), at_once=2)
    site.app.extensions[KEY] = dataclasses.replace(site.app.extensions[KEY], faces=checks)
    found = site.services
    record = RegisterRecord(PERSON.number, PERSON.name, PERSON.phone, person.photo())
    with found.sessions.begin() as session:
        upsert(session, record, cipher=found.cipher, index=found.index, now=found.clock())
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    assert "capture" in visitor.page.elements
    return visitor


def play(site: Site, visitor: Visitor, person: VirtualPerson) -> tuple[dict[str, object], list[float]]:
    """Do what is asked; the last answer, and the seconds that each batch took."""
    page = visitor.page.elements["capture"]
    asked: str | None = None
    answer: dict[str, object] = {}
    seconds: list[float] = []
    t = number = 0
    for _ in range(12):
        for batch in _batches(person.idle(0.7, FPS) if asked is None else person.clip(asked, FPS)):
            frames = [(image, t + i * 1000 // FPS) for i, image in enumerate(batch)]
            t += len(batch) * 1000 // FPS
            site.clock.advance(len(batch) / FPS)
            start = perf_counter()
            answer = visitor.send_frames(page["data-frames-url"], page["data-csrf"], number, frames)
            seconds.append(perf_counter() - start)
            number += 1
            if answer.get("done") or answer.get("refused"):
                return answer, seconds
        asked = answer["action"]  # type: ignore[assignment]
    return answer, seconds


def _batches(frames: list[object]) -> Iterator[list[bytes]]:
    images = [jpeg(frame) for frame in frames]  # type: ignore[arg-type]
    for start in range(0, len(images), BATCH):
        yield images[start : start + BATCH]


@pytest.mark.slow
def test_a_virtual_person_passes_and_every_gate_is_in_the_log(
    site: Site, asked: Visitor, person: VirtualPerson
) -> None:
    answer, seconds = play(site, asked, person)
    assert answer["done"] is True, answer
    print(
        f"{len(seconds)} batches, {sum(seconds[:-1]) / (len(seconds) - 1):.3f} s each, "
        f"the last with the verdict {seconds[-1]:.3f} s"
    )
    (checked,) = site.events("face_checked")
    assert {"frames", "one_face", "challenge", "antispoof", "match"} <= set(checked["gates"])
    assert len(checked["gates"]) == len(checked["scores"])
    assert asked.get(str(answer["next"])).path == "/consent"
