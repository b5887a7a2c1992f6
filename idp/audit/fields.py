"""What an audit event may hold. Checked twice: the declaration when the program loads, values when made.

Text is a code or an identifier by its shape: no spaces, no letters beyond ASCII, and no run of
digits that could be a resident number, a phone number or a bank card. Whole numbers and fractions
are bounded for the same reason, tuples are too short for a face template.

An event has a version. What was written stays as it was written, so a declaration may only grow: a field is
added with a default and the version in which it came, and none is taken away or given another meaning; what
means something else is another event.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

CODE = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9]+(?:[_.:/+-][A-Za-z0-9]+)*")
IDENTIFIER = re.compile(r"[A-Za-z0-9_.:~-]{1,128}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# GB 32100: registration authority, kind, region, then the organisation's code and a check character.
SIX_DIGITS, ELEVEN_DIGITS = re.compile(r"\d{6}"), re.compile(r"\d{11}")
# GB 11643, written in groups. Groups of an IPv6 address are parted by colons.
PARTED_NUMBER = re.compile(r"(?:\d[._~-]?){17}[\dXx]")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")

Code = Annotated[str, "code"]
"""A word of a program's vocabulary: a reason, a method, a scope, a version. At most 64 characters."""
Identifier = Annotated[str, "identifier"]
"""Made by a machine or by a registration: client, grant, key, session digest. At most 128 characters."""
PersonId = Annotated[str, "person"]
"""The UUID of a person's row, which says nothing of the person."""

Check = Callable[[object], bool]
WORDS_AT_MOST = 1024
FIRST_VERSION = 1
VERSION_KEY = "v"
"""Of the payload, where an event is of a later version than the first."""
MOST_ITEMS = 16  # a face template has at least 128
LARGEST = 10**10  # phone numbers of 11 digits and all longer numbers lie above
TELLING_WORDS = frozenset(
    (
        *("name", "names", "number", "numbers", "phone", "email", "mail", "birth", "birthday", "document"),
        *("photo", "photos", "picture", "image", "images", "frame", "frames", "template", "embedding"),
        *("text", "password", "secret"),
    )
)
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


class PersonalDataRefused(ValueError):
    """A field's value does not look like what the field may hold. Never quotes the value."""


class Event:
    """Base of all events; its subclasses are made with `@event` and live in `idp.audit.events`."""

    __slots__ = ()
    name: ClassVar[str]
    event_version: ClassVar[int]
    """The last that a field came with."""
    added_fields: ClassVar[Mapping[str, int]] = MappingProxyType({})
    """Fields that came after the first version, and with which."""
    kinds: ClassVar[tuple[tuple[str, frozenset[str]], ...]]
    """What each field may hold."""
    checks: ClassVar[tuple[tuple[str, tuple[Check, ...]], ...]]
    """The same, as what tells."""

    def __post_init__(self) -> None:
        for field_name, checks in self.checks:
            value = getattr(self, field_name)
            for check in checks:
                if check(value):
                    break
            else:
                kinds = " or ".join(sorted(dict(self.kinds)[field_name]))
                raise PersonalDataRefused(f"{type(self).__name__}.{field_name} does not hold {kinds}")

    def values(self) -> dict[str, Any]:
        """The fields as JSON knows them, those that are None left out."""
        found: dict[str, Any] = {}
        for field_name, _ in self.kinds:
            value = getattr(self, field_name)
            if value is not None:
                found[field_name] = list(value) if isinstance(value, tuple) else value
        return found


EventClass = TypeVar("EventClass", bound=type[Event])


@dataclass_transform(frozen_default=True)
def event(declared: EventClass) -> EventClass:
    """Make a frozen event of a class. Raises TypeError for a bad field."""
    made: Any = dataclass(frozen=True, slots=True)(declared)
    made.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", declared.__name__).lower()
    made.kinds = _kinds(made)
    made.checks = tuple((name, _checks(kinds)) for name, kinds in made.kinds)
    made.event_version = max(made.added_fields.values(), default=FIRST_VERSION)
    required = {field.name for field in fields(made) if field.default is MISSING}
    if required.intersection(made.added_fields) or not made.added_fields.keys() <= dict(made.kinds).keys():
        raise TypeError(f"{declared.__name__}: what was added later is a field with a default")
    for field_name, kinds in made.kinds:
        if field_name == VERSION_KEY:
            raise TypeError(f"{declared.__name__}.{field_name}: in the log this says the version")
        if TELLING_WORDS.intersection(field_name.split("_")):
            raise TypeError(f"{declared.__name__}.{field_name} could hold personal data")
        if not kinds:
            raise TypeError(f"{declared.__name__}.{field_name}: an event holds codes, ids and numbers alone")
    return made  # type: ignore[no-any-return]


def canonical_json(values: dict[str, Any]) -> str:
    """One text for one meaning, so that a hash over it can be made again: sorted, compact, ASCII."""
    return CANONICAL.encode(values)


def _kinds(declared: Any) -> tuple[tuple[str, frozenset[str]], ...]:
    hints = get_type_hints(declared, include_extras=True)
    return tuple((field.name, _kinds_of(hints[field.name])) for field in fields(declared))


def _kinds_of(hint: Any) -> frozenset[str]:
    """The kinds of value that a type allows; empty when it allows anything that it should not."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        parts = [_kinds_of(part) for part in get_args(hint)]
        return frozenset[str]().union(*parts) if all(parts) else frozenset()
    if origin is Annotated:
        kind = get_args(hint)[1]
        return frozenset({kind}) if kind in CHECKS else frozenset()
    if origin is tuple:
        item, *rest = get_args(hint)
        kinds = _kinds_of(item) & {"code", "identifier", "float"} if rest == [Ellipsis] else frozenset()
        return frozenset(f"tuple of {kind}" for kind in kinds)
    return {bool: frozenset({"bool"}), int: frozenset({"int"}), float: frozenset({"float"})}.get(
        hint, frozenset({"none"}) if hint is NoneType else frozenset()
    )


def _checks(kinds: frozenset[str]) -> tuple[Check, ...]:
    """What tells whether a value is of one of these kinds."""
    return tuple(
        CHECKS[kind] if kind in CHECKS else _all_of(CHECKS[kind.removeprefix("tuple of ")])
        for kind in sorted(kinds)
    )


def _all_of(item: Check) -> Check:
    return lambda value: isinstance(value, tuple) and len(value) <= MOST_ITEMS and all(map(item, value))


def is_code(value: object) -> bool:
    return isinstance(value, str) and _is_word(value)


@lru_cache(WORDS_AT_MOST)
def _is_word(text: str) -> bool:
    """Remembered: a program's vocabulary is small."""
    return CODE.fullmatch(text) is not None and SIX_DIGITS.search(text) is None


def is_identifier(value: object) -> bool:
    if not isinstance(value, str) or IDENTIFIER.fullmatch(value) is None:
        return False
    # Too long for a number of a person; digests are 43 or 64.
    if len(value) >= 40 or UUID.fullmatch(value):
        return True
    is_a_number = ELEVEN_DIGITS.search(value) or PARTED_NUMBER.search(value) or CREDIT_CODE.fullmatch(value)
    return not is_a_number


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


def _is_fraction(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value) and abs(value) < LARGEST)


CHECKS: dict[str, Check] = {
    "code": is_code,
    "identifier": is_identifier,
    "person": lambda value: isinstance(value, str) and UUID.fullmatch(value) is not None,
    "int": _is_whole,
    "float": _is_fraction,
    "bool": lambda value: isinstance(value, bool),
    "none": lambda value: value is None,
}
