"""The provider says that a session is over: logout tokens (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from .discovery import Discovery, NotSigned
from .errors import LogoutRefused
from .registration import Registration
from .store import Store, key_of

TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
CLOCKS_DIFFER_SECONDS = 30
LONGEST_SECONDS = 3600
"""What is good for longer is no logout token: its `jti` would have to be remembered as long."""


@dataclass(frozen=True)
class LogoutNotice:
    """Which sessions of this client are over: the one with this `sid`; without it all of this `sub`."""

    sub: str | None
    sid: str | None

    def is_about(self, claims: Mapping[str, Any]) -> bool:
        """`claims`: those of a session's id_token."""
        if self.sid is not None:
            return bool(claims.get("sid") == self.sid)
        return self.sub is not None and bool(claims.get("sub") == self.sub)


class LogoutTokens:
    """Reads logout tokens of one provider for one client."""

    def __init__(
        self,
        registration: Registration,
        discovery: Discovery,
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self._registration = registration
        self._discovery = discovery
        self._store = store
        self._clock = clock

    def read(self, token: str) -> LogoutNotice:
        """Raises LogoutRefused, ProviderUnreachable. The numbers are those of section 2.6."""
        try:
            # 1. and 3.: signed, with the one algorithm that was registered.
            decoded = self._discovery.verified(token, self._registration.id_token_signed_response_alg)
        except NotSigned as problem:
            raise LogoutRefused(f"The logout token is refused: {problem}.") from None
        now = self._clock().timestamp()
        # Before what it says counts: an id_token is signed by the same keys.
        if str(decoded.header.get("typ", "")).lower() not in (TYPE, f"application/{TYPE}"):
            raise LogoutRefused("Not a logout token.")
        claims = decoded.claims
        self._check(claims, now)
        # 8. Last of all: what is refused for something else is not used up.
        seconds = int(claims["exp"] + CLOCKS_DIFFER_SECONDS - now) + 1
        if not self._store.replace(key_of("jti", claims["jti"]), None, "seen", seconds):
            raise LogoutRefused("The logout token came before.")
        return LogoutNotice(claims.get("sub"), claims.get("sid"))

    def _check(self, claims: Mapping[str, Any], now: float) -> None:
        # 4., as for id_tokens
        if claims.get("iss") != self._registration.issuer:
            raise LogoutRefused("The logout token is of another issuer.")
        client_id = self._registration.client_id
        if claims.get("aud") not in (client_id, [client_id]):
            raise LogoutRefused("The logout token is not for this client alone.")
        issued_at, expires_at = claims.get("iat", ""), claims.get("exp", "")
        if not is_number(issued_at) or not is_number(expires_at):
            raise LogoutRefused("The logout token has no dates.")
        if not issued_at - CLOCKS_DIFFER_SECONDS <= now < expires_at + CLOCKS_DIFFER_SECONDS:
            raise LogoutRefused("The logout token is expired, or not yet valid.")
        if expires_at - now > LONGEST_SECONDS:
            raise LogoutRefused("The logout token is good for too long.")
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


def is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
