"""The sandbox's telephone: keeps the last messages for a page instead of sending them."""

import json
from dataclasses import dataclass
from datetime import datetime

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
    text: str


def sandbox(store: EphemeralStore, clock: Clock) -> Send:
    """An adapter whose messages `recent` shows."""

    def send(sms: Sms) -> None:
        entry = {"id": sms.id, "at": clock().isoformat(), "phone": sms.phone, "text": sms.text.words}
        for _ in range(RACES):
            raw = store.get(KEY)
            held = json.loads(raw or b"[]")
            if any(other["id"] == sms.id for other in held):
                return
            new = json.dumps([entry, *held][:KEPT]).encode()
            if raw is None:
                kept = store.add_once(KEY, new, seconds=SECONDS)
            else:
                kept = store.replace(KEY, raw, new, seconds=SECONDS)
            if kept:
                return
        raise TooBusy

    return send


def recent(store: EphemeralStore) -> list[SandboxMessage]:
    """The last messages, newest first."""
    return [
        SandboxMessage(held["id"], datetime.fromisoformat(held["at"]), held["phone"], held["text"])
        for held in json.loads(store.get(KEY) or b"[]")
    ]
