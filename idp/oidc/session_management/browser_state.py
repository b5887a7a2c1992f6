"""The browser's state at the provider, and what a portal is given to notice that it has changed.

While somebody is signed in, the state follows from the session alone: it changes when somebody signs in,
signs out, or another person does, and goes with the session's time. It opens nothing, so scripts of ours may
read it, and one does in a frame inside a portal's page. The portal gets a salted digest, which tells two
portals nothing together.

That nobody is signed in is a state of this one browser as well, and as hard to guess: any page may put the
frame into itself, and would have it tell whether a state that it can name is the right one.
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
NOBODY = "."
"""What a state begins with in which nobody is signed in; no other does."""
SALT_BYTES = 16
STATE_BYTES = 16
DEFAULT_PORTS = {"http": 80, "https": 443}
# Not HttpOnly, for the frame's script; SameSite=None, for the frame is another site's.
ATTRIBUTES = "Path=/; Secure; SameSite=None"

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
    state, origin = state_of(provider, request, signed_in), origin_of(redirect_uri)
    headers = _kept_as(provider, request, state, signed_in, now)
    if origin is None:
        return Told(headers=headers)
    # Section 3.2: of the client, its origin and the state, with salt, so that no two answers are alike.
    salt = new_secret(SALT_BYTES)
    return Told({"session_state": calculated(client_id, origin, state, salt)}, headers)


def state_of(provider: Provider, request: Request, signed_in: SignIn | None) -> str:
    if signed_in is not None:
        return keyed(provider.browser_state_key, signed_in.sid)
    known = request.cookie(COOKIE)
    if known.startswith(NOBODY) or (known and not _shows_sessions(request)):
        return known
    return _nobodys()


def calculated(client_id: str, origin: str, state: str, salt: str) -> str:
    """As the frame's script does it. Section 2: no blank in it."""
    hashed = sha256(f"{client_id} {origin} {state} {salt}".encode()).digest()
    return f"{base64url(hashed)}.{salt}"


def cookie(provider: Provider, request: Request, signed_in: SignIn | None, now: datetime) -> Headers:
    """What the browser is to keep from now on; nothing where no portal has been told anything."""
    if not provider.protocol.session_management or (signed_in is None and not request.cookie(COOKIE)):
        return ()
    return _kept_as(provider, request, state_of(provider, request, signed_in), signed_in, now)


def _kept_as(
    provider: Provider, request: Request, state: str, signed_in: SignIn | None, now: datetime
) -> Headers:
    if signed_in is None:
        return () if state == request.cookie(COOKIE) else _told_of_nobody(state)
    left = expires_at(signed_in.opened_at, now, provider.protocol) - now
    return (("Set-Cookie", f"{COOKIE}={state}; Max-Age={int(left.total_seconds())}; {ATTRIBUTES}"),)


def _nobodys() -> str:
    return NOBODY + new_secret(STATE_BYTES)


def _told_of_nobody(state: str) -> Headers:
    """For as long as the browser is open: then it is as one that was never here."""
    return (("Set-Cookie", f"{COOKIE}={state}; {ATTRIBUTES}"),)


def _shows_sessions(request: Request) -> bool:
    """Whether a session of this browser would have come along. Into what other sites' pages load, frames
    included, it does not (SameSite=Lax), and this cookie does: such a page must not make it forgotten."""
    return bool(request.cookie(SESSION)) or request.headers.get("sec-fetch-dest") == "document"


def forget(provider: Provider) -> Headers:
    """After a sign-out."""
    return _told_of_nobody(_nobodys()) if provider.protocol.session_management else ()


def origin_of(uri: str) -> str | None:
    """As browsers write it (HTML standard, section 7.1.1); None for an app's own scheme."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"
