"""Mails: into the outbox, sealed; out of it, to whichever adapter sends them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.locales import gettext_in
from idp.storage.base import new_id
from idp.storage.outbox import Delivery, Handler, enqueue

KIND = "mail"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail on its way. `id` stays the same when it is sent again."""

    id: str
    address: str = field(repr=False)
    subject: str
    words: str = field(repr=False)


SendMail = Callable[[Mail], None]
"""An adapter. Raises Undeliverable to give up, anything else to be called again later."""


class Mails:
    """Puts mails into the outbox."""

    def __init__(self, cipher: FieldCipher, *, code_seconds: int) -> None:
        self._cipher = cipher
        self._code_seconds = code_seconds

    def send_code(self, session: Session, address: str, code: str, *, locale: str, now: datetime) -> str:
        """In the session's transaction; dropped when it has not left before the code runs out.

        Returns the mail's id. No link and no name in it: phishing copies those.
        """
        minutes = str(max(1, self._code_seconds // 60))
        words = gettext_in(
            locale,
            "Your verification code is %(code)s, valid for %(minutes)s minutes. Enter it on the page where "
            "you gave this address. Do not give it to anyone; our staff will never ask for it. If you did "
            "not ask for it, somebody mistyped their address: do nothing.",
            code=code,
            minutes=minutes,
        )
        subject, expires_at = (
            gettext_in(locale, "Your verification code"),
            now + timedelta(seconds=self._code_seconds),
        )
        return queue(session, self._cipher, address, subject, words, now=now, expires_at=expires_at)


def queue(
    session: Session,
    cipher: FieldCipher,
    address: str,
    subject: str,
    words: str,
    *,
    now: datetime,
    expires_at: datetime,
) -> str:
    """In the session's transaction; dropped when it has not left before `expires_at`. The mail's id."""
    mail_id = new_id(now)
    plain = {"address": address, "subject": subject, "words": words}
    sealed = cipher.seal(json.dumps(plain), context=_context(mail_id))
    return enqueue(session, KIND, sealed, now=now, expires_at=expires_at, message_id=mail_id)


def handler(cipher: FieldCipher, send: SendMail) -> Handler:
    """What the worker does with a message of this kind."""

    def handle(delivery: Delivery) -> None:
        plain = json.loads(cipher.open(delivery.payload, context=_context(delivery.id)))
        send(Mail(delivery.id, plain["address"], plain["subject"], plain["words"]))

    return handle


def _context(mail_id: str) -> str:
    return f"outbox.mail:{mail_id}"
