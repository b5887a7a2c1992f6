"""Calls of the protocol to one provider."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests

from clients.licence_app.keys import Key

PATH: Final = "/licence-app/v1/"
TIMEOUT_SECONDS: Final = 10.0
CONFIRM_SECONDS: Final = 30.0
"""The provider asks registers and authorities meanwhile."""
ANSWER_BYTES_AT_MOST: Final = 65536


class Refused(Exception):
    """`error` is one of the protocol's, or unreachable; `message` is for the person, where there is one."""

    def __init__(self, error: str, *, rule: str = "", message: str = "", state: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.rule = rule
        self.message = message
        self.state = state


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that this telephone has taken up."""

    issuer: str
    request: str
    token: str
    sign: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    digits: str
    return_url: str


class Provider:
    def __init__(self, issuer: str, language: str) -> None:
        self._issuer = issuer
        self._language = language

    def scan(self, code: str) -> Asked:
        """Raises Refused, as all calls do."""
        answer = self._post("scan", {"code": code})
        return Asked(self._issuer, *(_text(answer, name) for name in ("request", "token", "sign")))

    def confirm(self, asked: Asked, certificates: str, key: Key) -> Confirmed:
        signature = urlsafe_b64encode(key.sign(asked.sign.encode())).rstrip(b"=").decode()
        body = {"certificates": certificates, "algorithm": key.algorithm, "signature": signature}
        answer = self._post("confirm", _of(asked) | body, seconds=CONFIRM_SECONDS)
        back = _text(answer, "return_url")
        if not back.startswith(f"{self._issuer}/"):
            raise Refused("invalid_answer")
        return Confirmed(_text(answer, "digits"), back)

    def refuse(self, asked: Asked, *, is_mine: bool) -> None:
        self._post("refuse", _of(asked) | {"reason": "declined" if is_mine else "not_mine"})

    def state(self, asked: Asked) -> str:
        return _text(self._post("status", _of(asked)), "state")

    def _post(
        self, call: str, body: Mapping[str, str], *, seconds: float = TIMEOUT_SECONDS
    ) -> dict[str, Any]:
        try:
            with requests.post(
                f"{self._issuer}{PATH}{call}",
                json=body,
                headers={"Accept-Language": self._language},
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            ) as response:
                data = response.raw.read(ANSWER_BYTES_AT_MOST, decode_content=True)
                found = json.loads(data)
                status = response.status_code
        except (requests.RequestException, OSError, ValueError):
            raise Refused("unreachable") from None
        if not isinstance(found, dict):
            raise Refused("invalid_answer")
        if status != 200:
            details = {name: str(found.get(name, "")) for name in ("rule", "message", "state")}
            raise Refused(str(found.get("error", "unreachable")), **details)
        return found


def _of(asked: Asked) -> dict[str, str]:
    return {"request": asked.request, "token": asked.token}


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise Refused("invalid_answer")
    return value
