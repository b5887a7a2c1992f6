"""The last requests of a client that somebody watches, in the ephemeral store: so many, so large, so long.

What is kept has no secret in it, whichever deployment it is: parameters as the doctor keeps them
(`redaction`), answers by the names of what is in them. In the sandbox, where everybody is made up, values of
claims are kept beside, and where a request came from; in production nothing that is about somebody.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from idp.crypto.digests import from_base64url
from idp.error_references import Cause, read, written
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Parameters, Request, Response
from idp.oidc.inspection import requests as inspection
from idp.storage.ephemeral import Clock, EphemeralStore, StoreUnavailable

KEPT_AT_MOST = 200
SECONDS = 3600
"""After which what was seen is forgotten."""
ANSWER_CHARACTERS = 2000
TEXT_AT_MOST = 200
SECRET = frozenset(
    (
        *("access_token", "refresh_token", "id_token", "code", "device_code", "user_code", "auth_req_id"),
        *("request_uri", "client_secret", "registration_access_token", "nonce", "at_hash", "c_hash", "jti"),
        *("sid", "verification_uri_complete", "state", "s_hash", "cnf", "picture", "face_receipt"),
    )
)
"""Members of answers whose values are not kept anywhere."""
HARMLESS = frozenset(
    (
        *(
            "token_type",
            "expires_in",
            "scope",
            "active",
            "iss",
            "aud",
            "acr",
            "amr",
            "exp",
            "iat",
            "interval",
        ),
        *("error", "client_id", "issued_token_type"),
    )
)
"""Whose values say nothing of somebody."""
TOKEN_OF_SOMEBODY = "id_token"  # noqa: S105 - a name
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Watched:
    """A request as it is shown."""

    number: int
    cause: Cause
    """When, where and with which parameters; of one that went well, `error` is empty."""
    status: int
    milliseconds: int | None
    answer: Mapping[str, Any]
    address: str = ""
    """Where it came from; in the sandbox alone."""

    @property
    def has_failed(self) -> bool:
        return bool(self.cause.error)


class Inspector:
    """Notes requests of clients that are watched, and reads them again."""

    def __init__(self, store: EphemeralStore, clock: Clock, *, is_sandbox: bool) -> None:
        self._store = store
        self._clock = clock
        self._is_sandbox = is_sandbox

    def answered(
        self,
        client: Client,
        request: Request,
        where: str,
        response: Response | None,
        now: datetime,
        *,
        given: Parameters | None = None,
        outcome: str = "",
    ) -> None:
        """One that went well. `outcome`: what came of it, where no answer says so."""
        if not client.is_watched(now):
            return
        seen = inspection.seen(request, None, client.client_id, given)
        cause = Cause(
            now, where, "", outcome, client_id=client.client_id, request_id=request.request_id, seen=seen
        )
        answer = {} if response is None else self._answer(response)
        self._keep(cause, request, 200 if response is None else response.status, answer)

    def failed(self, client: Client, request: Request, cause: Cause, status: int) -> None:
        if client.is_watched(cause.at):
            self._keep(cause, request, status, {})

    def recent(self, client_id: str, *, failed_alone: bool = False) -> Iterator[Watched]:
        """The newest first."""
        last = int(self._store.get(_count(client_id)) or b"0")
        for number in range(last, max(0, last - KEPT_AT_MOST), -1):
            kept = self._store.get(_key(client_id, number))
            found = None if kept is None else _read(number, kept)
            if found is not None and found.number == number and (found.has_failed or not failed_alone):
                yield found

    def one(self, client_id: str, number: int) -> Watched | None:
        kept = self._store.get(_key(client_id, number))
        found = None if kept is None else _read(number, kept)
        return found if found is not None and found.number == number else None

    def _keep(self, cause: Cause, request: Request, status: int, answer: Mapping[str, Any]) -> None:
        took = int((perf_counter() - request.began) * 1000) if request.began else None
        value = {
            "cause": written(cause).decode(),
            "status": status,
            "milliseconds": took,
            "answer": answer,
            "address": request.address if self._is_sandbox else "",
        }
        # What is only looked at must not change what is answered.
        with suppress(StoreUnavailable):
            # Counted for longer than anything is kept: no number is given twice while one of it is there.
            number = self._store.increment(_count(cause.client_id), seconds=24 * SECONDS)
            data = json.dumps({**value, "number": number}, ensure_ascii=False).encode("utf-8", "replace")
            self._store.put(_key(cause.client_id, number), data, seconds=SECONDS)

    def _answer(self, response: Response) -> dict[str, Any]:
        """Of JSON its members; of anything else nothing."""
        try:
            body = json.loads(response.body) if response.body[:1] == b"{" else {}
        except (ValueError, RecursionError):
            return {}
        return self._said(body)

    def _said(self, members: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, value in list(members.items())[:40]:
            if name == TOKEN_OF_SOMEBODY and isinstance(value, str):
                said[name] = self._said(_claims(value))
            elif name in SECRET or (name not in HARMLESS and not self._is_sandbox):
                said[name] = HIDDEN
            else:
                said[name] = _short(value)
        return said if len(json.dumps(said)) <= ANSWER_CHARACTERS else dict.fromkeys(said, HIDDEN)


def _claims(token: str) -> dict[str, Any]:
    """Of a token that we signed ourselves a moment ago. An encrypted one says nothing, nor one that was made
    wrong on purpose."""
    if token.count(".") != 2:
        return {}
    try:
        found = json.loads(from_base64url(token.split(".")[1]))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _short(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value[:TEXT_AT_MOST]
    if isinstance(value, dict) and depth < 4:
        return {
            name: HIDDEN if name in SECRET else _short(one, depth + 1)
            for name, one in list(value.items())[:20]
        }
    if isinstance(value, list) and depth < 4:
        return [_short(one, depth + 1) for one in value[:10]]
    return value if isinstance(value, int | float | bool) or value is None else HIDDEN


def _read(number: int, kept: bytes) -> Watched | None:
    """None of what lies there of another round of numbers."""
    found = json.loads(kept)
    if found["number"] != number:
        return None
    cause = read(found["cause"].encode())
    return Watched(number, cause, found["status"], found["milliseconds"], found["answer"], found["address"])


def _count(client_id: str) -> str:
    return f"watched:{{{client_id}}}:count"


def _key(client_id: str, number: int) -> str:
    return f"watched:{{{client_id}}}:{number % KEPT_AT_MOST}"
