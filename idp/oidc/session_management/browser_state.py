"""The browser's state at the provider, and what a portal is given to notice that it has changed.

The state follows from the session alone: it changes when somebody signs in, signs out, or another person
does, and goes with the session's time. It opens nothing, so scripts of ours may read it, and one does in a
frame inside a portal's page. The portal gets a salted digest, which tells two portals nothing together.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from idp.crypto.digests import base64url, keyed, new_secret
from idp.oidc.http import Request
from idp.oidc.provider import Provider
from idp.sessions import COOKIE as SESSION
from idp.sessions import SignIn, expires_at

COOKIE = "__Host-browser-state"
NOBODY = ""
"""The state in which nobody is signed in."""
SALT_BYTES = 16
DEFAULT_PORTS = {"http": 80, "https": 443}
# Not HttpOnly, for the frame's script; SameSite=None, for the frame is another site's.
ATTRIBUTES = "Path=/; Secure; SameSite=None"
FORGET = (("Set-Cookie", f"{COOKIE}={NOBODY}; {ATTRIBUTES}"),)
"""Empty and still there: a frame that reads it knows that nothing is hidden from it."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What goes with an answer: parameters for the client, headers for the browser."""

    fields: dict[str, str] = field(default_factory=dict)
    headers: Headers = ()


NOTHING_TOLD = Told()


def told(
    provider: Provider,
    request: Request,
    client_id: str,
    redirect_uri: str,
    signed_in: SignIn | None,
    now: datetime,
) -> Told:
    """`session_state` stands in every authentication response (OpenID Connect Session Management 1.0 section
    2), and in an error about who is signed in (section 3.1). An app's own scheme has no page to ask from."""
    if not provider.protocol.session_management:
        return NOTHING_TOLD
    headers, origin = cookie(provider, request, signed_in, now), origin_of(redirect_uri)
    if origin is None:
        return Told(headers=headers)
    # Section 3.2: of the client, its origin and the state, with salt, so that no two answers are alike.
    salt = new_secret(SALT_BYTES)
    state = state_of(provider, signed_in)
    if signed_in is None and not _shows_sessions(request):
        state = request.cookie(COOKIE)
    return Told({"session_state": calculated(client_id, origin, state, salt)}, headers)


def state_of(provider: Provider, signed_in: SignIn | None) -> str:
    return NOBODY if signed_in is None else keyed(provider.browser_state_key, signed_in.sid)


def calculated(client_id: str, origin: str, state: str, salt: str) -> str:
    """As the frame's script does it. Section 2: no blank in it."""
    hashed = sha256(f"{client_id} {origin} {state} {salt}".encode()).digest()
    return f"{base64url(hashed)}.{salt}"


def cookie(provider: Provider, request: Request, signed_in: SignIn | None, now: datetime) -> Headers:
    """What the browser is to keep from now on; nothing where it knows already that nobody is signed in."""
    if not provider.protocol.session_management:
        return ()
    if signed_in is None:
        return FORGET if request.cookie(COOKIE) and _shows_sessions(request) else ()
    left = expires_at(signed_in.opened_at, now, provider.protocol) - now
    state = state_of(provider, signed_in)
    return (("Set-Cookie", f"{COOKIE}={state}; Max-Age={int(left.total_seconds())}; {ATTRIBUTES}"),)


def _shows_sessions(request: Request) -> bool:
    """Whether a session of this browser would have come along. Into what other sites' pages load, frames
    included, it does not (SameSite=Lax), and this cookie does: such a page must not make it forgotten."""
    return bool(request.cookie(SESSION)) or request.headers.get("sec-fetch-dest") == "document"


def forget(provider: Provider) -> Headers:
    """After a sign-out."""
    return FORGET if provider.protocol.session_management else ()


def origin_of(uri: str) -> str | None:
    """As browsers write it (HTML standard, section 7.1.1); None for an app's own scheme."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"
