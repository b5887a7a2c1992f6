from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from idp.login.factors.face import Caller, FaceBusy, FaceChecks, FaceUnavailable, PictureRefused
from liveness import ModelTampered
from tests.idp.login.engine import ActingEngine, picture


class SlowEngine(ActingEngine):
    """Reads when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.go_on = Event(), Event()

    def read(self, *arguments: object, **more: object) -> object:  # type: ignore[override]
        self.started.set()
        assert self.go_on.wait(10)
        return super().read(*arguments, **more)  # type: ignore[arg-type]


def read(
    checks: FaceChecks, image: bytes = picture("zhang", "neutral", 0), session: str = "a session"
) -> object:
    caller = Caller(session, "a browser", "192.0.2.7")
    return checks.read([(image, 0)], caller=caller, received_ms=0, previous=())


def test_the_engine_opens_when_first_needed_and_once() -> None:
    opened = []

    def open_engine() -> ActingEngine:
        opened.append(1)
        return ActingEngine()

    checks = FaceChecks(open_engine, at_once=1)
    assert not opened
    assert checks.is_available()
    read(checks)
    read(checks)
    assert len(opened) == 1


def test_wrong_networks_close_the_way_and_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def tampered() -> ActingEngine:
        raise ModelTampered("pad: fr_liveness.onnx does not have the pinned sha256")

    checks = FaceChecks(tampered, at_once=1)
    assert not checks.is_available()
    with pytest.raises(FaceUnavailable):
        read(checks)
    (record,) = caplog.records
    assert "fr_liveness.onnx" in record.getMessage()


def test_a_hostile_picture_is_refused_by_its_reason() -> None:
    with pytest.raises(PictureRefused) as caught:
        read(FaceChecks(ActingEngine, at_once=1), b"\xff\xd8nonsense")
    assert caught.value.reason == "undecodable"


@contextmanager
def busy(checks: FaceChecks, engine: SlowEngine, count: int) -> Iterator[None]:
    threads = [Thread(target=read, args=(checks,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    assert engine.started.wait(10)
    try:
        yield
    finally:
        engine.go_on.set()
        for thread in threads:
            thread.join()


def test_who_finds_no_place_is_told_when_to_come_again() -> None:
    engine = SlowEngine()
    checks = FaceChecks(lambda: engine, at_once=1, longest_wait_seconds=0.01)
    with busy(checks, engine, 1), pytest.raises(FaceBusy) as caught:
        read(checks)
    assert caught.value.seconds >= 1
    read(checks)


def test_a_place_is_free_again_after_a_refusal() -> None:
    checks = FaceChecks(ActingEngine, at_once=1)
    for _ in range(10):
        with pytest.raises(PictureRefused):
            read(checks, b"x")
    read(checks)
