"""What is known of the rule that a request broke, beyond its words: for the developer who has to mend it.

Who raises an error knows the numbers: by how much a clock goes wrong, which keys there were. They are kept
with the cause under the error's reference, and `idp.doctor` says what they mean. None of them ever holds a
secret, or anything of a person: addresses come without queries, tokens as the names of their claims.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

CHARACTERS_AT_MOST = 300
"""Of one text."""
ITEMS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Differs:
    """Something must be what it was before, or one of several, and is not."""

    what: str
    """A parameter, a claim, a header."""
    given: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misshapen:
    """A value whose form is wrong. What stood in it is not kept."""

    what: str
    problem: str
    """A code, such as `hex`: `idp.doctor` has the words."""
    characters: int = 0


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Values that the registration does not have, or that nobody can have here."""

    what: str
    refused: tuple[str, ...]
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyNotFound:
    """No key of the client's is the one that a token names."""

    kid: str
    algorithm: str
    known: tuple[str, ...]
    """The `kid` values that there were; `-` for a key without one."""
    source: str
    """`jwks`, `jwks_uri`, or `none`."""
    asked_at: int = 0
    """When the `jwks_uri` was last asked, in seconds since 1970."""
    answered: str = ""
    """What came of that."""


@dataclass(frozen=True, slots=True)
class Skewed:
    """A time that somebody else's clock wrote."""

    claim: str
    seconds: int
    """Ahead of our clock; behind it where negative."""
    allowed: int


@dataclass(frozen=True, slots=True)
class Late:
    """Something came after its time."""

    what: str
    seconds: int
    """After it ended."""
    lifetime: int


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """Client authentication by another method than the registered one."""

    sent: str
    registered: str


@dataclass(frozen=True, slots=True)
class WrongSecret:
    """`problem`: a code; `unlike` where nothing was found that would make it the right one."""

    problem: str
    label: str = ""
    """Of one that has ended: what the team called it; nothing where it was made with the app."""
    ended_at: int = 0
    """When that was, in seconds since 1970; 0 of one that has not."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A level that nobody can reach here."""

    asked: tuple[str, ...]
    highest: int
    minimum: int


Fact = (
    Differs | Misshapen | NotAllowed | KeyNotFound | Skewed | Late | OtherMethod | WrongSecret | Unreachable
)
KINDS: Mapping[str, type[Fact]] = {
    "differs": Differs,
    "misshapen": Misshapen,
    "not_allowed": NotAllowed,
    "key_not_found": KeyNotFound,
    "skewed": Skewed,
    "late": Late,
    "other_method": OtherMethod,
    "wrong_secret": WrongSecret,
    "unreachable": Unreachable,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def written(fact: Fact | None) -> dict[str, Any]:
    """As it is kept: bounded, whatever was given."""
    if fact is None:
        return {}
    return {"fact": NAMES[type(fact)], **{name: _bounded(value) for name, value in asdict(fact).items()}}


def read(kept: Mapping[str, Any]) -> Fact | None:
    """Inverse of `written`; None for nothing, and for what an older version wrote otherwise."""
    kind = KINDS.get(str(kept.get("fact")))
    if kind is None or {one.name for one in fields(kind)} != kept.keys() - {"fact"}:
        return None
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    del values["fact"]
    made: Fact = cast("Any", kind)(**values)
    return made


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:CHARACTERS_AT_MOST]
    if isinstance(value, tuple | list):
        return [str(one)[:CHARACTERS_AT_MOST] for one in value[:ITEMS_AT_MOST]]
    return max(-(10**10), min(value, 10**10))
