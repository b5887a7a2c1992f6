"""Attacks on what a face check leaves behind, and on what it is compared with."""

import dataclasses
from collections.abc import Callable
from typing import Any

from idp.login.circumstances import REFUSALS_OF_ONE_ADDRESS
from idp.login.factors.face import FaceChecks
from idp.login.services import KEY
from liveness import FrameFacts
from tests.idp.login.engine import ActingEngine, picture
from tests.idp.login.face.test_evidence_of_checks import exported
from tests.idp.login.keeping import SilentRegister, WithoutPhoto, again, at_the_camera, exchange, face_keys
from tests.idp.login.visitor import TAX, Site

POSES = ("neutral", "turn_left", "open_mouth")


def replace_engine(site: Site, engine: ActingEngine) -> None:
    found = site.app.extensions[KEY]
    site.app.extensions[KEY] = dataclasses.replace(found, faces=FaceChecks(lambda: engine, at_once=2))


def test_pictures_that_nobody_judges_are_no_evidence(keeping: Site) -> None:
    """Batches behind a gap, and those that come under a number that was there, are never judged."""
    thief = at_the_camera(keeping, "evidence")
    page = thief.page.elements["capture"]
    behind = [(picture("zhang", pose, 900 + i), i) for i, pose in enumerate(POSES)]
    thief.send_frames(page["data-frames-url"], page["data-csrf"], 200, behind)
    assert thief.status == 200
    numbers = iter(range(60))

    def twice() -> None:
        if number := next(numbers):
            again_under_it = [(picture("zhang", pose, 1_000 + number), 90_000) for pose in POSES]
            thief.send_frames(page["data-frames-url"], page["data-csrf"], number - 1, again_under_it)

    assert thief.show_face("a thief", before_each_batch=twice)["refused"] == "match"
    (kept,) = keeping.events("face_evidence_kept")
    frames = exported(keeping, kept["check_id"])
    assert len(frames) >= 2
    assert all(b"a thief" in image for image in frames.values())


def test_who_sends_moments_out_of_turn_leaves_evidence_all_the_same(keeping: Site) -> None:
    thief = at_the_camera(keeping, "evidence")
    page = thief.page.elements["capture"]
    first = [(picture("a thief", "neutral", 900), 0)]
    ahead = [(picture("a thief", "open_mouth", 901), 120)]
    for number, frames in ((1, ahead), (0, first)):
        thief.send_frames(page["data-frames-url"], page["data-csrf"], number, frames)
    more = [
        (picture("a thief", pose, 902 + i), 240 + i * 120) for i, pose in enumerate(("neutral", "open_mouth"))
    ]
    thief.send_frames(page["data-frames-url"], page["data-csrf"], 2, more)
    thief.get(page["data-finish-url"])
    (kept,) = keeping.events("face_evidence_kept")
    assert exported(keeping, kept["check_id"]).keys() == {"frontal", "moved"}


class Squinting(ActingEngine):
    """No frame does as a portrait."""

    def read(self, image: bytes, **more: Any) -> FrameFacts:
        facts = super().read(image, **more)
        assert facts.face is not None
        return dataclasses.replace(facts, face=dataclasses.replace(facts.face, closed=0.6))


def test_who_shows_no_portrait_does_not_get_round_a_register_that_compares(keeping: Site) -> None:
    """The table of docs/liveness.md: its answer alone, and never the template."""
    assert at_the_camera(keeping, "template").show_face()["done"] is True
    exchange(keeping, WithoutPhoto(says=False))
    replace_engine(keeping, Squinting())
    assert again(keeping).show_face()["refused"] == "match"


class Watched(ActingEngine):
    reading: Callable[[], None] | None = None

    def read(self, image: bytes, **more: Any) -> FrameFacts:
        facts = super().read(image, **more)
        if (meanwhile := self.reading) is not None:
            self.reading = None
            meanwhile()
        return facts


def test_a_batch_that_is_read_while_the_verdict_is_told_leaves_nothing(keeping: Site) -> None:
    engine = Watched()
    replace_engine(keeping, engine)
    exchange(keeping, WithoutPhoto())
    visitor = at_the_camera(keeping, "evidence")
    page = visitor.page.elements["capture"]

    def leave() -> None:
        response = visitor.client.get(page["data-finish-url"], base_url="https://id.example")
        assert b"incomplete" in response.data

    engine.reading = leave
    late = [(picture("zhang", pose, i), i * 120) for i, pose in enumerate(POSES)]
    answer = visitor.send_frames(page["data-frames-url"], page["data-csrf"], 0, late)
    assert (visitor.status, answer["refused"]) == (200, "incomplete")
    assert face_keys(keeping) == []


def test_a_flood_of_tries_beyond_the_hours_does_not_fill_the_log(site: Site) -> None:
    bot = site.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    (signed_in,) = site.events("signed_in")
    for _ in range(site.services.settings.liveness.tries_per_person_per_hour):
        site.app.extensions[KEY].face_sessions.count_try(f"person:{signed_in['person_id']}")
    for _ in range(REFUSALS_OF_ONE_ADDRESS):
        site.services.throttle.allow_from(bot.address, "refusals", REFUSALS_OF_ONE_ADDRESS, 3600)
    bot.get(bot.page.elements["capture"]["data-again-url"]).submit("face-consent-form")
    assert bot.status == 429
    assert not site.events("face_refused")


def test_nor_does_one_while_the_register_is_silent(site: Site) -> None:
    exchange(site, SilentRegister())
    bot = site.visitor().authorize(TAX).sign_in().click("way-face")
    for _ in range(REFUSALS_OF_ONE_ADDRESS):
        site.services.throttle.allow_from(bot.address, "refusals", REFUSALS_OF_ONE_ADDRESS, 3600)
    assert bot.consent_to_face().status == 503
    assert not site.events("register_unavailable")
