"""Claims about a person, by the scope that releases them (OpenID Connect Core 1.0 section 5.4)."""

from collections.abc import Callable, Mapping
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


def of_scopes(
    connection: Connection, cipher: FieldCipher, person: SealedPerson, scopes: tuple[str, ...]
) -> dict[str, Any]:
    """The claims that these scopes release; one that is not known is left out (section 5.3.2)."""
    claims: dict[str, Any] = {}
    for scope in scopes:
        if opener := OPENERS.get(scope):
            claims.update(opener(connection, cipher, person))
    return {name: value for name, value in claims.items() if value is not None}


def _profile(_connection: Connection, cipher: FieldCipher, person: SealedPerson) -> dict[str, Any]:
    return {
        "name": cipher.open_text(person.name_sealed, context=name_context(person.id)),
        "birthdate": person.birth_date.isoformat() if person.birth_date else None,
        "gender": person.sex,
    }


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


OPENERS: Mapping[str, Callable[[Connection, FieldCipher, SealedPerson], dict[str, Any]]] = {
    "profile": _profile,
    "phone": _phone,
    "resident_number": _resident_number,
}
