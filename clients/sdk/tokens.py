"""The tokens of one sign-in, as the token endpoint gave them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .errors import StoreBroken

CHARACTERS = 64 * 1024
SECONDS_AT_MOST = 400 * 86_400
UNSAID_SECONDS = 60
"""Where no `expires_in` came, which RFC 6749 section 5.1 only recommends."""


@dataclass(frozen=True)
class Tokens:
    """Its repr shows none of them."""

    access_token: str = field(repr=False)
    token_type: str
    """`Bearer` or `DPoP`."""
    expires_at: int
    """Seconds since 1970, by our clock."""
    refresh_token: str | None = field(default=None, repr=False)
    scope: str = ""

    def counts(self, now: float, leeway_seconds: float = 0) -> bool:
        return now + leeway_seconds < self.expires_at

    def after(self, answer: Mapping[str, Any], now: float) -> "Tokens":
        """What a refresh brought (RFC 6749 section 6): without a new refresh token the old one stays.

        Raises ValueError.
        """
        told = read(answer, now)
        if told.token_type.lower() != self.token_type.lower():
            raise ValueError("the token type changed")
        return replace(
            told, refresh_token=told.refresh_token or self.refresh_token, scope=told.scope or self.scope
        )

    def dumped(self) -> str:
        return json.dumps(asdict(self))


def read(answer: Mapping[str, Any], now: float) -> Tokens:
    """A token endpoint's answer (RFC 6749 section 5.1). Raises ValueError."""
    access_token, token_type = _text(answer, "access_token"), _text(answer, "token_type")
    if token_type.lower() not in ("bearer", "dpop"):
        # Section 7.1 there: a type that one does not understand is not used.
        raise ValueError("the token is of an unknown type")
    seconds = answer.get("expires_in", UNSAID_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= SECONDS_AT_MOST:
        raise ValueError("expires_in is not a number of seconds")
    return Tokens(
        access_token,
        token_type,
        int(now) + seconds,
        _text(answer, "refresh_token") if "refresh_token" in answer else None,
        _text(answer, "scope") if "scope" in answer else "",
    )


def loaded(text: str) -> Tokens:
    """What `dumped` gave. Raises StoreBroken."""
    try:
        told = json.loads(text)
        expires_at = told["expires_at"]
        if isinstance(expires_at, bool) or not isinstance(expires_at, int):
            raise TypeError("expires_at is not a number")
        refresh_token = None if told["refresh_token"] is None else _text(told, "refresh_token")
        scope = _text(told, "scope") if told["scope"] else ""
        return Tokens(
            _text(told, "access_token"), _text(told, "token_type"), expires_at, refresh_token, scope
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StoreBroken("The store holds no tokens where they should be.") from None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    # Printable ASCII: RFC 6749 appendix A. What it says is not repeated, it may be a token.
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= CHARACTERS
        or not value.isascii()
        or not value.isprintable()
    ):
        raise ValueError(f"{name} is not a text of printable ASCII")
    return value
