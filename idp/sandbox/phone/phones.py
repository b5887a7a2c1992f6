"""Telephones and mail boxes, and what they were sent: everybody's; an own person's show to them alone.

A telephone is reached by a key that follows from its number, so that no number stands in an address. Whoever
got the person got the key; there is no list of own telephones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from idp.crypto.digests import keyed, same
from idp.extensions import reading, services
from idp.messages.sandbox import SandboxMessage, recent
from idp.people import directory
from idp.sandbox.people.drawing import is_own_phone
from idp.sandbox.people.models import OwnPerson
from idp.sandbox.phone.boxes import Boxes

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


SOMEBODY: Final = ""
"""Owner of an own telephone whose person is not there any more."""


def everybodys() -> list[Phone]:
    """Those that were sent something of late and are nobody's own; the latest first."""
    with reading() as session:
        return [phone for phone in _all() if _owner(session, phone.to) is None]


def of_person(person_id: str) -> list[Phone]:
    """Telephone and mail boxes of an own person that were sent something; nothing of anybody else's."""
    with reading() as session:
        return [phone for phone in _all() if _owner(session, phone.to) == person_id]


def messages_for(person_id: str | None) -> list[SandboxMessage]:
    """What whoever is signed in (None: nobody) may read: everybody's, and their own."""
    with reading() as session:
        shown = {phone.to for phone in _all() if _owner(session, phone.to) in {None, person_id}}
    return [one for one in recent(services().store) if one.phone in shown]


def by_key(key: str) -> Phone | None:
    """None where nothing was sent to a telephone with that key."""
    return next((phone for phone in _all() if same(_key(phone.to), key)), None)


def of(to: str) -> Phone:
    return next((phone for phone in _all() if phone.to == to), Phone(to, ()))


def _owner(session: Session, to: str) -> str | None:
    """The own person whose it is; None: it is everybody's."""
    found = services()
    if "@" in to:
        return Boxes(found.store).owner(to)
    person = directory.find_by_phone(session, found.index, to)
    if person is not None and session.get(OwnPerson, person.id) is not None:
        return person.id
    return SOMEBODY if is_own_phone(to) else None


def _all() -> Iterator[Phone]:
    by_number: dict[str, list[SandboxMessage]] = {}
    for message in recent(services().store):
        by_number.setdefault(message.phone, []).append(message)
    return (Phone(to, tuple(messages)) for to, messages in by_number.items())


def _key(to: str) -> str:
    return keyed(services().master_keys.derived(KEY_USE), to)[:KEY_CHARACTERS]
