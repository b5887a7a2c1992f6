"""What the consent page shows of a person's own data: enough to see that it is one's own, too little for who
looks over the shoulder."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.people import directory, email_addresses, names, phones
from idp.people.models import Person


def _name(_session: Session, person: Person, cipher: FieldCipher, _now: datetime) -> str | None:
    return names.masked(directory.name_of(person, cipher))


def _email(_session: Session, person: Person, cipher: FieldCipher, _now: datetime) -> str | None:
    email = directory.email_of(person, cipher)
    return None if email is None else email_addresses.masked(email)


def _phone(_session: Session, person: Person, cipher: FieldCipher, _now: datetime) -> str | None:
    phone = directory.phone_of(person, cipher)
    return None if phone is None else phones.masked(phone)


def _number(session: Session, person: Person, cipher: FieldCipher, now: datetime) -> str | None:
    document = directory.number_of(session, person, cipher, directory.day_in_china(now))
    return document.number.masked


MASKED: Mapping[str, Callable[[Session, Person, FieldCipher, datetime], str | None]] = {
    "profile": _name,
    "claim:name": _name,
    "email": _email,
    "phone": _phone,
    "resident_number": _number,
}
"""By the units of `claims.units` that have a value to show."""
