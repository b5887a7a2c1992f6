"""Short references that stand on error pages and in error descriptions, and what they stand for.

The person reads plain words and a reference; `idp explain REF` and the developer see the cause.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from idp.crypto import crockford
from idp.storage.ephemeral import EphemeralStore
from idp.storage.throttle import Throttle

KEPT_OF_ONE_ADDRESS = 300
"""In an hour. What strangers can make us write down is bounded; a portal that fails all day is told no more
by the next reference than by those before."""
KEPT_SECONDS = 7 * 24 * 3600
CHARACTERS = 8


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
    request_id: str = ""


def may_be_kept(throttle: Throttle, address: str) -> bool:
    """Whether a failure from this address is still written down: its cause, and its event."""
    return throttle.allow_from(address, "failures", KEPT_OF_ONE_ADDRESS, 3600)


def remember(store: EphemeralStore, cause: Cause) -> str:
    """Keep the cause for seven days under a new reference such as `K7F3-9QXM`."""
    value = json.dumps({**asdict(cause), "at": cause.at.isoformat()}).encode()
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
    fields = json.loads(found)
    return Cause(**{**fields, "at": datetime.fromisoformat(fields["at"])})


def _key(text: str) -> str:
    return f"error:{text}"
