"""Which requests wait for a person: one short list each, of ids, for the page where they answer them."""

import json
from datetime import datetime

from idp.crypto.digests import keyed
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import REMEMBERED_SECONDS, WaitingRequest
from idp.oidc.provider import Provider

OPEN_AT_MOST = 5
"""Nobody can judge more at once; a sixth is not shown, and nobody is told of it."""
CONTENTION_TRIES = 8
NOTHING = "nothing"
"""In the place of an id: no digest is as short."""
WAY = "ciba"
BINDING_MESSAGE = "binding_message"


def add(provider: Provider, person_id: str | None, asked: WaitingRequest, now: datetime) -> bool:
    """False when enough wait already.

    None: nobody is to see it. Then, and when there are enough, the same is done to a list that nobody reads:
    a client must not learn from the time that it takes.
    """
    key, unread = _key(provider, person_id or asked.id), _key(provider, asked.id)
    seconds = provider.backchannel.longest_request_seconds + REMEMBERED_SECONDS
    for _ in range(CONTENTION_TRIES):
        raw = provider.store.get(key)
        kept = [one.id for one in _open(provider, raw, now, looks=OPEN_AT_MOST)]
        if len(kept) >= OPEN_AT_MOST:
            provider.store.add_once(unread, b"[]", seconds=seconds)
            return False
        new = json.dumps([*kept, asked.id]).encode("ascii")
        if raw is None:
            if provider.store.add_once(key, new, seconds=seconds):
                return True
        elif provider.store.replace(key, raw, new, seconds=seconds):
            return True
    return False


def of_person(provider: Provider, person_id: str, now: datetime) -> list[WaitingRequest]:
    """Those that the person may still answer, latest first."""
    found = _open(provider, provider.store.get(_key(provider, person_id)), now)
    return sorted(found, key=lambda one: one.asked_at, reverse=True)


def find(provider: Provider, person_id: str, waiting_id: str, now: datetime) -> WaitingRequest | None:
    """One of theirs. None for another person's, and for one that is over."""
    return next((one for one in of_person(provider, person_id, now) if one.id == waiting_id), None)


def _open(provider: Provider, raw: bytes | None, now: datetime, *, looks: int = 0) -> list[WaitingRequest]:
    """`looks`: as many at least, however few there are."""
    ids: list[str] = [] if raw is None else json.loads(raw)
    padded = ids + [NOTHING] * (looks - len(ids))
    found = [waiting.find(provider.store, one) for one in padded]
    return [one for one in found if one is not None and one.is_open(now)]


def _key(provider: Provider, person_id: str) -> str:
    return f"backchannel-open:{keyed(provider.grant_key, 'open', person_id)}"
