"""Cutting a take into a GIF and a WebM: nothing lost, nothing blank, nothing said twice."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.journeys import film
from tests.journeys.screencast import Arrival, Still, Take, Tap

SIZE = (120, 240)
WIDTH = 120
EVERY = film.FRAME_MS / 1000


def still(at: float, *, left: int | None) -> Still:
    """A white page with a dark square at `left`; None for the blank moment between two pages."""
    picture = Image.new("RGB", SIZE, "white")
    if left is not None:
        ImageDraw.Draw(picture).rectangle((left, 60, left + 40, 100), fill=(11, 79, 156))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return Still(at, written.getvalue())


@pytest.fixture
def take() -> Take:
    """Two pages of ten frames each and a blank one between them."""
    stills = [still(100.0, left=10), still(100 + 9.5 * EVERY, left=None), still(100 + 10 * EVERY, left=70)]
    return Take(WIDTH, stills, [], [Arrival(99.0, "hall.localhost")], ended_at=100 + 20.5 * EVERY)


def test_equal_pictures_are_shown_once_and_long(take: Take) -> None:
    assert [one.frames for one in film.cut(take, WIDTH)] == [10, 10]


def test_a_finger_is_shown_for_a_moment(take: Take) -> None:
    untouched = film.cut(take, WIDTH)
    take.taps.append(Tap(100 + 2 * EVERY, 60, 30))
    shown = film.cut(take, WIDTH)
    assert len(shown) > len(untouched)
    assert sum(one.frames for one in shown) == 20
    assert shown[0].picture.tobytes() == untouched[0].picture.tobytes()
    assert shown[1].picture.tobytes() != untouched[0].picture.tobytes()


def test_a_finger_is_gone_with_its_page(take: Take) -> None:
    take.taps.append(Tap(100 + 9 * EVERY, 60, 30))
    take.arrivals.append(Arrival(100 + 9.8 * EVERY, "hall.localhost"))
    assert [one.frames for one in film.cut(take, WIDTH)] == [9, 1, 10]


def test_nothing_filmed_is_no_film() -> None:
    with pytest.raises(ValueError, match="nothing was filmed"):
        film.cut(Take(WIDTH, [still(1.0, left=None)], ended_at=2.0), WIDTH)


def test_the_gif_shows_each_picture_for_its_time(take: Take, tmp_path: Path) -> None:
    shown = film.cut(take, WIDTH)
    film.write_gif(tmp_path / "film.gif", shown)
    with Image.open(tmp_path / "film.gif") as gif:
        assert getattr(gif, "n_frames", 1) == 2
        assert gif.info["loop"] == 0
        for index, one in enumerate(shown):
            gif.seek(index)
            assert gif.info["duration"] == (10 * film.FRAME_MS if index == 0 else film.LAST_MS)
            seen = np.asarray(gif.convert("RGBA")).astype(int)
            meant = np.asarray(one.picture).astype(int)
            solid = meant[..., 3] == 255
            assert (seen[solid][:, 3] == 255).all()
            # The second picture moved the square: nothing of the first may be left.
            assert np.abs(seen - meant)[solid][:, :3].max() <= 12
        assert seen[0, 0, 3] == 0, "the phone's corners are transparent"


@pytest.mark.browser
def test_the_webm_plays_in_chromium(take: Take, tmp_path: Path, page: Page) -> None:
    assert film.write_webm(tmp_path / "film.webm", film.cut(take, WIDTH))
    data = base64.b64encode((tmp_path / "film.webm").read_bytes()).decode()
    page.set_content(f'<video muted src="data:video/webm;base64,{data}"></video>')
    played = page.evaluate(
        "async () => { const film = document.querySelector('video');"
        " const ended = new Promise((yes) => film.addEventListener('ended', yes));"
        " film.playbackRate = 4; await film.play(); await ended;"
        " return [film.videoWidth, film.duration]; }"
    )
    assert played[0] > WIDTH
    assert played[1] == pytest.approx(20 * EVERY, abs=0.3)
