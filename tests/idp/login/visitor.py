"""A person at a browser: opens pages, fills in forms, shows a face. And the site that they visit."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from idp.audit.models import AuditEvent
from idp.crypto.digests import digest
from idp.extensions import Services
from idp.messages import open_handlers, open_mail_handlers
from idp.messages.sandbox import recent
from idp.people.resident_number import SANDBOX_ADDRESS, compose
from idp.storage.outbox import drain
from tests.fakes import FakeClock
from tests.idp.login.engine import PHOTO_OF, ActingEngine, picture
from tests.idp.login.reader import PageReader

ISSUER = "https://id.example"
HALL, TAX = "hall", "tax"
CALLBACKS = {HALL: "https://hall.example/callback", TAX: "https://tax.example/callback"}
FRAME_MS = 120
LONGEST_WAY = 20


@dataclass(frozen=True)
class Someone:
    name: str
    number: str
    phone: str
    password: str
    photo: bytes | None


PERSON = Someone(
    "张三丰",
    compose(SANDBOX_ADDRESS, date(1990, 3, 7), 1),
    "+8613800138000",
    "correct horse battery",
    PHOTO_OF + b"zhang",
)
CHILD = Someone(
    "李小四", compose(SANDBOX_ADDRESS, date(2014, 1, 1), 2), "+8613800138001", "correct horse", None
)
NEWCOMER = Someone(
    "王五", compose(SANDBOX_ADDRESS, date(1985, 6, 1), 3), "+8613800138002", "a new one 7", None
)
"""In the register, with neither account nor photo."""


class Site:
    """The provider, with its clock in the test's hand."""

    def __init__(self, app: Flask, clock: FakeClock, engine: ActingEngine) -> None:
        self.app, self.clock, self.engine = app, clock, engine
        self.services: Services = app.extensions["yitong"]

    def visitor(self) -> "Visitor":
        return Visitor(self)

    def messages(self) -> list[str]:
        """What has been sent, newest first; the worker's part is done here."""
        found = self.services
        handlers = open_handlers(
            found.settings.messages, found.cipher, found.store, found.outbound, found.clock
        )
        handlers |= open_mail_handlers(found.settings.mail, found.cipher, found.store, found.clock)
        drain(found.sessions, handlers, found.clock)
        return [message.text for message in recent(found.store)]

    def code(self) -> str:
        found = re.search(r"\d{6}", self.messages()[0])
        assert found is not None
        return found[0]

    def events(self, name: str) -> list[dict[str, Any]]:
        with self.services.engine.connect() as connection:
            table = AuditEvent.__table__
            rows = connection.execute(select(table).where(table.c.name == name).order_by(table.c.seq))
            return [
                {**json.loads(row.payload), "person_id": row.person_id, "client_id": row.client_id}
                for row in rows
            ]

    def close(self) -> None:
        self.services.audit.close()
        self.services.store.close()
        self.services.engine.dispose()


