"""The drawn faces of the sandbox, as the networks see them: faces, and nobody's who stands at a camera."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from idp.people.sandbox.population import population
from liveness import Engine, ModelPack
from tests.virtual_person import VirtualPerson


def read(engine: Engine, picture: bytes) -> tuple[int, NDArray[np.float64]]:
    facts = engine.read(picture, t_ms=0, received_ms=0)
    assert facts.embedding is not None
    vector = np.asarray(facts.embedding)
    return facts.faces, vector / np.linalg.norm(vector)


def test_one_face_in_each_and_none_is_a_photographed_persons(
    engine: Engine, pack: ModelPack, person: VirtualPerson
) -> None:
    photos = [photo for somebody in population(date(2026, 11, 22)) if (photo := somebody.photo())]
    faces, drawn = zip(*(read(engine, photo) for photo in photos), strict=True)
    assert set(faces) == {1}
    _, photographed = read(engine, person.photo())
    assert max(float(vector @ photographed) for vector in drawn) < pack.one("embedding").threshold
