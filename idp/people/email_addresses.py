"""E-mail addresses of people, in the one form that is stored: confirmed by a code, a factor of nothing.

Addresses as most of the world has them: ASCII before the @ (RFC 5321 section 4.1.2, dot-string), a domain of
letters, digits and hyphens, with at least one dot. An address is no key: a family may share one.
"""

import re
from typing import Final

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import EmailChanged
from idp.crypto.fields import FieldCipher
from idp.people.directory import email_context
from idp.people.models import Person

LONGEST_CHARACTERS: Final = 254
"""RFC 5321 section 4.5.3.1.3: a path of 256 octets, with its angle brackets."""
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+{_LABEL})")
_TRANSLATION: Final = {
    0xFF20: "@",
    0xFF0E: ".",
    0x3002: ".",  # what a Chinese keyboard writes for it
    **dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x2060, 0xFEFF), None),  # pasted, invisible
}


class InvalidEmail(ValueError):
    """Never carries the text: errors end up in logs."""

    def __init__(self) -> None:
        super().__init__("not an e-mail address")


def normalise(text: str) -> str:
    """What a person typed, without what keyboards add, the domain in lower case. Raises InvalidEmail."""
    if len(text) > LONGEST_CHARACTERS * 2:
        raise InvalidEmail
    found = _ADDRESS.fullmatch(text.translate(_TRANSLATION).strip())
    if found is None or len(found[0]) > LONGEST_CHARACTERS or len(found[1]) > 64:
        raise InvalidEmail
    return f"{found[1]}@{found[2].lower()}"


def masked(email: str) -> str:
    """What is shown to the address's own holder."""
    local, _, domain = email.rpartition("@")
    return f"{local[0]}***@{domain}"


def set_address(
    session: Session, person: Person, email: str, *, cipher: FieldCipher, context: AuditContext
) -> None:
    """Give a confirmed address to an account. The caller commits."""
    person.email_sealed = cipher.seal(email, context=email_context(person.id))
    person.email_confirmed_at = context.at
    audit.record(session, EmailChanged(person.id, "confirmed"), context=context)


def remove_address(session: Session, person: Person, *, way: str, context: AuditContext) -> None:
    """Nothing where there is none."""
    if person.email_sealed is None:
        return
    person.email_sealed = person.email_confirmed_at = None
    audit.record(session, EmailChanged(person.id, way), context=context)
