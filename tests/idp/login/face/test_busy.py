"""More checks than the engine can take: the page is told when to come again, and loses nothing."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from idp.login.factors.face import Caller, FaceChecks
from idp.login.services import KEY
from tests.idp.login.engine import ActingEngine, picture
from tests.idp.login.visitor import TAX, Site, Visitor


class HeldEngine(ActingEngine):
    """Stays with whoever is `unhurried` until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = Event(), Event()

    def read(self, image: bytes, **more: object) -> object:  # type: ignore[override]
        if b"unhurried" in image:
            self.reached.set()
            assert self.go_on.wait(20)
        return super().read(image, **more)  # type: ignore[arg-type]


@contextmanager
def somebody_in_the_engine(checks: FaceChecks, engine: HeldEngine) -> Iterator[None]:
    caller = Caller("theirs", "their browser", "198.51.100.9")
    frames = [(picture("unhurried", "neutral", 0), 0)]
    thread = Thread(target=lambda: checks.read(frames, caller=caller, received_ms=0, previous=()))
    thread.start()
    assert engine.reached.wait(20)
    try:
        yield
    finally:
        engine.go_on.set()
        thread.join(20)


@pytest.fixture
def held(site: Site) -> tuple[FaceChecks, HeldEngine]:
    engine = HeldEngine()
    checks = FaceChecks(lambda: engine, at_once=1, waiting_at_most=1, longest_wait_seconds=0.01)
    site.app.extensions[KEY] = dataclasses.replace(site.app.extensions[KEY], faces=checks)
    return checks, engine


def test_a_page_that_finds_no_place_is_told_when_to_come_again(
    site: Site, held: tuple[FaceChecks, HeldEngine]
) -> None:
    visitor = site.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    url = visitor.page.elements["capture"]["data-frames-url"]
    token = visitor.page.elements["capture"]["data-csrf"]
    frames = [(picture("zhang", "neutral", index), index * 120) for index in range(4)]
    with somebody_in_the_engine(*held):
        answer = visitor.send_frames(url, token, 0, frames)
        assert (visitor.status, answer) == (503, {"wait": 1})
        assert visitor.retry_after == "1"
    site.clock.advance(1)
    assert visitor.send_frames(url, token, 0, frames)["done"] is False
    assert visitor.status == 200


def test_the_sign_in_goes_on_after_it(site: Site, held: tuple[FaceChecks, HeldEngine]) -> None:
    visitor: Visitor = site.visitor().authorize(TAX).sign_in().click("way-face").consent_to_face()
    with somebody_in_the_engine(*held):
        pass
    assert visitor.show_face()["done"] is True