class Visitor:
    """One browser with its own cookies. `page` is what it shows, `url` where it is."""

    def __init__(self, site: Site, address: str = "192.0.2.7") -> None:
        self.site = site
        self.client: FlaskClient = site.app.test_client()
        self.address = address
        self.url = ""
        self.status = 0
        self.body = ""
        self.location: str | None = None
        self.retry_after: str | None = None
        self.answers: list[dict[str, Any]] = []  # to batches of frames

    # Moving about

    def get(self, url: str) -> "Visitor":
        return self._follow(self.client.get(url, **self._environment()))

    def authorize(self, client_id: str = HALL, **changes: str) -> "Visitor":
        query = {
            "client_id": client_id,
            "redirect_uri": CALLBACKS[client_id],
            "response_type": "code",
            "scope": "openid profile",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": digest("v" * 43),
            "code_challenge_method": "S256",
            "ui_locales": "en",
            **changes,
        }
        response = self.client.get("/oauth2/authorize", query_string=query, **self._environment())
        return self._follow(response)

    def submit(self, form: str, url: str | None = None, **fields: str) -> "Visitor":
        """Fill in and send the form with that id; hidden fields go along."""
        found = self.page.forms[form]
        target = url or found.action or self.url
        response = self.client.post(target, data={**found.fields, **fields}, **self._environment())
        return self._follow(response, posted_to=target)

    def send_files(self, form: str, files: dict[str, bytes], **fields: str) -> "Visitor":
        """Choose files in the form with that id, and send it."""
        found = self.page.forms[form]
        chosen = {name: (BytesIO(data), name) for name, data in files.items()}
        target = found.action or self.url
        response = self.client.post(target, data={**found.fields, **fields, **chosen}, **self._environment())
        return self._follow(response, posted_to=target)

    def click(self, element: str) -> "Visitor":
        return self.get(self.page.elements[element]["href"])

    @property
    def page(self) -> PageReader:
        return PageReader(self.body)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def is_back_at_the_portal(self) -> bool:
        return any(self.url.startswith(address) for address in CALLBACKS.values())

    def shows(self, text: str) -> bool:
        return text in " ".join(self.page.text.split())

    def _follow(self, response: TestResponse, posted_to: str | None = None) -> "Visitor":
        url = posted_to or response.request.full_path if response.request else ""
        for _ in range(LONGEST_WAY):
            self.status, self.url = response.status_code, url
            if response.status_code not in {302, 303}:
                self.body = response.get_data(as_text=True)
                return self
            url = response.headers["Location"].removeprefix(ISSUER)
            if not url.startswith("/"):
                self.url, self.body = url, ""
                return self
            response = self.client.get(url, **self._environment())
        raise AssertionError("redirected in a circle")

    def _environment(self) -> dict[str, Any]:
        return {
            "base_url": ISSUER,
            "environ_overrides": {"REMOTE_ADDR": self.address},
            "headers": {"Accept-Language": "en"},
        }

    # Signing in

    def sign_in(self, someone: Someone = PERSON, password: str | None = None) -> "Visitor":
        return self.submit("password-form", number=someone.number, password=password or someone.password)

    def agree(self) -> "Visitor":
        assert self.path == "/consent", (self.url, self.page.text)
        form = next(iter(self.page.forms.values()))
        response = self.client.post(
            self.url, data={**form.fields, "decision": "agree"}, **self._environment()
        )
        return self._follow(response)

    def agree_to_all(self) -> "Visitor":
        """As the page comes: what may be left out is ticked."""
        left_in = [name.removeprefix("scope-") for name in self.page.elements if name.startswith("scope-")]
        form = self.page.forms["consent-form"]
        data = {**form.fields, "decision": "agree", "scope": left_in}
        return self._follow(self.client.post(self.url, data=data, **self._environment()))

    # The camera

    def consent_to_face(self) -> "Visitor":
        return self.submit("face-consent-form", agree="yes")

    def show_face(
        self,
        who: str = "zhang",
        *,
        does: str | None = None,
        before_each_batch: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """Do what the page asks (or always the one thing `does`) until it says that it is over."""
        capture = self.page.elements["capture"]
        asked, t, answer = None, 0, {}
        poses: list[str] = []
        colours: Iterator[list[int]] | None = None
        for batch in range(60):
            if before_each_batch is not None:
                before_each_batch()
            if not poses:
                poses = [*motion(asked and (does or asked))]
            now, poses = poses[:4], poses[4:]
            frames = [(picture(who, pose, batch * 4 + i), t + i * FRAME_MS) for i, pose in enumerate(now)]
            t += len(frames) * FRAME_MS
            self.site.clock.advance(len(frames) * FRAME_MS / 1000)
            screens = None if colours is None else [next(colours, None) for _ in frames]
            answer = self.send_frames(
                capture["data-frames-url"], capture["data-csrf"], batch, frames, screens=screens
            )
            if answer.get("done") or answer.get("refused") or "next" in answer:
                break
            asked = answer["action"]
            if answer["flash"] is not None and colours is None:
                colours = screens_of(answer["flash"], t)
        return answer

    def send_frames(
        self,
        url: str,
        csrf: str,
        batch: int,
        frames: list[tuple[bytes, int]],
        mode: str = "live",
        screens: list[list[int] | None] | None = None,
    ) -> dict[str, Any]:
        data: dict[str, Any] = {
            "mode": mode,
            "batch": str(batch),
            "times": json.dumps([t for _, t in frames]),
            "frame": [(BytesIO(image), "frame.jpg") for image, _ in frames],
        }
        if screens is not None:
            data["screens"] = json.dumps(screens)
        environment = self._environment()
        environment["headers"] = {**environment["headers"], "X-CSRF-Token": csrf}
        response = self.client.post(url, data=data, content_type="multipart/form-data", **environment)
        self.status = response.status_code
        self.retry_after = response.headers.get("Retry-After")
        self.answers.append(response.get_json())
        return self.answers[-1]

    def csrf(self) -> str:
        return next(form.fields["csrf_token"] for form in self.page.forms.values())


def screens_of(flash: dict[str, Any], begin_ms: int) -> Iterator[list[int]]:
    """What a page notes beside each frame while it shows the colours: which one, and since when."""
    for t in range(0, len(flash["colours"]) * flash["step_ms"], FRAME_MS):
        place = t // flash["step_ms"]
        first = -(-place * flash["step_ms"] // FRAME_MS) * FRAME_MS
        yield [place, begin_ms + first]


def motion(action: str | None) -> Iterator[str]:
    """Eight frames: at rest, there, and back."""
    if action is None:
        yield from ["neutral"] * 8
    else:
        yield from ["neutral", f"{action}@0.4", f"{action}@0.8", action, action]
        yield from [f"{action}@0.6", f"{action}@0.2", "neutral"]
