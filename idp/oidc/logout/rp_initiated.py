"""OpenID Connect RP-Initiated Logout 1.0.

With an id_token of this very session nobody has to be asked; in doubt the person is.
"""

from dataclasses import dataclass
from datetime import datetime

from idp import sessions
from idp.browser import COOKIE, is_id
from idp.crypto.digests import digest
from idp.oidc import errors
from idp.oidc.authorize import posted
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.metadata import Client
from idp.oidc.hints import Hint, HintRefused, read_hint
from idp.oidc.http import Parameters, Request, Response, method_not_allowed
from idp.oidc.logout import ending
from idp.oidc.logout.front_channel import with_parameters
from idp.oidc.provider import Provider
from idp.oidc.subjects import sid_of, sub_of
from idp.sessions import SignIn

PATH = "/oauth2/end_session"
CONFIRM_PATH = "/logout"


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request. `return_to` is an address that the client has registered, with `state`."""

    client: Client | None
    hint: Hint | None
    return_to: str | None
    logout_hint: str | None = None
    """A `sub` or a `sid` of the client's: who it thinks is signed in. Anybody can write one, so it never
    spares the question."""
    ui_locales: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the confirmation page asks about."""

    wanted: LogoutRequest
    is_about_somebody_else: bool
    """The portal names another person than the one who is signed in here."""


def end_session(provider: Provider, request: Request) -> Response:
    """Sign out and go back, or ask first. Raises Shown: an error here goes to nobody else (section 4);
    KeysMissing."""
    if request.method == "POST":
        # Section 2: GET and POST. Our cookie comes with the GET that follows.
        return posted.receive(provider.store, provider.cipher, request, PATH)
    if request.method != "GET":
        return method_not_allowed(("GET", "POST"))
    now = provider.clock()
    wanted = _asked(provider, request)
    signed_in = _signed_in_here(provider, request, now)
    if signed_in is not None and not _is_of(provider, wanted, signed_in):
        # Section 2: without a hint, or with that of another session, ask: it may be a forgery.
        kept = request.query.get(posted.PARAMETER) or posted.keep(
            provider.store, provider.cipher, request.query
        )
        return posted.lead_to(CONFIRM_PATH, kept)
    return _sign_out(provider, request, wanted, signed_in, now)


def question(provider: Provider, request: Request) -> Question:
    """Of the confirmation page. Raises Shown, KeysMissing."""
    wanted = _asked(provider, request)
    signed_in = _signed_in_here(provider, request, provider.clock())
    return Question(wanted, _is_about_somebody_else(provider, wanted, signed_in))


def confirmed(provider: Provider, request: Request) -> Response:
    """The person has said yes on our own page. Raises Shown, KeysMissing."""
    now = provider.clock()
    wanted = _asked(provider, request)
    return _sign_out(provider, request, wanted, _signed_in_here(provider, request, now), now)


def _asked(provider: Provider, request: Request) -> LogoutRequest:
    return read(provider, posted.recall(provider.store, provider.cipher, request.query))


def _signed_in_here(provider: Provider, request: Request, now: datetime) -> SignIn | None:
    return sessions.sign_in(provider.reads, request.cookie(sessions.COOKIE), now)


def _is_of(provider: Provider, wanted: LogoutRequest, signed_in: SignIn) -> bool:
    """Whether the hint is an id_token of this very session."""
    if wanted.hint is None or wanted.client is None:
        return False
    return wanted.hint.sid == sid_of(provider.pairwise_key, wanted.client, signed_in.sid)


def _is_about_somebody_else(provider: Provider, wanted: LogoutRequest, signed_in: SignIn | None) -> bool:
    client = wanted.client
    named = wanted.hint.sub if wanted.hint is not None else wanted.logout_hint
    if client is None or named is None or signed_in is None:
        return False
    key = provider.pairwise_key
    return named not in (sub_of(key, client, signed_in.person_id), sid_of(key, client, signed_in.sid))


def _browser_of(request: Request) -> str | None:
    """Its digest: a public computer is known in the log by how often people sign out of it."""
    kept = request.cookie(COOKIE)
    return digest(kept) if is_id(kept) else None


def _sign_out(
    provider: Provider, request: Request, wanted: LogoutRequest, signed_in: SignIn | None, now: datetime
) -> Response:
    if wanted.client is not None:
        provider.inspector.answered(wanted.client, request, "end_session", None, now, outcome="signed-out")
    return ending.sign_out(
        provider,
        signed_in,
        provider.context(request, now, device=_browser_of(request)),
        client_id=wanted.client.client_id if wanted.client else None,
        return_to=wanted.return_to,
        ui_locales=wanted.ui_locales,
    )


def read(provider: Provider, parameters: Parameters) -> LogoutRequest:
    """Raises Shown, KeysMissing."""
    if parameters.repeated:
        raise Shown(errors.InvalidRequest("A parameter comes more than once."))
    client_id = parameters.get("client_id")
    hint = _hint(provider, parameters.get("id_token_hint"), client_id)
    known_as = hint.client_id if hint else client_id
    client = provider.clients.find(known_as) if known_as else None
    return LogoutRequest(
        client=client,
        hint=hint,
        return_to=_return_to(client, parameters),
        logout_hint=parameters.get("logout_hint"),
        ui_locales=parameters.get("ui_locales") or "",
    )


def _return_to(client: Client | None, parameters: Parameters) -> str | None:
    uri, state = parameters.get("post_logout_redirect_uri"), parameters.get("state")
    if uri is None:
        return None
    # Section 3: exactly one that was registered by the client that the hint or client_id names.
    if client is None or uri not in client.metadata.post_logout_redirect_uris:
        refused = errors.InvalidRequest(
            "post_logout_redirect_uri is not registered for this client.",
            detail="no client" if client is None else "not registered",
        )
        refused.client_id = None if client is None else client.client_id
        raise Shown(refused, parameters)
    return uri if state is None else with_parameters(uri, state=state)


def _hint(provider: Provider, token: str | None, client_id: str | None) -> Hint | None:
    if token is None:
        return None
    try:
        return read_hint(provider.keys.current(), token, provider.issuer, client_id)
    except HintRefused as refused:
        raise Shown(errors.InvalidRequest("id_token_hint is not ours.", detail=str(refused))) from None
