"""Text messages: into the outbox, sealed; out of it, to whichever adapter sends them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.messages import texts
from idp.messages.texts import Text
from idp.storage.base import new_id
from idp.storage.outbox import Delivery, Handler, enqueue

KIND = "sms"


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message on its way. `id` stays the same when it is sent again."""

    id: str
    phone: str = field(repr=False)  # E.164
    locale: str
    text: Text


Send = Callable[[Sms], None]
"""An adapter. Raises Undeliverable to give up, anything else to be called again later."""


class TextMessages:
    """Puts text messages into the outbox."""

    def __init__(self, cipher: FieldCipher, *, code_seconds: int) -> None:
        self._cipher = cipher
        self._code_seconds = code_seconds

    def send_code(self, session: Session, phone: str, code: str, *, locale: str, now: datetime) -> str:
        """In the session's transaction; dropped when it has not left before the code runs out.

        `phone`: E.164. Returns the message's id.
        """
        text = texts.code(locale, code, self._code_seconds)
        expires_at = now + timedelta(seconds=self._code_seconds)
        return queue(session, self._cipher, phone, text, locale=locale, now=now, expires_at=expires_at)


def queue(
    session: Session,
    cipher: FieldCipher,
    phone: str,
    text: Text,
    *,
    locale: str,
    now: datetime,
    expires_at: datetime,
) -> str:
    """In the session's transaction; dropped when it has not left before `expires_at`.

    `phone`: E.164. Returns the message's id.
    """
    message_id = new_id(now)
    plain = {"phone": phone, "locale": locale, "template": text.template, "values": text.values}
    sealed = cipher.seal(json.dumps({**plain, "words": text.words}), context=_context(message_id))
    return enqueue(session, KIND, sealed, now=now, expires_at=expires_at, message_id=message_id)


def handler(cipher: FieldCipher, send: Send) -> Handler:
    """What the worker does with a message of this kind."""

    def handle(delivery: Delivery) -> None:
        plain: dict[str, Any] = json.loads(cipher.open(delivery.payload, context=_context(delivery.id)))
        text = Text(plain["template"], plain["values"], plain["words"])
        send(Sms(delivery.id, plain["phone"], plain["locale"], text))

    return handle


def _context(message_id: str) -> str:
    return f"outbox.sms:{message_id}"
