"""Claims about a person, and the scope that releases each (OpenID Connect Core 1.0 section 5.4)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from idp.crypto.fields import FieldCipher
from idp.people.directory import name_context, number_context, phone_context
from idp.people.models import IdentityDocument

RELEASES: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": ("name", "birthdate", "gender"),
    "phone": ("phone_number", "phone_number_verified"),
    "resident_number": ("resident_number", "resident_number_type"),
}
"""Scope -> claims. The last two are ours: the number of the identity document in use, and its type."""
SCOPE_OF: Mapping[str, str] = {claim: scope for scope, claims in RELEASES.items() for claim in claims}
VERIFIED = ("name", "birthdate", "gender", "resident_number", "resident_number_type")
"""What the population register has confirmed, of a person whose account is verified."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedPerson:
    """A person's row, read but not opened."""

    id: str
    name_sealed: bytes
    birth_date: date | None
    sex: str | None
    phone_sealed: bytes | None


NEWEST_DOCUMENT = (
    select(IdentityDocument.id, IdentityDocument.type, IdentityDocument.number_sealed)
    .where(IdentityDocument.person_id == bindparam("person"))
    .order_by(IdentityDocument.added_at.desc(), IdentityDocument.id.desc())
    .limit(1)
)


def of_scopes(scopes: Collection[str]) -> tuple[str, ...]:
    """The names of the claims that these scopes stand for; `sub` is in every answer anyway."""
    return tuple(claim for claim, scope in SCOPE_OF.items() if scope in scopes and claim != "sub")


def values(
    connection: Connection, cipher: FieldCipher, person: SealedPerson, wanted: Collection[str]
) -> dict[str, Any]:
    """These claims, and no other field is opened; one that is not known is left out (section 5.3.2)."""
    found: dict[str, Any] = {}
    for claims, opener in OPENERS:
        if any(claim in wanted for claim in claims):
            found.update(opener(connection, cipher, person))
    return {name: value for name, value in found.items() if name in wanted and value is not None}


def _name(_connection: Connection, cipher: FieldCipher, person: SealedPerson) -> dict[str, Any]:
    return {"name": cipher.open_text(person.name_sealed, context=name_context(person.id))}


def _birth(_connection: Connection, _cipher: FieldCipher, person: SealedPerson) -> dict[str, Any]:
    birthdate = person.birth_date.isoformat() if person.birth_date else None
    return {"birthdate": birthdate, "gender": person.sex}


def _phone(_connection: Connection, cipher: FieldCipher, person: SealedPerson) -> dict[str, Any]:
    """E.164. Every phone that an account holds was confirmed by a code."""
    if person.phone_sealed is None:
        return {}
    phone = cipher.open_text(person.phone_sealed, context=phone_context(person.id))
    return {"phone_number": phone, "phone_number_verified": True}


def _resident_number(connection: Connection, cipher: FieldCipher, person: SealedPerson) -> dict[str, Any]:
    row = connection.execute(NEWEST_DOCUMENT, {"person": person.id}).one_or_none()
    if row is None:
        return {}
    number = cipher.open_text(row.number_sealed, context=number_context(row.id))
    return {"resident_number": number, "resident_number_type": row.type}


Opener = Callable[[Connection, FieldCipher, SealedPerson], dict[str, Any]]
OPENERS: tuple[tuple[tuple[str, ...], Opener], ...] = (
    (("name",), _name),
    (("birthdate", "gender"), _birth),
    (RELEASES["phone"], _phone),
    (RELEASES["resident_number"], _resident_number),
)
