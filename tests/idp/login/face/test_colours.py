"""The colour flash as far as the provider goes: offered, told late, sent with the frames, left out."""

import dataclasses

import pytest

from idp.login.face.upload import BatchRefused, read_batch
from tests.idp.login.engine import picture
from tests.idp.login.face.capturing import capture
from tests.idp.login.face.test_upload import LIMITS, body, request
from tests.idp.login.visitor import FRAME_MS, TAX, Site, Visitor


@pytest.fixture
def asked(site: Site) -> Visitor:
    found = site.services.settings
    changed = found.liveness.model_copy(update={"flash": "gate"})
    settings = found.model_copy(update={"liveness": changed})
    site.app.extensions["yitong"] = dataclasses.replace(site.services, settings=settings)
    return site.visitor().authorize(TAX).sign_in()


def test_colours_are_told_when_the_actions_are_done(asked: Visitor) -> None:
    capture(asked)
    assert "colours-notice" in asked.page.elements
    assert asked.show_face()["done"] is True
    moving = asked.answers[:-1]
    first, *shown = [answer for answer in moving if answer["flash"] is not None]
    assert all(answer["flash"] is None for answer in moving if answer["step"] < answer["steps"])
    assert first["flash"].keys() == {"colours", "step_ms"}
    assert len(first["flash"]["colours"]) == 6
    assert shown
    assert all(answer["flash"] == first["flash"] and answer["done"] is False for answer in shown)


def test_colours_left_out_are_not_told(asked: Visitor) -> None:
    capture(asked).click("without-colours")
    assert "colours-notice" not in asked.page.elements
    assert asked.show_face()["done"] is True
    assert all(answer["flash"] is None for answer in asked.answers[:-1])


def test_a_film_has_no_colours(asked: Visitor) -> None:
    capture(asked)
    asked.get(asked.page.elements["capture"]["data-film-page-url"])
    assert "colours-notice" not in asked.page.elements


def test_no_colours_where_the_operator_wants_none(site: Site) -> None:
    visitor = capture(site.visitor().authorize(TAX).sign_in())
    assert "colours-notice" not in visitor.page.elements
    assert visitor.show_face()["done"] is True


def test_who_says_that_colours_are_shown_before_they_are_is_refused(asked: Visitor) -> None:
    page = capture(asked).page.elements["capture"]
    frames = _calm(8)
    asked.send_frames(page["data-frames-url"], page["data-csrf"], 0, frames[:4])
    answer = asked.send_frames(
        page["data-frames-url"], page["data-csrf"], 1, frames[4:], screens=[None, None, None, [0, 300]]
    )
    assert answer["refused"] == "frames_time"


@pytest.mark.parametrize(
    "screens",
    [
        "[[0, 1]]",
        "[[0], null]",
        "[[0, 200], null]",
        "[[16, 0], null]",
        "[[-1, 0], null]",
        "[[true, 0], null]",
        "[1, 2]",
        "{}",
        "[",
        "[null, null, null, null, null]",
    ],
)
def test_screens_that_no_page_sends_are_refused(screens: str) -> None:
    data = {**body([b"x", b"y"], [100, 250]), "screens": screens}
    with pytest.raises(BatchRefused, match="screens"):
        read_batch(request(data), LIMITS)


def test_screens_come_in_as_they_were() -> None:
    data = {**body([b"x", b"y"], [100, 250]), "screens": "[null, [5, 250]]"}
    assert read_batch(request(data), LIMITS).screens == (None, (5, 250))


def _calm(count: int) -> list[tuple[bytes, int]]:
    return [(picture("zhang", "neutral", i), i * FRAME_MS) for i in range(count)]
