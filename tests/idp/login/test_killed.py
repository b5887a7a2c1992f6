"""The provider is killed while a face is before the camera: nothing of the frames is on any disk.

A real server, real networks, and frames that would be known again wherever they lay.
"""

from __future__ import annotations

import base64
import os
import re
import resource
import secrets
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

from idp.crypto.digests import digest
from liveness import ModelMissing, ModelPack, ModelTampered
from liveness.installing import install
from tests.idp.login.wire import Upload, WireBrowser, send, send_half, upload
from tests.journeys.stack import ROOT, Stack, running
from tests.liveness.hostile import with_segment
from tests.servers import RedisProcess
from tests.virtual_person import VirtualPerson

pytestmark = pytest.mark.slow

MODELS = ROOT / "var" / "models"
SERIAL = 1
"""Somebody of whom the register holds no photo: a frame is kept, sealed, until the verdict."""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisProcess]:
    """One that writes everything to its disk."""
    server = RedisProcess(tmp_path_factory.mktemp("redis"), options=("--appendonly", "yes"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    try:
        ModelPack.load(MODELS)
    except (ModelMissing, ModelTampered):
        install(MODELS)
    folder = tmp_path_factory.mktemp("killed")
    (folder / "temporary").mkdir()
    with running(folder, MODELS, {"TMPDIR": str(folder / "temporary")}) as found:
        yield found


@pytest.fixture(scope="module")
def film() -> Film:
    return Film(VirtualPerson().photo())


class Film:
    """Frames of a face, and what of them would be known again: a comment, the coded pixels, the pixels."""

    def __init__(self, photo: bytes) -> None:
        self.comment = secrets.token_hex(24).encode()
        self.frame = with_segment(photo, 0xFE, self.comment)
        start = self.frame.rindex(b"\xff\xda") + 200
        coded = [self.frame[at : at + 24] for at in range(start, len(self.frame) - 24, 997)]
        pixels = cv2.imdecode(np.frombuffer(self.frame, np.uint8), cv2.IMREAD_COLOR)
        rows = [pixels[row, 100:140].tobytes() for row in range(100, pixels.shape[0], 97)]
        self.marks = [self.comment, *coded, *(row for row in rows if len(set(row)) > 8)]
        self.marks += [base64.b64encode(self.comment)[:48], base64.b64encode(coded[0])[:28]]

    def batch(self, number: int) -> list[tuple[bytes, int]]:
        return [(self.frame, number * 400 + index * 100) for index in range(4)]


def files_with(marks: list[bytes], *folders: Path) -> list[str]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if _holds(path.read_bytes(), marks)]


def _holds(content: bytes, marks: list[bytes]) -> bool:
    return any(mark in content for mark in marks)


def at_the_camera(stack: Stack) -> WireBrowser:
    person = stack.person(SERIAL)
    assert person.account is not None
    query = {
        "client_id": "tax",
        "redirect_uri": f"{stack.tax}/callback",
        "response_type": "code",
        "scope": "openid",
        "acr_values": "urn:yitong:acr:3",
        "state": "the-state",
        "code_challenge": digest("v" * 43),
        "code_challenge_method": "S256",
    }
    browser = WireBrowser(stack.issuer)
    browser.get("/oauth2/authorize?" + "&".join(f"{name}={value}" for name, value in query.items()))
    browser.submit("password-form", number=person.number.value, password=person.account.password)
    browser.click("way-face").submit("face-consent-form", agree="yes")
    assert "capture" in browser.page.elements, browser.page.text
    return browser


def kill(stack: Stack) -> None:
    """The server and the process that serves, at once, as the kernel does when memory runs out."""
    provider = stack.processes["provider"]
    children = Path(f"/proc/{provider.pid}/task/{provider.pid}/children").read_text().split()
    assert children
    for pid in (provider.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    provider.wait()


def killed_in_the_middle(stack: Stack, film: Film) -> None:
    """Two batches are read; of two more one is being read, and one is on its way in."""
    browser = at_the_camera(stack)
    page = browser.page
    for number in range(2):
        answer = send(browser, upload(browser, page, number, film.batch(number)))
        assert answer["done"] is False, answer
    half = send_half(browser, upload(browser, page, 2, film.batch(2)))
    under_way = Thread(target=_send_in_vain, args=(browser, upload(browser, page, 3, film.batch(3))))
    under_way.start()
    kill(stack)
    under_way.join(60)
    half.close()


def _send_in_vain(browser: WireBrowser, one: Upload) -> None:
    try:
        send(browser, one)
    except (OSError, ValueError):
        return  # nobody was left to answer


def test_the_search_would_find_them(film: Film, tmp_path: Path) -> None:
    assert len(film.marks) > 10
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "core").write_bytes(bytes(1000) + film.frame + bytes(10))
    (tmp_path / "raw").write_bytes(cv2.imdecode(np.frombuffer(film.frame, np.uint8), 1).tobytes())
    assert len(files_with(film.marks, tmp_path)) == 2


def test_nothing_of_the_frames_is_on_the_disk_of_the_database(stack: Stack, film: Film) -> None:
    killed_in_the_middle(stack, film)
    with sqlite3.connect(stack.folder / "ephemeral.db") as store:
        keys = [key for (key,) in store.execute("select key from ephemeral")]
    store.close()
    assert any(key.endswith(":portrait") for key in keys), "a frame waits, sealed, for the verdict"
    assert any(key.endswith(":live") for key in keys)
    assert files_with(film.marks, stack.folder) == []
    assert not list(ROOT.glob("core*"))


def test_nor_on_that_of_redis(stack: Stack, redis: RedisProcess, film: Film) -> None:
    stack.environment["IDP_EPHEMERAL__URL"] = redis.url
    stack.restart_provider()
    killed_in_the_middle(stack, film)
    assert redis.run("SAVE") == b"OK"
    keys = redis.run("KEYS", "face:*:portrait")
    assert isinstance(keys, list)
    assert keys
    assert files_with(film.marks, stack.folder, redis.folder) == []


def test_the_process_that_serves_leaves_no_core(stack: Stack) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        stack.restart_provider()
        assert "0" in core_limits(stack)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def core_limits(stack: Stack) -> list[str]:
    """Of granian's children, one of which serves."""
    pid = stack.processes["provider"].pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    limits = "".join(Path(f"/proc/{child}/limits").read_text() for child in children)
    return re.findall(r"Max core file size +(\S+)", limits)
