"""Who may use a token: whoever has it, or only who holds a key (RFC 9449, RFC 8705).

A request for tokens shows the key, the token names it (`cnf`, RFC 7800), and where the token is used
the key is shown again: a stolen token opens nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from idp.oidc.certificates import certificate_of
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidDpopProof, InvalidGrant, InvalidRequest
from idp.oidc.facts import Differs
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.oidc.token import dpop

BEARER, DPOP = "Bearer", "DPoP"
X5T = "x5t#S256"


@dataclass(frozen=True, slots=True)
class Sender:
    """The keys that a request has shown."""

    jkt: str | None = None
    """Thumbprint of the key of a DPoP proof."""
    x5t: str | None = None
    """Of the client's certificate, where its tokens are bound to that (RFC 8705 section 3)."""

    @property
    def token_type(self) -> str:
        return BEARER if self.jkt is None else DPOP

    @property
    def confirmation(self) -> dict[str, str]:
        """`cnf` (RFC 9449 section 6.1, RFC 8705 section 3.1)."""
        if self is UNBOUND:
            return {}
        named = {"jkt": self.jkt, X5T: self.x5t}
        return {name: value for name, value in named.items() if value is not None}


UNBOUND = Sender()


def sender_of(provider: Provider, request: Request, client: Client, path: str, now: datetime) -> Sender:
    """Who asks for tokens. Before anything is used up: a proof without a nonce comes again with one.

    Raises InvalidDpopProof, InvalidRequest, UseDpopNonce.
    """
    jkt, x5t = dpop.proven(provider, request, client, path, now), _certificate(request, client)
    sender = UNBOUND if jkt is None and x5t is None else Sender(jkt, x5t)
    if sender.jkt is None and client.metadata.dpop_bound_access_tokens:
        # RFC 9449 section 5.2
        raise InvalidDpopProof("The client has registered that it sends DPoP proofs.")
    if sender is UNBOUND and client.metadata.rules.sender_constrained:
        # FAPI 2.0 Security Profile section 5.3.2.1
        raise InvalidRequest("The profile of the client needs tokens that are bound to a key (DPoP, mTLS).")
    return sender


def _certificate(request: Request, client: Client) -> str | None:
    if not client.metadata.tls_client_certificate_bound_access_tokens:
        return None
    certificate = certificate_of(request)
    if certificate is None:
        # RFC 8705 section 3.4: the client said that all its tokens are to be bound.
        raise InvalidRequest("The client has registered that it calls with a certificate.")
    return certificate.thumbprint


def check_bound(confirmation: Mapping[str, str], sender: Sender, what: str) -> None:
    """A public client's refresh token goes on with the key that it began with (RFC 9449 section 5).

    Raises InvalidGrant.
    """
    if any(sender.confirmation.get(name) != value for name, value in confirmation.items()):
        differs = Differs("cnf", " ".join(sender.confirmation.values()), tuple(confirmation.values()))
        raise InvalidGrant(f"The {what} is not valid.", detail="bound to another key", fact=differs)
