"""The agent's answers to what a page asks of it, version 1 of the protocol; no sockets here.

Any page in the person's browser can call an address of their own computer. So: the page's origin must be a
provider's that the agent was started for, and the challenge's; the request must be one that browsers ask
about first (JSON; CORS protocol of the Fetch standard); the host must be the address itself, lest a name that
suddenly points here passes (DNS rebinding); and the person says yes to each signature.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from typing import Final

from clients.licence_app.keys import Key
from clients.signing_agent import challenge as challenges
from clients.signing_agent.challenge import Challenge, WrongChallenge

PATH: Final = "/yitong-signing-agent/1/sign"
BODY_BYTES_AT_MOST: Final = 4096
PREFLIGHT_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, repr=False)
class Licence:
    certificate: str
    """PEM."""
    chain: str
    """Certificates of its authorities, PEM."""
    key: Key


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Agent:
    """For one licence. Shared by threads; one signature at a time is asked of the person."""

    def __init__(
        self,
        licence: Licence,
        *,
        origins: frozenset[str],
        port: int,
        confirm: Callable[[Challenge], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """`confirm`: asks the person."""
        self._licence = licence
        self._origins = origins
        self._host = f"127.0.0.1:{port}"
        self._confirm = confirm
        self._clock = clock
        self._asking = Lock()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """`headers`: by names in lower case."""
        origin = headers.get("origin", "")
        if headers.get("host") != self._host or origin not in self._origins:
            # Without the header that would let it, the page cannot even read this.
            return Answer(HTTPStatus.FORBIDDEN, {"error": "origin"})
        shared = {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "Cache-Control": "no-store"}
        if path != PATH:
            return Answer(HTTPStatus.NOT_FOUND, {"error": "version"}, shared)
        if method == "OPTIONS":
            return Answer(HTTPStatus.NO_CONTENT, None, shared | _preflight(headers))
        if method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method"}, shared)
        status, said = self._signed(origin, headers.get("content-type", ""), body)
        return Answer(status, said, shared)

    def _signed(self, origin: str, content_type: str, body: bytes) -> tuple[HTTPStatus, Mapping[str, str]]:
        if content_type != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {"error": "content_type"}
        try:
            asked = challenges.read(_challenge_in(body), self._clock())
        except WrongChallenge as wrong:
            return HTTPStatus.BAD_REQUEST, {"error": "challenge", "reason": str(wrong)}
        if asked.origin != origin:
            return HTTPStatus.BAD_REQUEST, {"error": "challenge", "reason": "another provider's"}
        if not self._asking.acquire(blocking=False):
            return HTTPStatus.CONFLICT, {"error": "busy"}
        try:
            agreed = self._confirm(asked)
        finally:
            self._asking.release()
        if not agreed:
            return HTTPStatus.FORBIDDEN, {"error": "declined"}
        licence = self._licence
        return HTTPStatus.OK, {
            "certificate": licence.certificate,
            "chain": licence.chain,
            "signature": challenges.encoded(licence.key.sign(asked.text)),
            "algorithm": licence.key.algorithm,
        }


def _preflight(headers: Mapping[str, str]) -> dict[str, str]:
    """Private Network Access (WICG): a page of the internet asks an address of this computer."""
    found = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    if headers.get("access-control-request-private-network") == "true":
        found["Access-Control-Allow-Private-Network"] = "true"
    return found


def _challenge_in(body: bytes) -> str:
    """Raises WrongChallenge."""
    try:
        sent = json.loads(body) if len(body) <= BODY_BYTES_AT_MOST else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or set(sent) != {"challenge"} or not isinstance(sent["challenge"], str):
        raise WrongChallenge("not what is asked for in this version")
    return sent["challenge"]
