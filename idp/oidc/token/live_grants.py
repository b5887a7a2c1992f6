"""Grants with a token that lives: one ephemeral key each, for as long as the longest of them does.

Ending a grant deletes the key, and our own endpoints refuse its tokens from then on. A resource
server that checks JWTs by itself learns of it when they expire, ten minutes later at most.
"""

import json
from dataclasses import dataclass, replace

from idp.storage.ephemeral import EphemeralStore
from idp.storage.ephemeral.store import Entry

OFFLINE = "-"


@dataclass(frozen=True, slots=True)
class LiveGrant:
    """What a token's grant rests on. The token itself names person and session to the client alone."""

    person_id: str
    consent_id: str
    session_id: str | None
    """None with offline access: the grant outlives the session."""
    claims: str = ""
    """The `claims` parameter, sealed, for userinfo."""
    nonce: str | None = None
    """Of the authorization request, for what is signed at userinfo. Kept where claims are asked for."""
    mandate_id: str | None = None
    """On whose strength the person acts for somebody else; None: as themselves."""


def keep(store: EphemeralStore, grant_id: str, grant: LiveGrant, *, seconds: int) -> None:
    store.put(_key(grant_id), _written(grant), seconds=seconds)


def entry(grant_id: str, grant: LiveGrant, *, seconds: int) -> Entry:
    """For who keeps it together with something else."""
    return _key(grant_id), _written(grant), seconds


def begin(store: EphemeralStore, grant_id: str, grant: LiveGrant, *, seconds: int) -> bool:
    """Of all who would begin the same grant, one is told True."""
    return store.add_once(_key(grant_id), _written(grant), seconds=seconds)


def go_offline(store: EphemeralStore, grant_id: str, grant: LiveGrant, *, seconds: int) -> bool:
    """From now on it stands without its session. False when it has been ended meanwhile."""
    offline = replace(grant, session_id=None)
    return store.replace(_key(grant_id), _written(grant), _written(offline), seconds=seconds)


def find(store: EphemeralStore, grant_id: str) -> LiveGrant | None:
    """None when it has ended."""
    found = store.get(_key(grant_id))
    if found is None:
        return None
    person_id, consent_id, session_id, *asked = found.decode("ascii").split(" ", 3)
    session = None if session_id == OFFLINE else session_id
    return LiveGrant(person_id, consent_id, session, *(json.loads(asked[0]) if asked else ()))


def end(store: EphemeralStore, grant_id: str) -> bool:
    """False when it had ended before."""
    return store.delete(_key(grant_id))


def _written(grant: LiveGrant) -> bytes:
    value = f"{grant.person_id} {grant.consent_id} {grant.session_id or OFFLINE}"
    if grant.mandate_id is not None:
        value = f"{value} {json.dumps([grant.claims, grant.nonce, grant.mandate_id])}"
    elif grant.claims:
        value = f"{value} {json.dumps([grant.claims, grant.nonce])}"
    return value.encode("ascii")


def _key(grant_id: str) -> str:
    return f"grant:{grant_id}"
