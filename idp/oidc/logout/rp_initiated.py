"""OpenID Connect RP-Initiated Logout 1.0.

With an id_token of this very session nobody has to be asked; in doubt the person is.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from idp import sessions
from idp.audit import log as audit
from idp.audit.events import SignedOut
from idp.crypto.digests import digest
from idp.oidc import errors
from idp.oidc.authorize import posted
from idp.oidc.authorize.request import Shown
from idp.oidc.clients.metadata import Client
from idp.oidc.hints import Hint, HintRefused, read_hint
from idp.oidc.http import Parameters, Request, Response, answer_redirect, method_not_allowed
from idp.oidc.provider import Provider
from idp.oidc.subjects import sid_of
from idp.sessions import SignIn

PATH = "/oauth2/end_session"
CONFIRM_PATH = "/logout"
DONE_PATH = "/logout/done"


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request. `return_to` is an address that the client has registered, with `state`."""

    client: Client | None
    hint: Hint | None
    return_to: str | None


def end_session(provider: Provider, request: Request) -> Response:
    """Sign out and go back, or ask first. Raises Shown: an error here goes to nobody else (section 4)."""
    if request.method == "POST":
        # Section 2: GET and POST. Our cookie comes with the GET that follows.
        return posted.receive(provider.store, provider.cipher, request, PATH)
    if request.method != "GET":
        return method_not_allowed(("GET", "POST"))
    now = provider.clock()
    wanted = asked(provider, request)
    signed_in = signed_in_here(provider, request, now)
    if signed_in is None:
        return answer_redirect(wanted.return_to or DONE_PATH, headers=FORGET)
    if not _is_of(provider, wanted, signed_in):
        # Section 2: without a hint, or with that of another session, ask: it may be a forgery.
        kept = request.query.get(posted.PARAMETER) or posted.keep(
            provider.store, provider.cipher, request.query
        )
        return posted.lead_to(CONFIRM_PATH, kept)
    return sign_out(provider, request, wanted, signed_in, now)


def _is_of(provider: Provider, wanted: LogoutRequest, signed_in: SignIn) -> bool:
    """Whether the hint is an id_token of this very session."""
    if wanted.hint is None or wanted.client is None:
        return False
    return wanted.hint.sid == sid_of(provider.pairwise_key, wanted.client, signed_in.sid)


def confirmed(provider: Provider, request: Request) -> Response:
    """The person has said yes on our own page."""
    now = provider.clock()
    wanted = asked(provider, request)
    signed_in = signed_in_here(provider, request, now)
    if signed_in is None:
        return answer_redirect(wanted.return_to or DONE_PATH, headers=FORGET)
    return sign_out(provider, request, wanted, signed_in, now)


def asked(provider: Provider, request: Request) -> LogoutRequest:
    """The checked request, also of the confirmation page. Raises Shown."""
    return read(provider, posted.recall(provider.store, provider.cipher, request.query))


def signed_in_here(provider: Provider, request: Request, now: datetime) -> SignIn | None:
    with provider.reads.connect() as connection:
        return sessions.sign_in(connection, request.cookie(sessions.COOKIE), now)


def sign_out(
    provider: Provider, request: Request, wanted: LogoutRequest, signed_in: SignIn, now: datetime
) -> Response:
    """End the session and its event in one transaction, forget the cookie, go on."""
    client_id = wanted.client.client_id if wanted.client else None
    event = SignedOut(signed_in.person_id, client_id, digest(signed_in.sid))
    with provider.sessions.begin() as session:
        if sessions.end(session, signed_in.sid):
            audit.record(session, event, context=provider.context(request, now))
    return answer_redirect(wanted.return_to or DONE_PATH, headers=FORGET)


FORGET = (("Set-Cookie", f"{sessions.COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"),)


def read(provider: Provider, parameters: Parameters) -> LogoutRequest:
    """Raises Shown."""
    if parameters.repeated:
        raise Shown(errors.InvalidRequest("A parameter comes more than once."))
    client_id = parameters.get("client_id")
    hint = _hint(provider, parameters.get("id_token_hint"), client_id)
    known_as = hint.client_id if hint else client_id
    client = provider.clients.find(known_as) if known_as else None
    return_to = parameters.get("post_logout_redirect_uri")
    if return_to is None:
        return LogoutRequest(client, hint, None)
    # Section 3: exactly one that was registered by the client that the hint or client_id names.
    if client is None or return_to not in client.metadata.post_logout_redirect_uris:
        raise Shown(
            errors.InvalidRequest(
                "post_logout_redirect_uri is not registered for this client.",
                detail="no client" if client is None else "not registered",
            )
        )
    return LogoutRequest(client, hint, _with_state(return_to, parameters.get("state")))


def _hint(provider: Provider, token: str | None, client_id: str | None) -> Hint | None:
    if token is None:
        return None
    try:
        return read_hint(provider.keys.current(), token, provider.issuer, client_id)
    except HintRefused as refused:
        raise Shown(errors.InvalidRequest("id_token_hint is not ours.", detail=str(refused))) from None


def _with_state(uri: str, state: str | None) -> str:
    if state is None:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}"
