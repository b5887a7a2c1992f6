"""One request at the token endpoint, from the outside and from within: what it brought, and whose it was.

Whoever watches the endpoint sees the request and not the client; whoever makes the ID token knows the client
and not the request. Both are in one thread, and this is what they share.
"""

from base64 import b64decode
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from idp.oidc.http import Request, form_decoded
from idp.sandbox.outcomes.scripts import Run

HANDLES: Final = ("code", "device_code", "auth_req_id")
"""Parameters that stand for a grant whose id follows from them."""


@dataclass(slots=True, repr=False)
class Exchange:
    secret: str
    """With which the client came; empty where it has none or proves itself otherwise. Kept nowhere."""
    run: Run | None
    """Of what it brought: looked up once."""
    client_id: str | None = None
    """Once a token was made for it: the client is who it says."""


CURRENT: Final[ContextVar[Exchange | None]] = ContextVar("exchange", default=None)


def secret_of(request: Request) -> str:
    """RFC 6749 section 2.3.1. Nothing is checked here: the endpoint does that."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_secret") or ""
    try:
        _id, _, secret = b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
        return form_decoded(secret)
    except ValueError:
        return ""


def handle_of(request: Request) -> str | None:
    return next((found for name in HANDLES if (found := request.form.get(name)) is not None), None)
