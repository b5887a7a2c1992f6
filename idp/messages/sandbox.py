"""The sandbox's telephone: keeps the last messages for a page instead of sending them."""

import json
from dataclasses import dataclass
from datetime import datetime

from idp.messages.mail import Mail, SendMail
from idp.messages.sms import Send, Sms
from idp.storage.ephemeral import Clock, EphemeralStore

KEY = "sandbox:messages"
KEPT = 50
SECONDS = 86400
RACES = 32
"""Two workers may keep a message at the same moment; more lost races than this and the outbox tries again."""


class TooBusy(Exception):
    """Others kept changing the list."""


@dataclass(frozen=True, slots=True)
class SandboxMessage:
    id: str
    at: datetime
    phone: str
    """Or the address, of a mail."""
    text: str


def sandbox(store: EphemeralStore, clock: Clock) -> Send:
    """An adapter whose messages `recent` shows."""

    def send(sms: Sms) -> None:
        _keep(store, sms.id, clock(), sms.phone, sms.text.words)

    return send


def sandbox_mail(store: EphemeralStore, clock: Clock) -> SendMail:
    """The same for mails: the sandbox has one letter box for both."""

    def send(mail: Mail) -> None:
        _keep(store, mail.id, clock(), mail.address, mail.words)

    return send


def _keep(store: EphemeralStore, message_id: str, at: datetime, to: str, words: str) -> None:
    entry = {"id": message_id, "at": at.isoformat(), "phone": to, "text": words}
    for _ in range(RACES):
        raw = store.get(KEY)
        held = json.loads(raw or b"[]")
        if any(other["id"] == message_id for other in held):
            return
        new = json.dumps([entry, *held][:KEPT]).encode()
        if raw is None:
            kept = store.add_once(KEY, new, seconds=SECONDS)
        else:
            kept = store.replace(KEY, raw, new, seconds=SECONDS)
        if kept:
            return
    raise TooBusy


def recent(store: EphemeralStore) -> list[SandboxMessage]:
    """The last messages, newest first."""
    return [
        SandboxMessage(held["id"], datetime.fromisoformat(held["at"]), held["phone"], held["text"])
        for held in json.loads(store.get(KEY) or b"[]")
    ]
