"""Claims about a person, and the scope that releases each (OpenID Connect Core 1.0 section 5.4)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, bindparam, select

from idp.crypto.fields import FieldCipher
from idp.people.directory import email_context, name_context, number_context, phone_context
from idp.people.models import IdentityDocument
from idp.people.resident_number import completed_years

AGES = (14, 16, 18, 60, 65)
"""Years that laws draw lines at, and no others: who may ask about each year learns the year of birth."""
AGE = "age_over_{}"
"""As ISO/IEC 18013-5 section 7.2.5 names them: completed years are as many, or more."""
ACTING_FOR, AUTHORITY = "acting_for", "authority"
RELEASES: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": ("name", "birthdate", "gender"),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "resident_number": ("resident_number", "resident_number_type"),
    "age": (AGE.format(18),),
    "organisation": (ACTING_FOR,),
}
"""Scope -> claims. The last three scopes are ours: the number of the identity document in use, and its type;
whether somebody is of age; and code and name of the organisation that they act for. That they act for
somebody else is told without it (`acting.claim`)."""
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "age": tuple(AGE.format(years) for years in AGES if AGE.format(years) not in RELEASES["age"]),
    "organisation": (AUTHORITY,),
}
"""What a client that may ask for the scope gets only by name, each asked of the person by itself."""
SCOPE_OF: Mapping[str, str] = {
    claim: scope for offered in (RELEASES, BY_NAME) for scope, claims in offered.items() for claim in claims
}
VERIFIED = (
    *("name", "birthdate", "gender", "resident_number", "resident_number_type"),
    *(AGE.format(years) for years in AGES),
    AUTHORITY,
)
"""What the population register has confirmed, of a person whose account is verified; and for which
organisation they act, which the business register has confirmed."""
VERIFIED_ALONE = (AUTHORITY,)
"""Of these, what goes out in no other way."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedPerson:
    """A person's row, read but not opened."""

    id: str
    name_sealed: bytes
    birth_date: date | None
    sex: str | None
    phone_sealed: bytes | None
    email_sealed: bytes | None
    is_verified: bool
    """The population register agrees to name and number."""


NEWEST_DOCUMENT = (
    select(IdentityDocument.id, IdentityDocument.type, IdentityDocument.number_sealed)
    .where(IdentityDocument.person_id == bindparam("person"))
    .order_by(IdentityDocument.added_at.desc(), IdentityDocument.id.desc())
    .limit(1)
)


def of_scopes(scopes: Collection[str]) -> tuple[str, ...]:
    """The names of the claims that these scopes stand for; `sub` is in every answer anyway."""
    released = (claim for scope, claims in RELEASES.items() if scope in scopes for claim in claims)
    return tuple(claim for claim in released if claim != "sub")


def values(
    reads: Engine, cipher: FieldCipher, person: SealedPerson, wanted: Collection[str], today: date
) -> dict[str, Any]:
    """These claims, and no other field is opened; one that is not known is left out (section 5.3.2).

    `today`: the day that ages are counted by.
    """
    found: dict[str, Any] = {}
    for claims, opener in OPENERS:
        if any(claim in wanted for claim in claims):
            found.update(opener(reads, cipher, person, today))
    return {name: value for name, value in found.items() if name in wanted and value is not None}


def _name(_reads: Engine, cipher: FieldCipher, person: SealedPerson, _today: date) -> dict[str, Any]:
    return {"name": cipher.open_text(person.name_sealed, context=name_context(person.id))}


def _birth(_reads: Engine, _cipher: FieldCipher, person: SealedPerson, _today: date) -> dict[str, Any]:
    birthdate = person.birth_date.isoformat() if person.birth_date else None
    return {"birthdate": birthdate, "gender": person.sex}


def _email(_reads: Engine, cipher: FieldCipher, person: SealedPerson, _today: date) -> dict[str, Any]:
    """Every address that an account holds was confirmed by a code (section 5.1, `email_verified`)."""
    if person.email_sealed is None:
        return {}
    email = cipher.open_text(person.email_sealed, context=email_context(person.id))
    return {"email": email, "email_verified": True}


def _phone(_reads: Engine, cipher: FieldCipher, person: SealedPerson, _today: date) -> dict[str, Any]:
    """E.164. Every phone that an account holds was confirmed by a code."""
    if person.phone_sealed is None:
        return {}
    phone = cipher.open_text(person.phone_sealed, context=phone_context(person.id))
    return {"phone_number": phone, "phone_number_verified": True}


def _resident_number(
    reads: Engine, cipher: FieldCipher, person: SealedPerson, _today: date
) -> dict[str, Any]:
    with reads.connect() as connection:
        row = connection.execute(NEWEST_DOCUMENT, {"person": person.id}).one_or_none()
    if row is None:
        return {}
    number = cipher.open_text(row.number_sealed, context=number_context(row.id))
    return {"resident_number": number, "resident_number_type": row.type}


def _ages(_reads: Engine, _cipher: FieldCipher, person: SealedPerson, today: date) -> dict[str, Any]:
    """Of a date that the register has confirmed; what people say of themselves opens no age gate."""
    if person.birth_date is None or not person.is_verified:
        return {}
    years = completed_years(person.birth_date, today)
    return {AGE.format(least): years >= least for least in AGES}


Opener = Callable[[Engine, FieldCipher, SealedPerson, date], dict[str, Any]]
OPENERS: tuple[tuple[tuple[str, ...], Opener], ...] = (
    (("name",), _name),
    (("birthdate", "gender"), _birth),
    (RELEASES["email"], _email),
    (RELEASES["phone"], _phone),
    (RELEASES["resident_number"], _resident_number),
    ((*RELEASES["age"], *BY_NAME["age"]), _ages),
)
