"""The provider says that a session is over: logout tokens (OpenID Connect Back-Channel Logout 1.0)."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from clients.sdk.errors import LogoutRefused

TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
CLOCKS_DIFFER_SECONDS = 30
KEYS_ANEW_SECONDS = 60
"""Anybody can name a key that nobody has: it makes us ask the provider this often at most."""
REMEMBERED_AT_MOST = 10_000


@dataclass(frozen=True)
class LogoutNotice:
    """Which sessions of this client are over: the one with this `sid`; without it all of this `sub`."""

    sub: str | None
    sid: str | None

    def is_about(self, claims: Mapping[str, Any]) -> bool:
        """`claims`: those of a session's id_token."""
        if self.sid is not None:
            return bool(claims.get("sid") == self.sid)
        return bool(claims.get("sub") == self.sub)


class SeenTokens:
    """`jti` values until their tokens expire. In memory for one process: several share a table of theirs."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, jti: str, until: float, now: float) -> bool:
        """True for the first time. `until`, `now`: seconds since 1970."""
        with self._lock:
            while self._until and next(iter(self._until.values())) < now:
                self._until.popitem(last=False)
            if jti in self._until:
                return False
            self._until[jti] = until
            if len(self._until) > REMEMBERED_AT_MOST:
                self._until.popitem(last=False)
            return True


class LogoutTokens:
    """Reads logout tokens of one provider for one client."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        algorithm: str,
        *,
        fetch_keys: Callable[[bool], dict[str, Any]],
        trouble: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        is_new: Callable[[str, float, float], bool] | None = None,
    ) -> None:
        """`fetch_keys`: the JWKS, read anew if told to; `trouble` turns its failures into ours."""
        self._issuer = issuer
        self._client_id = client_id
        self._algorithm = algorithm
        self._fetch_keys = fetch_keys
        self._trouble = trouble
        self._clock = clock
        self._monotonic = monotonic
        self._is_new = is_new or SeenTokens()
        self._keys_read_at: float | None = None

    def read(self, token: str) -> LogoutNotice:
        """Raises LogoutRefused, ProviderUnreachable. The numbers are those of section 2.6."""
        try:
            decoded = self._decoded(token)
        except (JoseError, ValueError):
            raise LogoutRefused("The logout token is not signed by the provider.") from None
        now = self._clock().timestamp()
        # Before what it says counts: an id_token is signed by the same keys.
        if decoded.header.get("typ") != TYPE:
            raise LogoutRefused("Not a logout token.")
        claims = decoded.claims
        self._check(claims, now)
        # 8. Last of all: what is refused for something else is not used up.
        if not self._is_new(claims["jti"], claims["exp"] + CLOCKS_DIFFER_SECONDS, now):
            raise LogoutRefused("The logout token came before.")
        return LogoutNotice(claims.get("sub"), claims.get("sid"))

    def _check(self, claims: Mapping[str, Any], now: float) -> None:
        # 4., as for id_tokens
        if claims.get("iss") != self._issuer:
            raise LogoutRefused("The logout token is of another issuer.")
        if claims.get("aud") not in (self._client_id, [self._client_id]):
            raise LogoutRefused("The logout token is not for this client alone.")
        issued_at, expires_at = claims.get("iat"), claims.get("exp")
        if not isinstance(issued_at, int) or not isinstance(expires_at, int):
            raise LogoutRefused("The logout token has no dates.")
        if not issued_at - CLOCKS_DIFFER_SECONDS <= now < expires_at + CLOCKS_DIFFER_SECONDS:
            raise LogoutRefused("The logout token is expired, or not yet valid.")
        # 5.
        names = [claims.get(name) for name in ("sub", "sid") if name in claims]
        if not names or not all(isinstance(name, str) and name for name in names):
            raise LogoutRefused("The logout token names neither a person nor a session.")
        # 6.
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
            raise LogoutRefused("The logout token tells of no logout.")
        # 7.
        if "nonce" in claims:
            raise LogoutRefused("The logout token has a nonce.")
        if not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise LogoutRefused("The logout token has no jti.")

    def _decoded(self, token: str) -> jwt.Token:
        # 1. and 3.: signed, with the one algorithm that was registered.
        try:
            return jwt.decode(token, self._keys(anew=False), algorithms=[self._algorithm])
        except InvalidKeyIdError:
            asked_at = self._monotonic()
            if self._keys_read_at is not None and asked_at - self._keys_read_at < KEYS_ANEW_SECONDS:
                raise
            self._keys_read_at = asked_at
            return jwt.decode(token, self._keys(anew=True), algorithms=[self._algorithm])

    def _keys(self, *, anew: bool) -> KeySet:
        with self._trouble():
            found = self._fetch_keys(anew)
        return KeySet.import_key_set(found)  # type: ignore[arg-type]  # the client has looked at it
