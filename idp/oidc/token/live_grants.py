"""Grants without offline access: one ephemeral key each, for as long as the longest token lives.

Ending a grant deletes the key, and our own endpoints refuse its tokens from then on. A resource
server that checks JWTs by itself learns of it when they expire, ten minutes later at most.
"""

from idp.storage.ephemeral import EphemeralStore


def keep(store: EphemeralStore, grant_id: str, person_id: str, *, seconds: int) -> None:
    store.put(_key(grant_id), person_id.encode("ascii"), seconds=seconds)


def person_of(store: EphemeralStore, grant_id: str) -> str | None:
    """Whose grant it is; None when it has ended. Tokens themselves name the person to the client alone."""
    found = store.get(_key(grant_id))
    return None if found is None else found.decode("ascii")


def end(store: EphemeralStore, grant_id: str) -> bool:
    """False when it had ended before."""
    return store.delete(_key(grant_id))


def _key(grant_id: str) -> str:
    return f"grant:{grant_id}"
