"""Test tokens: with one a program chooses the outcomes of one app. Only digests are kept."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from idp.crypto.digests import digest, new_secret, same
from idp.storage.ephemeral import Clock, EphemeralStore

PREFIX: Final = "yts"
DAYS: Final = 90
AT_ONCE: Final = 5
"""Of one app."""
NAME_AT_MOST: Final = 60
TOKEN: Final = re.compile(rf"{PREFIX}_([0-{AT_ONCE - 1}])_[A-Za-z0-9_-]{{43}}")
"""It says in which of the app's places it lies, so that one look finds it."""
CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
"""What is none comes from an address that somebody typed, and into no key of the store."""


class TooMany(Exception):
    """The app has as many as it may."""


@dataclass(frozen=True, slots=True)
class AppToken:
    place: int
    name: str
    digest: str
    made_at: datetime
    expires_at: datetime
    made_by: str | None = None
    """Of the team, as whose it counts; None: the operator."""


class AppTokens:
    """All commands raise StoreUnavailable."""

    def __init__(self, store: EphemeralStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def make(self, client_id: str, name: str, made_by: str | None = None) -> tuple[str, AppToken]:
        """The token, which is shown once, and what is kept of it. Raises TooMany."""
        now = self._clock()
        for place in range(AT_ONCE):
            text = f"{PREFIX}_{place}_{new_secret()}"
            ends = now + timedelta(days=DAYS)
            made = AppToken(place, name[:NAME_AT_MOST], digest(text), now, ends, made_by)
            if self._store.add_once(_key(client_id, place), _written(made), seconds=DAYS * 86400):
                return text, made
        raise TooMany

    def of(self, client_id: str) -> tuple[AppToken, ...]:
        found = (self._at(client_id, place) for place in range(AT_ONCE))
        return tuple(one for one in found if one is not None)

    def opens(self, client_id: str, text: str) -> AppToken | None:
        """None for anything but a token of this app."""
        matched = TOKEN.fullmatch(text)
        is_known = matched is not None and CLIENT_ID.fullmatch(client_id) is not None
        found = self._at(client_id, int(matched[1])) if is_known and matched else None
        return found if found is not None and same(found.digest, digest(text)) else None

    def withdraw(self, client_id: str, place: int) -> bool:
        return place in range(AT_ONCE) and self._store.delete(_key(client_id, place))

    def _at(self, client_id: str, place: int) -> AppToken | None:
        found = self._store.get(_key(client_id, place))
        if found is None:
            return None
        value = json.loads(found)
        times = {name: datetime.fromisoformat(value[name]) for name in ("made_at", "expires_at")}
        return AppToken(**{**value, **times})


def _written(token: AppToken) -> bytes:
    times = {"made_at": token.made_at.isoformat(), "expires_at": token.expires_at.isoformat()}
    return json.dumps({**asdict(token), **times}).encode()


def _key(client_id: str, place: int) -> str:
    return f"sandbox:app-token:{client_id}:{place}"
