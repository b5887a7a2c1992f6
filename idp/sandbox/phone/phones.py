"""Telephones and what they were sent. Those of the roll are everybody's; an own person's shows to them alone.

A telephone is reached by a key that follows from its number, so that no number stands in an address. Whoever
got the person got the key; there is no list of own telephones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from idp.crypto.digests import keyed, same
from idp.extensions import services
from idp.messages.sandbox import SandboxMessage, recent
from idp.sandbox.people.drawing import is_own_phone

KEY_USE: Final = "sandbox telephones"
KEY_CHARACTERS: Final = 22
"""132 bits."""
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True, slots=True)
class Phone:
    to: str
    """The number, or the address of a mail box."""
    messages: tuple[SandboxMessage, ...]
    """Newest first."""

    @property
    def code(self) -> str | None:
        """Of the last message, where there is one."""
        found = CODE.search(self.messages[0].text) if self.messages else None
        return None if found is None else found[0]


def address_of(to: str) -> str:
    return f"/sandbox/phone/{_key(to)}"


def everybodys() -> list[Phone]:
    """Those that were sent something of late and are nobody's own; the latest first."""
    return [phone for phone in _all() if not is_own_phone(phone.to)]


def messages_for_everybody() -> list[SandboxMessage]:
    return [one for one in recent(services().store) if not is_own_phone(one.phone)]


def by_key(key: str) -> Phone | None:
    """None where nothing was sent to a telephone with that key."""
    return next((phone for phone in _all() if same(_key(phone.to), key)), None)


def of(to: str) -> Phone:
    return next((phone for phone in _all() if phone.to == to), Phone(to, ()))


def _all() -> Iterator[Phone]:
    by_number: dict[str, list[SandboxMessage]] = {}
    for message in recent(services().store):
        by_number.setdefault(message.phone, []).append(message)
    return (Phone(to, tuple(messages)) for to, messages in by_number.items())


def _key(to: str) -> str:
    return keyed(services().master_keys.derived(KEY_USE), to)[:KEY_CHARACTERS]
