"""`make show`: plays the journeys headless; leaves a film of the sign-in and a screenshot of each step.

    python -m tests.journeys.show [--out show] [--readme]

For everybody without a camera. The face is the tests' virtual person, played into the browser in the camera's
place: it shows the pages and the checks of challenge and match, and says nothing of presentation attacks.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from liveness import ModelMissing, ModelPack, ModelTampered
from liveness.installing import install
from tests.journeys import film, stories
from tests.journeys.phone_case import in_case, side_by_side
from tests.journeys.screencast import Screencast, Take
from tests.journeys.stack import ROOT, Stack, photographed, running
from tests.journeys.visitors import Actor, Album, Photographer
from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import VirtualCamera, chromium, install_camera
from tests.virtual_person.scenes import Scenes

MODELS = ROOT / "var" / "models"
IMAGES = ROOT / "docs" / "images"
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
TRIES = 3
T = TypeVar("T")


@dataclass(frozen=True)
class Cast:
    """Serials of people of the sandbox. Nobody appears twice: consents are remembered."""

    signs_in: int
    steps_up: int
    enrols: int
    represents: int
    """Whom the business register names, too."""
    organisation: str
    """Its code."""


ON_THE_PHONE = Cast(13, 5, 2, represents=1, organisation="91000000YT00000112")
AT_THE_DESK = Cast(21, 20, 33, represents=30, organisation="92000000YT00001933")
IN_THE_FILM = 7
SCREEN, FILM_SCREEN, SHEET_SCREEN = 264, 360, 280
"""Widths of the phone's screen in the GIF, in the WebM and on the README's picture, in pixels."""
SHEET = (
    (("portal",), "hall.localhost"),
    (("password",), "localhost"),
    (("face-consent",), "localhost"),
    (
        ("camera-open-mouth", "camera-turn-left", "camera-turn-right", "camera-nod", "camera-blink"),
        "localhost",
    ),
    (("consent",), "localhost"),
    (("signed-in",), "hall.localhost"),
)
"""The README's picture: the first of these screenshots that was taken, and whose page it shows."""


def main() -> None:
    """Play everything; print where the files are."""
    arguments = _arguments()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    for file in _files(out):
        file.unlink()
    face = VirtualPerson()
    scenes = Scenes(face)
    scenes.prepare()
    _install_models()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), MODELS) as stack,
        chromium() as browser,
    ):
        for cast in (ON_THE_PHONE, AT_THE_DESK):
            photographed(stack, cast.signs_in, face)
            photographed(stack, cast.steps_up, face)
        photographed(stack, IN_THE_FILM, face)
        _say("Photographing on a phone ...")
        shots = _photograph(browser, stack, scenes, Album(out), PHONE, ON_THE_PHONE)
        _say("Photographing on a desktop ...")
        _photograph(browser, stack, scenes, Album(out, "desktop-"), DESKTOP, AT_THE_DESK)
        _say("Filming ...")
        take = _film(browser, stack, scenes)
    film.write_gif(out / "sign-in.gif", film.cut(take, SCREEN))
    if not film.write_webm(out / "sign-in.webm", film.cut(take, FILM_SCREEN)):
        _say("No WebM: this build of OpenCV cannot write VP8.")
    _contact_sheet(shots, out / "sign-in-steps.png")
    if arguments.readme:
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name in ("sign-in.gif", "sign-in-steps.png"):
            shutil.copyfile(out / name, IMAGES / name)
    for file in _files(out):
        _say(f"{file}  {file.stat().st_size // 1024} kB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.show", description="Show a sign-in.")
    parser.add_argument("--out", type=Path, default=ROOT / "show", help="folder; pictures in it are replaced")
    parser.add_argument("--readme", action="store_true", help="renew the pictures in docs/images, too")
    return parser.parse_args()


def _files(folder: Path) -> list[Path]:
    """What a run leaves, and nothing else that may lie there."""
    return sorted(file for file in folder.iterdir() if file.suffix in (".png", ".gif", ".webm"))


def _install_models() -> None:
    try:
        ModelPack.load(MODELS)
    except (ModelMissing, ModelTampered):
        install(MODELS)


def _play(browser: Browser, size: ViewportSize, scenes: Scenes, act: Callable[[Page, VirtualCamera], T]) -> T:
    """On a device that nobody has used yet; again, as people do, if the face was not recognised."""
    for tries_left in reversed(range(TRIES)):
        context = browser.new_context(
            viewport=size,
            device_scale_factor=2 if size is PHONE else 1,
            locale="zh-CN",
            has_touch=size is PHONE,
        )
        context.set_default_timeout(20_000)
        try:
            page = context.new_page()
            return act(page, install_camera(page, scenes))
        except stories.NotRecognised as refusal:
            if not tries_left:
                raise
            _say(f"Once more, since the page says: {refusal}")
        finally:
            context.close()
    raise AssertionError("there is at least one try")


def _photograph(
    browser: Browser, stack: Stack, scenes: Scenes, album: Album, size: ViewportSize, cast: Cast
) -> dict[str, Path]:
    def signing_in(page: Page, camera: VirtualCamera) -> None:
        visitor = Photographer(page, album)
        stories.sign_in_with_a_live_face(visitor, stack, stack.person(cast.signs_in), camera)
        stories.second_portal(visitor, stack)

    def stepping_up(page: Page, camera: VirtualCamera) -> None:
        stories.step_up(Photographer(page, album), stack, stack.person(cast.steps_up), camera)

    def enrolling(page: Page, _camera: VirtualCamera) -> None:
        stories.enrol(Photographer(page, album), stack, stack.person(cast.enrols))

    def acting(page: Page, _camera: VirtualCamera) -> None:
        person = stack.person(cast.represents)
        stories.act_for_an_organisation(Photographer(page, album), stack, person, cast.organisation)

    for act in (signing_in, stepping_up, enrolling, acting):
        _play(browser, size, scenes, act)
    return album.files


def _film(browser: Browser, stack: Stack, scenes: Scenes) -> Take:
    def acting(page: Page, camera: VirtualCamera) -> Take:
        screencast = Screencast(page)
        screencast.start()
        actor = Actor(page, screencast)
        stories.sign_in_with_a_live_face(actor, stack, stack.person(IN_THE_FILM), camera)
        return screencast.stop()

    return _play(browser, PHONE, scenes, acting)


def _contact_sheet(shots: dict[str, Path], file: Path) -> None:
    row = []
    for names, host in SHEET:
        with Image.open(next(shots[name] for name in names if name in shots)) as shot:
            screen = shot.crop((0, 0, shot.width, shot.width * PHONE["height"] // PHONE["width"]))
        row.append(in_case(screen, SHEET_SCREEN, host))
    sheet = side_by_side(row, SHEET_SCREEN // 8)
    sheet.save(file, optimize=True)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
