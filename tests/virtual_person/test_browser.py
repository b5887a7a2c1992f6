"""The virtual camera in a real Chromium, on a page of a few lines served from a string."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import FROZEN, WRONG_ORDER, install_camera
from tests.virtual_person.phone_film import film
from tests.virtual_person.portrait import Bytes
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser

ADDRESS = "http://camera.localhost/"
# The page asks for what the test tells it, and remembers what it saw at the height of each motion.
PAGE = """<!doctype html><meta charset="utf-8"><title>camera</title>
<p id="instruction"></p><video id="video" muted playsinline></video>
<script>
async function start() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
    const video = document.querySelector("#video");
    video.srcObject = stream;
    await video.play();
    return `${video.videoWidth}x${video.videoHeight}`;
  } catch (error) { return error.name; }
}
function snap() {
  const video = document.querySelector("#video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}
const seen = [];
function film(ms) {
  seen.length = 0;
  const timer = setInterval(() => seen.push(snap()), 100);
  setTimeout(() => {
    clearInterval(timer);
    document.body.append(Object.assign(document.createElement("i"), { id: "end", textContent: "end" }));
  }, ms);
}
function ask(action) { document.querySelector("#instruction").dataset.action = action; }
</script>"""
POLICY = "default-src 'none'; script-src 'unsafe-inline'; img-src 'self'; media-src 'self' blob:"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page under a strict policy: the camera must not depend on what the page may load."""

    def serve(route: Route) -> None:
        route.fulfill(body=PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    opened = browser.new_page()
    opened.route("**/*", serve)
    yield opened
    opened.close()


def _picture(text: str) -> Bytes:
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def _nearest(picture: Bytes, scenes: Scenes, subject: str) -> str:
    """The motion whose middle frame is most like the picture."""

    def unlike(motion: str) -> float:
        frames = scenes.clip(subject, motion)
        both = (picture, _picture(frames[len(frames) // 2]))
        first, second = (
            cv2.resize(part, (60, 80), interpolation=cv2.INTER_AREA).astype(int) for part in both
        )
        return float(np.abs(first - second).mean())

    return min(("idle", "turn_left", "turn_right", "open_mouth"), key=unlike)


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("works", "480x640"),
        ("refuse", "NotAllowedError"),
        ("missing", "NotFoundError"),
        ("busy", "NotReadableError"),
        ("web_view", "TypeError"),
    ],
)
def test_the_camera_opens_or_fails_as_told(page: Page, scenes: Scenes, mode: str, answer: str) -> None:
    install_camera(page, scenes, mode=mode)  # type: ignore[arg-type]
    page.goto(ADDRESS)
    assert page.evaluate("start()") == answer


def test_a_missing_camera_is_not_listed(page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    assert page.evaluate("navigator.mediaDevices.enumerateDevices().then(list => list.length)") == 1
    camera.set(mode="missing")
    assert page.evaluate("navigator.mediaDevices.enumerateDevices().then(list => list.length)") == 0


def test_frames_reach_the_page_and_never_repeat(page: Page, scenes: Scenes) -> None:
    install_camera(page, scenes)
    page.goto(ADDRESS)
    page.evaluate("start()")
    page.evaluate("film(5500)")  # longer than the clip of an idle person, which starts over
    page.wait_for_selector("#end")
    frames = page.evaluate("seen")
    assert len(frames) >= 30
    assert len(set(frames)) >= 0.9 * len(frames)
    assert _nearest(_picture(frames[-1]), scenes, "live") == "idle"


@pytest.mark.parametrize(
    ("answers", "motion"),
    [({}, "turn_left"), (WRONG_ORDER, "turn_right"), (FROZEN, "idle")],
)
def test_the_person_answers_the_instruction(
    page: Page, scenes: Scenes, answers: dict[str, str | None], motion: str
) -> None:
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    page.evaluate("start()")
    page.evaluate("ask('turn_left'); film(2500)")
    camera.perform(until="#end", answers=answers, timeout_ms=20_000)
    seen = [_nearest(_picture(text), scenes, "live") for text in page.evaluate("seen")]
    assert seen[0] == "idle"
    assert set(seen) - {"idle"} == {motion} - {"idle"}


def test_another_subject_takes_the_persons_place(page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    page.evaluate("start()")
    camera.set(subject="print")
    camera.play("turn_left")
    page.evaluate("film(500)")
    page.wait_for_selector("#end")
    shown, expected = _picture(page.evaluate("seen")[-1]), _picture(scenes.clip("print", "idle")[0])
    assert np.abs(shown.astype(int) - expected).mean() < 12


def test_a_camera_can_be_pulled_out(page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    page.evaluate("start()")
    page.evaluate(
        "document.querySelector('#video').srcObject.getVideoTracks()[0].onended = () => ask('ended')"
    )
    camera.unplug()
    page.wait_for_selector("#instruction[data-action=ended]", state="attached")


def test_looking_straight_is_no_motion(page: Page, scenes: Scenes) -> None:
    """And the person still hears the next instruction."""
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    page.evaluate("start()")
    page.evaluate("ask('look_straight'); setTimeout(() => ask('turn_right'), 800); film(3000)")
    camera.perform(until="#end", timeout_ms=20_000)
    seen = [_nearest(_picture(text), scenes, "live") for text in page.evaluate("seen")]
    assert set(seen[:7]) == {"idle"}
    assert set(seen) == {"idle", "turn_right"}


def test_chromium_plays_the_film_of_a_phones_camera(page: Page, person: VirtualPerson) -> None:
    page.goto(ADDRESS)
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file' }))")
    payload = film(person, ["open_mouth"])
    page.set_input_files("input", {"name": "film.webm", "mimeType": "video/webm", "buffer": payload})
    length = page.evaluate("""() => new Promise((answer, refuse) => {
      const video = document.createElement("video");
      video.onloadeddata = () => answer([video.duration, video.videoWidth, video.videoHeight]);
      video.onerror = () => refuse(video.error.message);
      video.src = URL.createObjectURL(document.querySelector("input").files[0]);
    })""")
    assert length == [pytest.approx(2.9, abs=0.2), 480, 640]


def test_orders_outlive_a_navigation(page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    page.goto(ADDRESS)
    camera.set(mode="busy")
    page.reload()
    assert page.evaluate("start()") == "NotReadableError"


@pytest.mark.parametrize("subject", ["nobody", "two_people", "far_away", "bent_print"])
def test_every_subject_can_be_shown(scenes: Scenes, subject: str) -> None:
    frame = _picture(scenes.clip(subject, "idle")[0])
    assert frame.shape == (640, 480, 3)


def test_unknown_clips_are_refused(scenes: Scenes) -> None:
    with pytest.raises(KeyError):
        scenes.clip("live", "somersault")
    with pytest.raises(KeyError):
        scenes.clip("ghost", "idle")
