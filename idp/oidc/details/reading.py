"""The `authorization_details` parameter: read strictly, within bounds, then frozen.

RFC 9396 section 5 leaves no room: an unknown type, an unknown field, a value of the wrong kind, a field
that is missing, and the whole request is refused.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.oidc.details.fields import DateField, WrongValue, locations, missing
from idp.oidc.details.types import LOCATIONS, TYPE, DetailsType, DetailsTypes
from idp.oidc.jose.strict_json import strict_value

PARAMETER = "authorization_details"
CHARACTERS_AT_MOST = 4096
DETAILS_AT_MOST = 8


class DetailsRefused(ValueError):
    """Says what is wrong. Quotes names that the operator chose, and nothing that the client sent."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One object of the array, whole: `locations` stand in it whether they were named or not, unless it
    counts everywhere."""

    type: DetailsType
    values: Mapping[str, Any]
    """By the names of its fields, each as its kind keeps it."""
    locations: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        places = {LOCATIONS: list(self.locations)} if self.locations else {}
        return {TYPE: self.type.type, **places, **self.values}

    @property
    def matter(self) -> str | None:
        """In what somebody has to act for another; None: nobody has to."""
        return None if self.type.matter is None else self.values[self.type.matter]

    @property
    def organisation(self) -> str | None:
        """The code of the one organisation that they may act for."""
        return None if self.type.organisation is None else self.values.get(self.type.organisation)

    @property
    def text(self) -> str:
        """One text for one meaning: what agrees to this agrees to nothing else."""
        return canonical([self])

    def at(self, resources: Collection[str]) -> "Detail | None":
        """As far as it counts at these resources (RFC 9396 section 9.1); None when it does not."""
        if not self.type.locations:
            return self
        there = tuple(uri for uri in self.locations if uri in resources)
        return Detail(self.type, self.values, there) if there else None

    def covers(self, asked: "Detail") -> bool:
        """Whether who was granted this may have that (section 6.1): the same, or less of what adds up."""
        return (
            asked.type.type == self.type.type
            and set(asked.locations) <= set(self.locations)
            and asked.values.keys() == self.values.keys()
            and all(self.type.fields[n].covers(value, asked.values[n]) for n, value in self.values.items())
        )


def canonical(details: Iterable[Detail]) -> str:
    return json.dumps(
        [one.to_json() for one in details], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def matters_of(details: Iterable[Detail]) -> tuple[str, ...]:
    """In what somebody is to act for another by these, each once."""
    return tuple(dict.fromkeys(one.matter for one in details if one.matter is not None))


def organisation_of(details: Iterable[Detail]) -> str | None:
    """The code of the one that all of these are about that name any."""
    return next((one.organisation for one in details if one.organisation is not None), None)


def read(text: str, types: DetailsTypes, may_use: Collection[str]) -> tuple[Detail, ...]:
    """`may_use`: the types of the client's registration. Raises DetailsRefused."""
    if len(text) > CHARACTERS_AT_MOST:
        raise DetailsRefused(f"{PARAMETER} is too long.")
    try:
        value = strict_value(text.encode())
    except ValueError:
        raise DetailsRefused(f"{PARAMETER} is not JSON, or has a name twice.") from None
    # Section 2: an array of objects.
    if not isinstance(value, list) or not 0 < len(value) <= DETAILS_AT_MOST:
        raise DetailsRefused(f"{PARAMETER} is not an array of 1 to {DETAILS_AT_MOST} objects.")
    found = tuple(_one(each, types, may_use) for each in value)
    if len({one.text for one in found}) != len(found):
        raise DetailsRefused(f"{PARAMETER} says the same twice.")
    if len({one.organisation for one in found if one.organisation is not None}) > 1:
        # One sign-in is for one of them.
        raise DetailsRefused(f"{PARAMETER} names two organisations to act for.")
    return found


def standing(text: str, types: DetailsTypes, may_use: Collection[str]) -> tuple[Detail, ...]:
    """Of what was kept, that which is still possible: a type may have changed, or been taken away."""
    found = []
    for each in json.loads(text):
        try:
            found.append(_one(each, types, may_use))
        except DetailsRefused:
            continue
    return tuple(found)


def _one(value: Any, types: DetailsTypes, may_use: Collection[str]) -> Detail:
    if not isinstance(value, dict) or not isinstance(value.get(TYPE), str):
        raise DetailsRefused(f"{PARAMETER}: each is an object with a type.")
    # Section 2: compared byte by byte, without normalisation (MUST).
    found = types.get(value[TYPE])
    if found is None or found.type not in may_use:
        raise DetailsRefused(f"{PARAMETER}: a type is not known, or not registered for this client.")
    given = {name: each for name, each in value.items() if name not in {TYPE, LOCATIONS}}
    if not given.keys() <= found.fields.keys():
        raise DetailsRefused(f"{PARAMETER}: {found.type} has no such field.")
    if lacking := missing(found.fields, given):
        raise DetailsRefused(f"{PARAMETER}: {found.type} lacks {lacking[0]}.")
    name = LOCATIONS
    try:
        places = _places(value, found)
        values = {}
        for name, field in found.fields.items():
            if name in given:
                values[name] = field.checked(given[name])
    except WrongValue as problem:
        raise DetailsRefused(f"{PARAMETER}: {found.type}: {name} has to be {problem}.") from None
    _check_order(found, values)
    return Detail(found, values, tuple(places))


def _places(value: Mapping[str, Any], found: DetailsType) -> list[str]:
    """Raises WrongValue."""
    if not found.locations and LOCATIONS not in value:
        return []
    return locations(value.get(LOCATIONS, list(found.locations)), found.locations)


def _check_order(found: DetailsType, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = found.fields[name]
        before = values.get(field.not_before or "") if isinstance(field, DateField) else None
        # Days in this form compare as texts.
        if before is not None and value < before:
            raise DetailsRefused(f"{PARAMETER}: {found.type}: {name} is too early.")
