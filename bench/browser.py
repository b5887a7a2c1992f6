"""A browser as far as a measurement needs one: cookies, forms, and what each request took."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from flask.testing import FlaskClient

from tests.idp.login.reader import PageReader

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def page(self) -> PageReader:
        return PageReader(self.body.decode())


class Wire(Protocol):
    """How requests reach the provider."""

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer: ...


class OverHttp:
    """One kept connection. Cookies are kept by hand: they say Secure, which http clients take at its word."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._pool = urllib3.PoolManager(maxsize=1, retries=False)
        self._cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = headers | ({"Cookie": cookies} if cookies else {})
        found = self._pool.request(method, self._origin + path, body=body, headers=sent, redirect=False)
        for line in found.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(found.status, {k.lower(): v for k, v in found.headers.items()}, found.data)


class InProcess:
    """Flask's test client, for counting."""

    def __init__(self, client: FlaskClient, origin: str) -> None:
        self._client = client
        # Secure cookies go over https alone.
        self._base_url = origin.replace("http:", "https:", 1)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        found = self._client.open(path, method=method, data=body, headers=headers, base_url=self._base_url)
        return Answer(found.status_code, {k.lower(): v for k, v in found.headers.items()}, found.data)


@dataclass
class Browser:
    wire: Wire
    origin: str
    times: dict[str, list[float]] = field(default_factory=dict)
    """Step -> milliseconds of each request."""
    steps: list[str] = field(default_factory=list)
    """Of each request, in order."""
    answer: Answer = field(default_factory=lambda: Answer(0, {}, b""))
    location: str = ""
    """Where the last answer leads to; on this provider a path."""

    def get(self, step: str, path: str, **headers: str) -> "Browser":
        return self._send(step, "GET", path, None, headers)

    def post(self, step: str, path: str, values: Mapping[str, str], **headers: str) -> "Browser":
        body = urlencode(values).encode()
        return self._send(step, "POST", path, body, {"Content-Type": FORM, **headers})

    def submit(self, step: str, path: str, form: str, **values: str) -> "Browser":
        """Fill in the form of the page that was read last."""
        found = self.answer.page.forms[form]
        return self.post(step, found.action or path, {**found.fields, **values})

    def send_body(self, step: str, path: str, body: bytes, headers: dict[str, str]) -> "Browser":
        return self._send(step, "POST", path, body, headers)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}

    def rename_last(self, step: str) -> None:
        """Only its answer told what kind of request it was."""
        self.times.setdefault(step, []).append(self.times[self.steps[-1]].pop())
        self.steps[-1] = step

    def _send(
        self, step: str, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> "Browser":
        self.steps.append(step)
        begun = time.perf_counter()
        self.answer = self.wire.send(method, path, body, {"Accept-Language": "en", **headers})
        self.times.setdefault(step, []).append((time.perf_counter() - begun) * 1000)
        if self.answer.status >= 400:
            raise SystemExit(f"{step}: HTTP {self.answer.status}: {self.answer.body[:300]!r}")
        self.location = self.answer.headers.get("location", "").removeprefix(self.origin)
        return self
