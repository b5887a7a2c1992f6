"""A template in the place of a photo: the same threshold, the same network, and seen nowhere."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from idp.people.sandbox.population import population
from liveness import Engine, FaceTemplate, ModelPack, Refusal
from liveness.detector import detect
from liveness.embedding import embed
from liveness.images import PHOTO_LIMITS, decode
from liveness.template import template_of
from tests.liveness.playing import Session
from tests.virtual_person import VirtualPerson


@pytest.fixture(scope="module")
def template(passed: Session) -> FaceTemplate:
    made = passed.engine.template(passed.facts)
    assert made is not None
    return made


def test_the_same_face_matches_its_template(passed: Session, template: FaceTemplate):
    verdict = passed.engine.judge(passed.challenge, passed.facts, template)
    assert (verdict.live, verdict.matched, verdict.refused_by) == (True, True, None)


def test_the_threshold_is_that_of_a_photo(passed: Session, template: FaceTemplate, person: VirtualPerson):
    by_photo, by_template = (
        passed.engine.judge(passed.challenge, passed.facts, reference).gates[-1]
        for reference in (person.photo(), template)
    )
    assert by_photo.threshold == by_template.threshold
    assert by_photo.name == by_template.name == "match"


def test_another_face_does_not_match(passed: Session, pack: ModelPack, template: FaceTemplate):
    stranger = next(photo for somebody in population(date(2026, 3, 1)) if (photo := somebody.photo()))
    photo = decode(stranger, PHOTO_LIMITS)
    strange = replace(template, vector=embed(pack, photo, detect(pack, photo)[0]))
    verdict = passed.engine.judge(passed.challenge, passed.facts, strange)
    assert (verdict.live, verdict.matched, verdict.refused_by) == (True, False, Refusal.MATCH)


def test_a_template_of_another_network_is_not_compared(passed: Session, template: FaceTemplate):
    verdict = passed.engine.judge(passed.challenge, passed.facts, replace(template, model="0" * 64))
    assert (verdict.live, verdict.matched) == (True, None)
    assert verdict.refused_by is Refusal.REFERENCE_UNUSABLE


def test_it_shows_nowhere(passed: Session, template: FaceTemplate):
    number = str(template.vector[0])[:8]
    verdict = passed.engine.judge(passed.challenge, passed.facts, template)
    assert number not in repr(template)
    assert number not in repr(verdict)
    assert number not in json.dumps(asdict(verdict), default=dict)


def test_it_names_the_network_and_has_length_one(engine: Engine, pack: ModelPack, template: FaceTemplate):
    assert template.model == engine.match_model == pack.one("embedding").sha256
    assert sum(value * value for value in template.vector) == pytest.approx(1.0)


def test_turned_frames_and_a_single_one_make_none(passed: Session):
    frontal = [f for f in passed.facts if f.face is not None and abs(f.face.yaw) < 5 and f.embedding]
    turned = [f for f in passed.facts if f.face is not None and abs(f.face.yaw) > 25]
    assert template_of(frontal[:1] + turned, "0" * 64) is None
    assert template_of([], "0" * 64) is None


def test_one_frame_that_went_wrong_does_not_pull_it_away(passed: Session, template: FaceTemplate):
    frontal = [f for f in passed.facts if f.face is not None and abs(f.face.yaw) < 5 and f.embedding]
    wrong = replace(frontal[0], embedding=tuple(-value for value in template.vector))
    pulled = template_of([*frontal[:4], wrong], template.model)
    assert pulled is not None
    assert sum(a * b for a, b in zip(pulled.vector, template.vector, strict=True)) > 0.9
