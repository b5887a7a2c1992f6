"""Frames that outlive their check: which, how long, and of whom never."""

from typing import Any

import pytest
from sqlalchemy import text

from idp.audit.context import AuditContext
from idp.login.factors.moments import MOMENTS
from idp.people import face_evidence
from idp.people.models import FaceEvidence, FaceTemplate
from tests.idp.login.engine import picture
from tests.idp.login.keeping import (
    at_the_camera,
    change,
    face_keys,
    rows,
    work,
)
from tests.idp.login.visitor import Site, Visitor, motion


def test_a_few_frames_are_kept_of_a_check_that_passed(keeping: Site) -> None:
    assert at_the_camera(keeping, "evidence").show_face()["done"] is True
    (kept,) = keeping.events("face_evidence_kept")
    assert kept["days"] == 30
    frames = exported(keeping, kept["check_id"])
    assert len(frames) >= 2
    assert frames.keys() <= set(MOMENTS)
    assert kept["count"] == len(frames)
    assert rows(keeping, FaceTemplate) == []


def exported(site: Site, check_id: str) -> dict[str, bytes]:
    found = site.services
    with found.sessions.begin() as session:
        frames = face_evidence.export(
            session, check_id, reason="test", cipher=found.cipher, context=AuditContext(found.clock())
        )
    assert frames is not None
    return {frame.moment: frame.image for frame in frames}


def test_they_are_found_by_the_event_of_their_check(keeping: Site) -> None:
    at_the_camera(keeping, "evidence").show_face("a stranger")
    with keeping.services.engine.connect() as connection:
        query = text("SELECT id FROM audit_events WHERE name = 'face_refused'")
        (check_id,) = connection.execute(query).scalars()
    assert b"a stranger" in exported(keeping, check_id)["frontal"]


def test_they_go_at_their_date_even_when_nothing_is_kept_any_more(keeping: Site) -> None:
    at_the_camera(keeping, "evidence").show_face()
    change(keeping, keep_evidence_days=0, keep_templates=False)
    keeping.clock.advance(30 * 86400 - 60)
    work(keeping.services)
    assert len(rows(keeping, FaceEvidence)) == 1
    keeping.clock.advance(60)
    work(keeping.services)
    assert rows(keeping, FaceEvidence) == []
    assert keeping.events("face_evidence_deleted")[-1]["reason"] == "expired"


def test_a_film_is_as_a_live_check_but_for_the_template(keeping: Site) -> None:
    assert film(at_the_camera(keeping, "template", "evidence")) is True
    assert len(rows(keeping, FaceEvidence)) == 1
    assert rows(keeping, FaceTemplate) == []


def test_of_a_film_nothing_is_kept_without_consent(keeping: Site) -> None:
    assert film(at_the_camera(keeping)) is True
    assert rows(keeping, FaceTemplate) == rows(keeping, FaceEvidence) == []


def film(visitor: Visitor) -> bool:
    visitor.get(visitor.page.elements["capture"]["data-film-page-url"])
    page = visitor.page.elements["capture"]
    poses = [pose for action in [None, *page["data-actions"].split()] for pose in motion(action)]
    frames = [(picture("zhang", pose, i), i * 120) for i, pose in enumerate(poses)]
    visitor.site.clock.advance(20)
    answer: dict[str, Any] = {}
    for batch in range(len(frames) // 4):
        shown = frames[batch * 4 : batch * 4 + 4]
        answer = visitor.send_frames(page["data-frames-url"], page["data-csrf"], batch, shown, "recorded")
        if answer.get("done"):
            break
    return answer["done"] is True


@pytest.mark.parametrize("purposes", [(), ("template",), ("evidence",)])
def test_nothing_waits_in_the_store_after_the_verdict(keeping: Site, purposes: tuple[str, ...]) -> None:
    visitor = at_the_camera(keeping, *purposes)
    waiting: list[str] = []
    visitor.show_face(before_each_batch=lambda: waiting.extend(face_keys(keeping)))
    assert any(":evidence-" in key for key in waiting) is ("evidence" in purposes)
    assert face_keys(keeping) == []
