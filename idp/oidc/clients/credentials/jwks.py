"""The public keys of clients: registered by value, or fetched from their `jwks_uri`.

A fetched set is kept for a while. A `kid` that is not in it has the set fetched again, so that a
client may rotate its keys when it likes, but no more often than every half minute, or anybody could
make us knock at its door.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from idp.oidc.clients.metadata import Client
from idp.oidc.facts import KeyNotFound
from idp.oidc.jose import jwe
from idp.oidc.jose.jws import KeyUnknown
from idp.oidc.jose.public_keys import KeysRefused, choose, public_keys, usable_keys
from idp.storage.ephemeral import Clock

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

KEPT = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=30)
STALE_AT_MOST = timedelta(hours=1)
"""For so long an old set serves when the client's server does not answer."""
KEPT_AT_MOST = 5000
"""Clients, and addresses: where anybody may register, strangers decide how many there are."""
WAIT_SECONDS = 1.0
"""For another request's fetch of the same set."""

Fetch = Callable[[str], bytes]
"""The body behind an address. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Fetched:
    keys: "KeySet"
    at: datetime


class ClientKeys:
    """Finds the key that a client's token was signed with, and the one to encrypt to."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._registered: dict[str, tuple[dict[str, Any], KeySet]] = {}
        self._fetched: dict[str, Fetched] = {}
        self._asked: dict[str, datetime] = {}
        self._answers: dict[str, str] = {}
        """What came of asking, in a word."""
        self._locks: dict[str, Lock] = {}

    def find(self, client: Client, kid: str | None, algorithm: str, *, use: str = "sig") -> "Key":
        """Raises KeyUnknown."""
        metadata = client.metadata
        if metadata.jwks is not None:
            given = self._given(client.client_id, metadata.jwks)
            try:
                return choose(given, kid, algorithm, use=use)
            except KeyUnknown as unknown:
                fact = KeyNotFound(kid or "", algorithm, _kids(given), "jwks")
                raise KeyUnknown(str(unknown), fact) from None
        if metadata.jwks_uri is None:
            raise KeyUnknown(
                "the client has no registered keys", KeyNotFound(kid or "", algorithm, (), "none")
            )
        return self.find_at(metadata.jwks_uri, kid, algorithm, use=use)

    def find_at(self, uri: str, kid: str | None, algorithm: str, *, use: str = "sig") -> "Key":
        """A key of the set behind an address. Raises KeyUnknown."""
        known: KeySet | None = None
        try:
            known = self._current(uri)
            try:
                return choose(known, kid, algorithm, use=use)
            except KeyUnknown:
                # OpenID Connect Core 1.0 section 10.1.1: an unknown kid is the sign of a rotation.
                known = self._again(uri) or known
                return choose(known, kid, algorithm, use=use)
        except KeyUnknown as unknown:
            raise KeyUnknown(str(unknown), self._not_found(uri, kid, algorithm, known)) from None

    def _not_found(self, uri: str, kid: str | None, algorithm: str, known: "KeySet | None") -> KeyNotFound:
        asked = self._asked.get(uri)
        return KeyNotFound(
            kid or "",
            algorithm,
            () if known is None else _kids(known),
            "jwks_uri",
            0 if asked is None else int(asked.timestamp()),
            self._answers.get(uri, ""),
        )

    def recipient(self, client: Client, algorithm: str) -> "Key":
        """The key that we encrypt to what is for this client alone. Raises KeyUnknown."""
        metadata = client.metadata
        if metadata.jwks is not None:
            return jwe.recipient(self._given(client.client_id, metadata.jwks), algorithm)
        if metadata.jwks_uri is None:
            raise KeyUnknown("the client has no registered keys")
        known = self._current(metadata.jwks_uri)
        try:
            return jwe.recipient(known, algorithm)
        except KeyUnknown:
            return jwe.recipient(self._again(metadata.jwks_uri) or known, algorithm)

    def certificates(self, client: Client, fits: Callable[[list[object]], bool]) -> bool:
        """Whether the `x5c` members of the client's keys fit. Raises KeyUnknown."""
        metadata = client.metadata
        if metadata.jwks is not None:
            return fits(_chains(self._given(client.client_id, metadata.jwks)))
        if metadata.jwks_uri is None:
            raise KeyUnknown("the client has no registered keys")
        if fits(_chains(self._current(metadata.jwks_uri))):
            return True
        renewed = self._again(metadata.jwks_uri)
        return renewed is not None and fits(_chains(renewed))

    def _given(self, client_id: str, jwks: dict[str, Any]) -> "KeySet":
        """Read once for as long as the registration says the same."""
        known, keys = self._registered.get(client_id, (None, None))
        if keys is None or known != jwks:
            keys = public_keys(jwks)
            if len(self._registered) >= KEPT_AT_MOST:
                self._registered.clear()
            self._registered[client_id] = (jwks, keys)
        return keys

    def _current(self, uri: str) -> "KeySet":
        found = self._fetched.get(uri)
        if found is not None and self._clock() - found.at < KEPT:
            return found.keys
        renewed = self._again(uri)
        if renewed is not None:
            return renewed
        if found is not None and self._clock() - found.at < STALE_AT_MOST:
            return found.keys
        raise KeyUnknown("the client's jwks_uri gives no usable keys")

    def _again(self, uri: str) -> "KeySet | None":
        """None when it was asked a moment ago, or does not answer."""
        if len(self._locks) >= KEPT_AT_MOST:
            for kept in (self._fetched, self._asked, self._answers, self._locks):
                kept.clear()
        lock = self._locks.setdefault(uri, Lock())
        # A client whose server drips must not hold every thread of ours.
        if not lock.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            now, found = self._clock(), self._fetched.get(uri)
            asked = self._asked.get(uri)
            if asked is not None and now - asked < AGAIN_AFTER:
                return found.keys if found is not None and found.at == asked else None
            self._asked[uri] = now
            keys = usable_keys(json.loads(self._fetch(uri)))
            self._fetched[uri] = Fetched(keys, now)
            self._answers[uri] = "keys"
        except (OSError, ValueError, RecursionError) as error:
            self._answers[uri] = _answer_of(error)
            return None
        finally:
            lock.release()
        return keys


def _kids(keys: "KeySet") -> tuple[str, ...]:
    """As the client wrote them; `-` for a key without one."""
    return tuple(jwe.own_kid(key) or "-" for key in keys)


def _answer_of(error: Exception) -> str:
    """A word for the developer of the client. The guarded client's texts name the origin and the status."""
    if isinstance(error, KeysRefused):
        return "unusable"
    if isinstance(error, OSError):
        status = re.search(r"status (\d{3})", str(error))
        return f"status {status[1]}" if status else type(error).__name__
    return "no JSON"


def _chains(keys: "KeySet") -> list[object]:
    return [key.get("x5c") for key in keys]
