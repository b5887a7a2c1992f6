"""A client's secret as it is kept, for whoever checks one. A client has a few, so that they rotate."""

from dataclasses import dataclass
from datetime import datetime

SECRETS_AT_MOST = 5
"""Of a client: one in use, one to come, and others of a rotation that nobody finished."""


@dataclass(frozen=True, slots=True, repr=False)
class KeptSecret:
    id: str
    mac: str
    """Keyed HMAC of a machine-made secret, bound to its client."""
    expires_at: datetime | None = None
    """From then on it proves nothing. None: it never expires."""
    sealed: bytes | None = None
    """The secret itself, of clients with `client_secret_jwt` alone."""

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
