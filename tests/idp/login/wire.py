"""A browser without a screen at a real server: cookies, forms, redirects, and a camera's frames."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from tests.idp.login.reader import PageReader

LONGEST_WAY = 20


@dataclass
class WireBrowser:
    """Keeps to one origin; where a redirect leads away from it, `url` says whither."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    url: str = ""
    status: int = 0
    body: str = ""

    def get(self, url: str) -> WireBrowser:
        return self._go("GET", url, None, "")

    def submit(self, form: str, **fields: str) -> WireBrowser:
        found = self.page.forms[form]
        values = urlencode({**found.fields, **fields})
        return self._go("POST", found.action or self.url, values, "application/x-www-form-urlencoded")

    def click(self, element: str) -> WireBrowser:
        return self.get(self.page.elements[element]["href"])

    @property
    def page(self) -> PageReader:
        return PageReader(self.body)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", urlsplit(self.origin).port, timeout=60)

    def headers(self, content_type: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        found = {"Host": urlsplit(self.origin).netloc, "Cookie": cookies, "Accept-Language": "en"}
        return found | ({"Content-Type": content_type, "Origin": self.origin} if content_type else {})

    def _go(self, method: str, url: str, body: str | None, content_type: str) -> WireBrowser:
        for _ in range(LONGEST_WAY):
            self.url = urljoin(self.url or self.origin, url)
            if not self.url.startswith(self.origin):
                return self
            connection = self.connect()
            path = self.url.removeprefix(self.origin) or "/"
            connection.request(method, path, body, self.headers(content_type))
            answer = connection.getresponse()
            self.status, self.body = answer.status, answer.read().decode()
            for value in answer.headers.get_all("Set-Cookie", []):
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            connection.close()
            if self.status not in {302, 303}:
                return self
            method, url, body, content_type = "GET", answer.headers["Location"], None, ""
        raise AssertionError("redirected in a circle")


@dataclass(frozen=True)
class Upload:
    """One batch as the camera page sends it, in a form of its own making."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def upload(browser: WireBrowser, page: PageReader, batch: int, frames: Sequence[tuple[bytes, int]]) -> Upload:
    capture, mark = page.elements["capture"], uuid4().hex
    fields = {"mode": "live", "batch": str(batch), "times": json.dumps([t for _, t in frames])}
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for image, _ in frames:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="frame"; filename="frame.jpg"\r\n'
        parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + image + b"\r\n")
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    headers = browser.headers(f"multipart/form-data; boundary={mark}")
    headers |= {"X-CSRF-Token": capture["data-csrf"], "Content-Length": str(len(body))}
    return Upload(capture["data-frames-url"], headers, body)


def send(browser: WireBrowser, one: Upload) -> dict[str, object]:
    connection = browser.connect()
    connection.request("POST", one.path, one.body, dict(one.headers))
    answer: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def send_half(browser: WireBrowser, one: Upload) -> http.client.HTTPConnection:
    """The server has it in its hands and waits for the rest."""
    connection = browser.connect()
    connection.putrequest("POST", one.path, skip_host=True, skip_accept_encoding=True)
    for name, value in one.headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(one.body[: len(one.body) // 2])
    return connection
