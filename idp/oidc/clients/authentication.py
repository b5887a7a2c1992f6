"""How a client proves who it is at the token endpoint (RFC 6749 section 2.3).

Secrets are made by the machine and carry 256 bits, so a keyed HMAC is what is kept of them.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass

from idp.crypto.digests import keyed, new_secret, same
from idp.oidc.clients.metadata import Client
from idp.oidc.errors import InvalidClient, InvalidRequest
from idp.oidc.http import Request, form_decoded

NO_SECRET = keyed(bytes(32), "no client has this")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request offers, and by which registered method."""

    method: str
    client_id: str
    secret: str = ""


def secret_mac(key: bytes, client_id: str, secret: str) -> str:
    """What is kept of a secret. Bound to its client: a row copied to another client does not open it."""
    return keyed(key, client_id, secret)


def new_client_secret() -> str:
    return new_secret(32)


def authenticate(request: Request, find: Callable[[str], Client | None], key: bytes) -> Client:
    """The client that this request proves to come from. Raises InvalidClient or InvalidRequest.

    A wrong secret, an unknown client and a method that is not the registered one look and last alike.
    """
    offered = _credentials(request)
    client = find(offered.client_id)
    mac = secret_mac(key, offered.client_id, offered.secret)
    expected = client.secret_mac if client and client.secret_mac else NO_SECRET
    secret_is_right = same(mac, expected)
    if client is None:
        raise InvalidClient("Client authentication failed.", detail="unknown or suspended client")
    if offered.method != client.metadata.token_endpoint_auth_method:
        # OpenID Connect Registration section 2: the one method that the client registered.
        raise InvalidClient(
            "Client authentication failed.",
            detail=f"sent {offered.method}, registered {client.metadata.token_endpoint_auth_method}",
        )
    if offered.method != "none" and not secret_is_right:
        raise InvalidClient("Client authentication failed.", detail="wrong secret")
    return client


def _credentials(request: Request) -> Credentials:
    header = request.headers.get("authorization")
    posted = request.form.get("client_id")
    secret = request.form.get("client_secret")
    if header is None:
        if posted is None:
            raise InvalidClient("No client authentication was sent.")
        return Credentials("none" if secret is None else "client_secret_post", posted, secret or "")
    if secret is not None or "client_assertion" in request.form:
        # RFC 6749 section 2.3: one method in each request.
        raise InvalidRequest("More than one way of client authentication was used.")
    offered = _basic(header)
    if posted is not None and posted != offered.client_id:
        raise InvalidRequest("client_id differs from the authenticated client.")
    return offered


def _basic(header: str) -> Credentials:
    """RFC 6749 section 2.3.1: id and secret are form-encoded each, then joined as RFC 7617 says."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("The Authorization header is not of the Basic scheme.")
    try:
        client_id, colon, secret = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
        offered = Credentials("client_secret_basic", form_decoded(client_id), form_decoded(secret))
    except ValueError:
        raise InvalidClient("The Authorization header cannot be read.") from None
    if not colon:
        raise InvalidClient("The Authorization header cannot be read.")
    return offered
