"""What a client is told by the back channel: that an answer is there (ping), or the answer itself (push).

CIBA Core 1.0 sections 10.2, 10.3 and 12. A notice waits in the outbox, sealed: it holds the client's bearer
token, and what is pushed holds tokens of ours.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.oidc.decoupled.waiting import REMEMBERED_SECONDS, WaitingRequest
from idp.oidc.provider import Provider
from idp.oidc.token.codes import Authorization
from idp.storage import outbox
from idp.storage.base import new_id

KIND = "backchannel"
PING, PUSH = "ping", "push"
FAILED = "transaction_failed"
"""Section 12: the person has agreed, and something came between."""
TOLD_OF_FAILURE_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Callback:
    """What it takes to tell a client of one request."""

    auth_req_id: str = field(repr=False)
    notification_token: str = field(repr=False)
    expiring: str | None = None
    """The notice in the outbox that says that nobody has answered, where there is one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One POST to a client's notification endpoint."""

    client_id: str
    waiting_id: str
    grant_id: str
    mode: str
    notification_token: str = field(repr=False)
    body: dict[str, Any] = field(repr=False)
    until: str
    """When it is of no use any more."""
    rests_on: tuple[str, ...] | None = None
    """The body has tokens: for this person, by this consent and in this session, and maybe on the strength of
    this mandate. They end when nobody takes them, and go out while all of that stands."""

    @property
    def ends_at(self) -> datetime:
        return datetime.fromisoformat(self.until)

    @property
    def made_at(self) -> float:
        """Of its tokens, in seconds since 1970: when it ends, so do they."""
        return self.ends_at.timestamp() - int(self.body["expires_in"])

    def without_tokens(self) -> dict[str, Any]:
        return {"auth_req_id": self.body["auth_req_id"], "error": FAILED}


def keep_callback(provider: Provider, asked: WaitingRequest, callback: Callback, now: datetime) -> None:
    """For when there is an answer. The handle is nowhere else in the clear, and here it is sealed."""
    sealed = provider.cipher.seal(json.dumps(asdict(callback)), context=_context(asked.id))
    seconds = asked.seconds_left(now) + REMEMBERED_SECONDS
    provider.store.put(_key(asked.id), b64encode(sealed), seconds=seconds)


def callback_of(provider: Provider, asked: WaitingRequest) -> Callback | None:
    found = provider.store.get(_key(asked.id))
    if found is None:
        return None
    return Callback(**json.loads(provider.cipher.open(b64decode(found), context=_context(asked.id))))


def ping(asked: WaitingRequest, callback: Callback) -> Notice:
    """Section 10.2: nothing but which request it is about."""
    return _notice(asked, callback, PING, {"auth_req_id": callback.auth_req_id}, asked.expires_at)


def pushed(
    asked: WaitingRequest,
    callback: Callback,
    tokens: dict[str, Any],
    until: datetime,
    authorization: Authorization,
) -> Notice:
    """Section 10.3.1. `until`: the access token's end. `authorization`: what they were given for."""
    body = {"auth_req_id": callback.auth_req_id, **tokens}
    rests_on = (
        *(authorization.person_id, authorization.consent_id, authorization.session_id),
        *(() if authorization.mandate_id is None else (authorization.mandate_id,)),
    )
    return _notice(asked, callback, PUSH, body, until, rests_on=rests_on)


def failed(asked: WaitingRequest, callback: Callback, error: str, until: datetime) -> Notice:
    """Section 12. `error`: access_denied, expired_token or transaction_failed."""
    body = {"auth_req_id": callback.auth_req_id, "error": error}
    return _notice(asked, callback, PUSH, body, until)


def expiring(asked: WaitingRequest, callback: Callback) -> Notice:
    """Section 12: who gets all by push is told, too, that nobody has answered. It waits until then, and goes
    when somebody does."""
    body = {"auth_req_id": callback.auth_req_id, "error": "expired_token"}
    until = asked.expires_at + TOLD_OF_FAILURE_FOR
    return _notice(asked, callback, PUSH, body, until)


def enqueue(
    session: Session,
    cipher: FieldCipher,
    notice: Notice,
    now: datetime,
    *,
    not_before: datetime | None = None,
) -> str:
    """The message's id. The caller commits."""
    message_id = new_id(now)
    sealed = cipher.seal(json.dumps(asdict(notice)), context=_context(message_id))
    return outbox.enqueue(session, KIND, sealed, now=now, not_before=not_before, message_id=message_id)


def read(cipher: FieldCipher, message_id: str, payload: bytes) -> Notice:
    return Notice(**json.loads(cipher.open(payload, context=_context(message_id))))


def _notice(
    asked: WaitingRequest,
    callback: Callback,
    mode: str,
    body: dict[str, Any],
    until: datetime,
    *,
    rests_on: tuple[str, ...] | None = None,
) -> Notice:
    return Notice(
        client_id=asked.client_id,
        waiting_id=asked.id,
        grant_id=asked.grant_id,
        mode=mode,
        notification_token=callback.notification_token,
        body=body,
        until=until.isoformat(),
        rests_on=rests_on,
    )


def _context(part: str) -> str:
    return f"outbox.backchannel:{part}"


def _key(waiting_id: str) -> str:
    return f"backchannel-callback:{waiting_id}"
