"""Short references that stand on error pages and in error descriptions, and what they stand for.

The person reads plain words and a reference; `idp explain REF` and the developer see the cause.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from idp.crypto import crockford
from idp.storage.ephemeral import EphemeralStore
from idp.storage.throttle import Throttle

KEPT_OF_ONE_ADDRESS = 300
"""In an hour. What strangers can make us write down is bounded; a portal that fails all day is told no more
by the next reference than by those before."""
KEPT_SECONDS = 7 * 24 * 3600
CHARACTERS = 8
BYTES_AT_MOST = 12_000
"""Of one cause. Where there is more, parameters are left out, the last first."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Of a request that failed: a value that may be kept, or none."""

    name: str
    value: str | None
    characters: int
    """Of the value as it came."""
    place: str
    """`query`, `form`, `header`; `object`: inside of a request object, or pushed before."""
    shape: str = ""
    """What a value looked like that is not kept: a word, such as `hex`."""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a request: how it came, its parameters, and what is known of the rule it broke."""

    method: str = ""
    path: str = ""
    parameters: tuple[Parameter, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """As who raised the error wrote them (`idp.oidc.facts`)."""


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a request failed. Codes and ids only: never a secret, a name or an ID number."""

    at: datetime
    where: str
    """The endpoint or page, such as `authorize`."""
    error: str
    """A specification's error code, or an exception's name."""
    description: str
    detail: str = ""
    client_id: str = ""
    """Of a registered client; where it did not prove itself, who it said it was."""
    request_id: str = ""
    seen: Seen = NOTHING_SEEN


def may_be_kept(throttle: Throttle, address: str) -> bool:
    """Whether a failure from this address is still written down: its cause, and its event."""
    return throttle.allow_from(address, "failures", KEPT_OF_ONE_ADDRESS, 3600)


def remember(store: EphemeralStore, cause: Cause) -> str:
    """Keep the cause for seven days under a new reference such as `K7F3-9QXM`."""
    value = written(cause)
    while True:
        text = crockford.draw(CHARACTERS)
        if store.add_once(_key(text), value, seconds=KEPT_SECONDS):
            return crockford.shown(text)


def explain(store: EphemeralStore, reference: str) -> Cause | None:
    """The cause, or None when the reference is unknown or older than seven days."""
    text = crockford.read(reference)
    found = store.get(_key(text)) if len(text) == CHARACTERS else None
    if found is None:
        return None
    return read(found)


def written(cause: Cause) -> bytes:
    """Bounded, whatever came."""
    while True:
        fields = {**asdict(cause), "at": cause.at.isoformat()}
        # Half a character, which somebody sent, is in no page that shows it.
        value = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        if len(value) <= BYTES_AT_MOST or not cause.seen.parameters:
            return value
        fewer = cause.seen.parameters[: len(cause.seen.parameters) // 2]
        cause = replace(cause, seen=replace(cause.seen, parameters=fewer))


def read(data: bytes) -> Cause:
    """Inverse of `written`."""
    fields = json.loads(data)
    seen = fields.get("seen") or {}
    parameters = tuple(Parameter(**one) for one in seen.get("parameters", ()))
    known = {
        **fields,
        "at": datetime.fromisoformat(fields["at"]),
        "seen": Seen(**{**seen, "parameters": parameters}),
    }
    return Cause(**known)


def _key(text: str) -> str:
    return f"error:{text}"
