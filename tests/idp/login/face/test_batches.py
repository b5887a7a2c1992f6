"""Frames on their way: in whatever order, twice, too large, too late, or nothing the page would send."""

from io import BytesIO

import pytest

from tests.idp.login.face.capturing import capture, neutral
from tests.idp.login.visitor import Site, Visitor


def test_batches_may_overtake_each_other_and_come_twice(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    url, csrf = page["data-frames-url"], page["data-csrf"]
    assert asked.send_frames(url, csrf, 1, neutral(480))["action"] is None
    assert asked.send_frames(url, csrf, 0, neutral())["action"] is not None
    assert asked.send_frames(url, csrf, 0, neutral())["step"] == 0


@pytest.mark.parametrize(
    ("batch", "times", "frames", "status"),
    [
        ("0", "[0]", 0, 400),
        ("0", "[0,1,2,3,4]", 5, 400),
        ("0", "[0,1]", 1, 400),
        ("-1", "[0]", 1, 400),
        ("99999", "[0]", 1, 400),
        ("x", "[0]", 1, 400),
        ("0", "[-5]", 1, 400),
        ("0", "[1e3]", 1, 400),
        ("0", "[true]", 1, 400),
        ("0", "[999999999]", 1, 400),
        ("0", "{}", 1, 400),
        ("0", "[[", 1, 400),
    ],
)
def test_what_the_page_never_sends_is_refused(
    asked: Visitor, batch: str, times: str, frames: int, status: int
) -> None:
    page = capture(asked).page.elements["capture"]
    response = asked.client.post(
        page["data-frames-url"],
        data={"batch": batch, "times": times, "frame": [(BytesIO(b"{}"), "f.jpg")] * frames},
        content_type="multipart/form-data",
        base_url="https://id.example",
        headers={"X-CSRF-Token": page["data-csrf"]},
    )
    assert response.status_code == status


def test_a_frame_that_is_too_large_is_refused(site: Site, asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    large = b"x" * (site.services.settings.liveness.frame_bytes_at_most + 1)
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, [(large, 1)])
    assert asked.status == 413


def test_frames_without_their_token_are_refused(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    response = asked.client.post(page["data-frames-url"], data={}, base_url="https://id.example")
    assert response.status_code == 403


def test_a_picture_that_cannot_be_read_ends_the_session(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    answer = asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, [(b"not a picture", 1)])
    assert answer["refused"] == "quality"


def test_a_batch_that_comes_while_the_verdict_is_made_is_told_to_wait(site: Site, asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    late: list[dict[str, object]] = []

    def judging() -> None:
        late.append(asked.send_frames(page["data-frames-url"], page["data-csrf"], 59, neutral(40_000)))
        late.append({"result": asked.client.get(page["data-finish-url"], base_url="https://id.example")})

    site.engine.meanwhile = judging
    answer = asked.show_face()
    assert answer["done"] is True
    assert late[0] == {"wait": 1}
    assert late[1]["result"].headers["Refresh"] == "1"  # type: ignore[attr-defined]
    assert site.engine.judged == 1


def test_a_batch_on_its_way_while_the_session_changed_its_secret_learns_the_verdict(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    before = asked.client.get_cookie("__Host-session", domain="id.example")
    assert before is not None
    verdict = asked.show_face()
    asked.client.set_cookie("__Host-session", before.value, domain="id.example", secure=True)
    late = asked.send_frames(page["data-frames-url"], page["data-csrf"], 59, neutral(40_000))
    assert (asked.status, late) == (200, verdict)
