"""A telephone with a licence in it, as far as the provider sees one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from idp.crypto.digests import base64url
from tests.idp.login.licences.licensing import Licence
from tests.idp.login.visitor import ISSUER, Site, Visitor

ADDRESS = "198.51.100.23"


class Phone:
    def __init__(self, site: Site, licence: Licence | None = None, *, address: str = ADDRESS) -> None:
        self.client = site.app.test_client()
        self.licence = licence
        self.address = address
        self.status = 0
        self.headers: dict[str, str] = {}
        self.got: dict[str, Any] = {}

    def post(self, call: str, language: str = "en", **body: object) -> dict[str, Any]:
        answer = self.client.post(
            f"/licence-app/v1/{call}",
            json=body,
            base_url=ISSUER,
            environ_overrides={"REMOTE_ADDR": self.address},
            headers={"Accept-Language": language},
        )
        self.status, self.headers = answer.status_code, dict(answer.headers)
        found: dict[str, Any] = answer.get_json()
        return found

    def scan(self, code: str, language: str = "en") -> dict[str, Any]:
        answer = self.post("scan", language, code=code)
        if self.status == 200:
            self.got = answer
        return answer

    @property
    def text(self) -> str:
        """What is shown and signed."""
        return str(self.got["sign"])

    def confirm(self, *, text: str | None = None, **changes: object) -> dict[str, Any]:
        assert self.licence is not None
        signature = self.licence.sign((self.text if text is None else text).encode())
        body = {
            "certificates": (self.licence.certificate + self.licence.chain).decode(),
            "signature": base64url(signature),
            **changes,
        }
        return self.ask("confirm", **body)

    def refuse(self, reason: str = "declined") -> dict[str, Any]:
        return self.ask("refuse", reason=reason)

    def ask(self, call: str, **body: object) -> dict[str, Any]:
        return self.post(call, **{"request": self.got["request"], "token": self.got["token"], **body})


def code_on(visitor: Visitor) -> str:
    """As the page's link has it, which is what the QR code holds."""
    link = visitor.page.elements["app-link"]["href"]
    (code,) = parse_qs(urlsplit(link).fragment)["code"]
    return code


def begin(site: Site, visitor: Visitor | None = None, **changes: str) -> Visitor:
    """Somebody at a portal's sign-in, before the QR code."""
    found = visitor or site.visitor()
    found.authorize(**changes)
    return found.get(f"/login/licence-app?interaction={found.query['interaction']}")
