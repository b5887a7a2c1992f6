"""What was registered at the provider, as the relying party knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .levels import ACR

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Registration:
    """Neither its text nor its repr shows a secret.

    Raises ValueError: what cannot work is refused when the application starts, not when somebody signs in.
    """

    issuer: str
    """As the provider's metadata spell it, character by character."""
    client_id: str
    client_secret: str = field(default="", repr=False)
    """For `client_secret_basic`. Neither secret nor key: a public client."""
    scope: str = "openid"
    level: int = 2
    """What every sign-in asks for; single pages may ask for more."""
    id_token_signed_response_alg: str = "ES256"  # noqa: S105
    private_key: Mapping[str, Any] | None = field(default=None, repr=False)
    """A private JWK, for `private_key_jwt` instead of a secret."""
    dpop_key: Mapping[str, Any] | None = field(default=None, repr=False)
    """A private JWK: with it tokens are bound to that key (RFC 9449). Processes that share tokens share
    it."""
    pushes_requests: bool = False
    """Whether to push requests (RFC 9126) though the provider does not require it of everybody."""

    def __post_init__(self) -> None:
        if "openid" not in self.scope.split():
            raise ValueError("the scope must hold openid: without an id_token nobody is signed in")
        if not self.client_id:
            raise ValueError("there is no client_id")
        if self.level not in ACR:
            raise ValueError("the level is one of 1 to 4")
        if self.client_secret and self.private_key is not None:
            raise ValueError("a client proves itself by a secret or by a key, not by both")
        if self.id_token_signed_response_alg.startswith(("HS", "none")):
            raise ValueError("an id_token is signed with a key that the provider alone has")
        if not is_confidential(self.issuer):
            raise ValueError("the issuer is an https address; http is for this machine alone")

    @property
    def token_endpoint_auth_method(self) -> str:
        if self.private_key is not None:
            return "private_key_jwt"
        return "client_secret_basic" if self.client_secret else "none"


def is_confidential(address: str) -> bool:
    """Nobody reads along: https, or this very machine (RFC 8252 section 8.3)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "http":
        return host in LOOPBACK or host.endswith(".localhost")
    return parts.scheme == "https" and bool(host)
