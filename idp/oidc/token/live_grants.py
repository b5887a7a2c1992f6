"""Grants without offline access: one ephemeral key each, for as long as the longest token lives.

Ending a grant deletes the key, and our own endpoints refuse its tokens from then on. A resource
server that checks JWTs by itself learns of it when they expire, ten minutes later at most.
"""

import json
from dataclasses import dataclass

from idp.storage.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class LiveGrant:
    """What a token's grant rests on. The token itself names person and session to the client alone."""

    person_id: str
    consent_id: str
    session_id: str
    claims: str = ""
    """The `claims` parameter, for userinfo."""
    nonce: str | None = None
    """Of the authorization request, for what is signed at userinfo. Kept where claims are asked for."""


def keep(store: EphemeralStore, grant_id: str, grant: LiveGrant, *, seconds: int) -> None:
    value = f"{grant.person_id} {grant.consent_id} {grant.session_id}"
    if grant.claims:
        value = f"{value} {json.dumps([grant.claims, grant.nonce])}"
    store.put(_key(grant_id), value.encode("ascii"), seconds=seconds)


def find(store: EphemeralStore, grant_id: str) -> LiveGrant | None:
    """None when it has ended."""
    found = store.get(_key(grant_id))
    if found is None:
        return None
    person_id, consent_id, session_id, *asked = found.decode("ascii").split(" ", 3)
    return LiveGrant(person_id, consent_id, session_id, *(json.loads(asked[0]) if asked else ()))


def end(store: EphemeralStore, grant_id: str) -> bool:
    """False when it had ended before."""
    return store.delete(_key(grant_id))


def _key(grant_id: str) -> str:
    return f"grant:{grant_id}"
