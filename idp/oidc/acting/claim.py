"""`acting_for`: for whom a person acts at a client, in the client's own terms. Pure: a standing mandate in.

It goes out wherever somebody acts for somebody else, asked for or not: who is told of the person alone would
take what they do for their own. `sub` beside it always is the person who acts.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.oidc.clients.metadata import Client
from idp.oidc.subjects import mandate_id_of, organisation_sub_of, sub_of

ORGANISATION, PERSON = "organisation", "person"
"""Its types."""
MATTERS, ENDS = "matters", "exp"
PAIRWISE = frozenset({"sub", "mandate_id"})
"""Its members that are nobody's but one sector's."""


class SaysMore(Exception):
    """What was said, or asked for, goes beyond what the mandate covers now."""


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """An organisation by what everybody knows it by: told by the scope `organisation` alone."""

    code: str
    name: str
    checked_at: datetime
    """When the business register last said so."""

    def told(self) -> dict[str, str]:
        return {"unified_social_credit_code": self.code, "name": self.name}


def acting_for(key: bytes, client: Client, mandate: Standing, only: Collection[str] = ()) -> dict[str, Any]:
    """`only`: the matters that this was asked for; none: all that the mandate covers. Raises SaysMore."""
    if not all(map(mandate.covers, only)):
        raise SaysMore
    matters = tuple(only) or mandate.matters
    return {
        **_whom(key, client, mandate),
        "role": mandate.role.value,
        "mandate_id": mandate_id_of(key, client, mandate.mandate_id),
        **({MATTERS: list(matters)} if matters else {}),
        **_end(mandate),
    }


def still(mandate: Standing, said: Mapping[str, Any]) -> dict[str, Any]:
    """The claim as a token has it, for now: a mandate that is renewed ends later, and one that covers less by
    now than the token says lets it say nothing. Raises SaysMore."""
    matters = said.get(MATTERS)
    if not said or (mandate.matters if matters is None else not all(map(mandate.covers, matters))):
        raise SaysMore
    return {**{name: value for name, value in said.items() if name != ENDS}, **_end(mandate)}


def narrowed(said: Mapping[str, Any], only: Collection[str]) -> dict[str, Any]:
    """The claim for these matters alone; for all of its own where none are named. Raises SaysMore."""
    matters = said.get(MATTERS)
    if matters is not None and not set(only) <= set(matters):
        raise SaysMore
    return {**said, MATTERS: list(only)} if only else dict(said)


def _end(mandate: Standing) -> dict[str, int]:
    """In seconds since 1970, as `exp` of a token; without it, no end is told. Of a guardian it would be the
    birthday of a child, which nobody has agreed to tell."""
    if mandate.expires_at is None or mandate.role is Role.GUARDIAN:
        return {}
    return {ENDS: int(mandate.expires_at.timestamp())}


def _whom(key: bytes, client: Client, mandate: Standing) -> dict[str, str]:
    """A principal is known to the client by the very `sub` of their own sign-ins there."""
    if mandate.organisation_id is not None:
        return {"type": ORGANISATION, "sub": organisation_sub_of(key, client, mandate.organisation_id)}
    if mandate.principal_id is None:
        raise ValueError("a mandate for nobody")
    return {"type": PERSON, "sub": sub_of(key, client, mandate.principal_id)}
