"""A request that waits for a person who answers it elsewhere, under the digest of its secret handle.

The handle is `device_code` or `auth_req_id`: the client alone has it. Nothing that a browser holds names
more than its digest, so whoever answers cannot fetch. Each change is one atomic command, and goes from
pending to approved or denied, never back; what was approved is taken once.

The id of the grant follows from the handle, as that of a code does: a handle that comes a second time
finds its grant and ends it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from idp.crypto.digests import digest, new_secret
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.token import codes, live_grants
from idp.oidc.token.codes import Authorization
from idp.storage.ephemeral import EphemeralStore

REMEMBERED_SECONDS = 300
"""How long a client is still told that its request has expired, rather than that nobody knows it."""


class Status(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    id: str
    """Digest of the handle."""
    way: str
    """By which way it came, such as `device`: the handle of one is none of another."""
    grant_id: str
    request: AuthorizationRequest
    """What is asked; `answers_to` is this request's id."""
    asked_at: datetime
    expires_at: datetime
    interval: int
    """Seconds between two polls, to begin with."""
    details: Mapping[str, str]
    """What the way itself has to remember."""
    status: Status = Status.PENDING
    authorization: Authorization | None = None
    """Once it is approved."""
    kept: bytes = field(default=b"", repr=False, compare=False)
    """As the store has it, to be exchanged for what follows."""

    @property
    def client_id(self) -> str:
        return self.request.client_id

    def is_open(self, now: datetime) -> bool:
        """Whether a person may still answer it."""
        return self.status is Status.PENDING and now < self.expires_at

    def seconds_left(self, now: datetime) -> int:
        return max(int((self.expires_at - now).total_seconds()), 0)


def start(
    store: EphemeralStore,
    grant_key: bytes,
    request: AuthorizationRequest,
    *,
    way: str,
    now: datetime,
    seconds: int,
    interval: int,
    details: Mapping[str, str],
) -> tuple[str, WaitingRequest]:
    """A new handle, which is the client's alone, and what it stands for."""
    handle = new_secret()
    waiting_id = digest(handle)
    waiting = WaitingRequest(
        id=waiting_id,
        way=way,
        grant_id=codes.grant_id_of(grant_key, handle),
        request=replace(request, answers_to=waiting_id),
        asked_at=now,
        expires_at=now + timedelta(seconds=seconds),
        interval=interval,
        details=dict(details),
    )
    store.put(_key(waiting_id), _to_bytes(waiting), seconds=seconds + REMEMBERED_SECONDS)
    return handle, waiting


def find(store: EphemeralStore, waiting_id: str) -> WaitingRequest | None:
    """Whatever its status, and for a while after its time. None once it was taken."""
    found = store.get(_key(waiting_id))
    return None if found is None else _from_bytes(found)


def approve(
    store: EphemeralStore,
    waiting: WaitingRequest,
    authorization: Authorization,
    now: datetime,
    *,
    token_seconds: int,
) -> bool:
    """The person agreed. False when it was answered before, or is too late.

    The grant is there before the client can learn of it, and as long as any token of it. One of several
    who approve at once makes it, and nobody overwrites another's.
    """
    if not waiting.is_open(now):
        return False
    live, seconds = codes.live_grant_of(authorization), waiting.seconds_left(now) + REMEMBERED_SECONDS
    if not live_grants.begin(store, waiting.grant_id, live, seconds=seconds + token_seconds):
        return False
    if _change(store, waiting, now, replace(waiting, status=Status.APPROVED, authorization=authorization)):
        return True
    live_grants.end(store, waiting.grant_id)
    return False


def deny(store: EphemeralStore, waiting: WaitingRequest, now: datetime) -> bool:
    """Nobody agrees to it any more. False when it was answered before, or is too late."""
    return waiting.is_open(now) and _change(store, waiting, now, replace(waiting, status=Status.DENIED))


def take(store: EphemeralStore, waiting: WaitingRequest) -> bool:
    """Of all polls that find it approved, one gets True and may hand out what it gives."""
    return store.take(_key(waiting.id)) is not None


def _change(store: EphemeralStore, old: WaitingRequest, now: datetime, new: WaitingRequest) -> bool:
    seconds = old.seconds_left(now) + REMEMBERED_SECONDS
    return store.replace(_key(old.id), old.kept, _to_bytes(new), seconds=seconds)


def _key(waiting_id: str) -> str:
    return f"waiting:{waiting_id}"


def _to_bytes(waiting: WaitingRequest) -> bytes:
    value: dict[str, Any] = {
        "id": waiting.id,
        "way": waiting.way,
        "grant_id": waiting.grant_id,
        "request": waiting.request.to_json(),
        "asked_at": waiting.asked_at.isoformat(),
        "expires_at": waiting.expires_at.isoformat(),
        "interval": waiting.interval,
        "details": dict(waiting.details),
        "status": waiting.status,
        "authorization": None if waiting.authorization is None else asdict(waiting.authorization),
    }
    return json.dumps(value).encode()


def _from_bytes(data: bytes) -> WaitingRequest:
    value: dict[str, Any] = json.loads(data)
    authorization = value.pop("authorization")
    return WaitingRequest(
        **{
            **value,
            "request": AuthorizationRequest.from_json(value["request"]),
            "asked_at": datetime.fromisoformat(value["asked_at"]),
            "expires_at": datetime.fromisoformat(value["expires_at"]),
            "status": Status(value["status"]),
        },
        authorization=None if authorization is None else codes.authorization_of(authorization),
        kept=data,
    )
