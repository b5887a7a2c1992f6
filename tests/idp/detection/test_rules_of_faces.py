"""Each rule fires on what it is for, not below its threshold, not on what its note calls harmless: faces."""

from itertools import cycle

from tests.idp.detection.conftest import SHIPPED
from tests.idp.detection.happening import Log, found

SCORES = [0.9714, 0.8812, 0.3107, 0.9932]


def refusals(count: int, *reasons: str, after: float = 60, **fields: str) -> Log:
    log, turn = Log(), cycle(reasons)
    for _ in range(count):
        log.says("face_refused", after=after, reason=next(turn), **{"device": "browser", **fields})
    return log


def test_liveness_hammering() -> None:
    limit = SHIPPED["liveness-hammering"].threshold
    log = refusals(limit, "antispoof", "flat", "match")
    (finding,) = found("liveness-hammering", log.events)
    assert (finding.subject, finding.count) == ("browser", limit)
    assert not found("liveness-hammering", log.events[:-1])


def test_bad_light_or_a_try_a_day_hammers_nothing() -> None:
    light = refusals(60, "quality", "too_slow", "wrong_order", "one_face")
    assert not found("liveness-hammering", light.events)
    assert not found("liveness-hammering", refusals(30, "match", after=86400).events)


def test_liveness_hammering_of_an_account_from_many_devices() -> None:
    limit = SHIPPED["liveness-hammering-account"].threshold
    log = Log()
    for number in range(limit):
        log.says("face_refused", after=600, reason="match", person_id="person", device=f"browser-{number}")
    (finding,) = found("liveness-hammering-account", log.events)
    assert (finding.subject_kind, finding.subject) == ("person", "person")
    assert not found("liveness-hammering-account", log.events[:-1])


def test_a_bad_camera_hammers_no_account() -> None:
    log = refusals(50, "quality", "too_slow", "incomplete", person_id="person")
    assert not found("liveness-hammering-account", log.events)


def test_frames_in_a_loop() -> None:
    log = refusals(2, "frames_repeated", after=3600)
    assert [finding.subject for finding in found("replayed-frames", log.events)] == ["browser"]
    assert not found("replayed-frames", log.events[:1])
    assert not found("replayed-frames", refusals(9, "frames_too_few", "quality").events)


def test_the_same_scores_once_more() -> None:
    """On another device, days later, whether it came through or not."""
    log = Log()
    log.says("face_refused", reason="match", device="first", scores=SCORES)
    log.says("face_checked", after=3 * 86400, device="second", scores=SCORES)
    (finding,) = found("replayed-check", log.events)
    assert (finding.subject, finding.event_ids) == ("second", ("event-1", "event-2"))
    assert not found("replayed-check", log.events[:1])


def test_each_further_use_of_a_recording_is_found() -> None:
    log = Log()
    for number in range(4):
        log.says("face_checked", after=60, device=f"device-{number}", scores=SCORES)
    subjects = [finding.subject for finding in found("replayed-check", log.events)]
    assert subjects == ["device-1", "device-2", "device-3"]


def test_scores_that_anybody_has_are_no_replay() -> None:
    log = Log()
    for scores in ([], [1, 1, 0.0, 1.0], [1, 0.5, 0.5, 0]):
        for _ in range(3):
            log.says("face_refused", after=60, reason="quality", device="browser", scores=scores)
    log.says("face_checked", device="browser", scores=SCORES)
    log.says("face_checked", device="browser", scores=[*SCORES[:3], 0.9931])
    assert not found("replayed-check", log.events)


def test_signs_of_a_virtual_camera() -> None:
    limit = SHIPPED["virtual-camera"].threshold
    log = refusals(limit, "frames_time", "frames_size", "flash", after=3600)
    assert len(found("virtual-camera", log.events)) == 1
    assert not found("virtual-camera", log.events[:-1])
    assert not found("virtual-camera", refusals(30, "quality", "antispoof").events)
    sunlight = refusals(5, "flash", after=86400)  # once a day
    assert not found("virtual-camera", sunlight.events)


def test_photos_and_screens() -> None:
    limit = SHIPPED["presentation-attack"].threshold
    log = refusals(limit, "flat", "antispoof", "other_face")
    assert len(found("presentation-attack", log.events)) == 1
    assert not found("presentation-attack", log.events[:-1])
    assert not found("presentation-attack", refusals(30, "quality", "one_face").events)
