"""The end of a session at a person's wish, wherever it was said: in the account or at a portal."""

from urllib.parse import urlencode

from idp import session_clients, sessions
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignedOut
from idp.crypto.digests import digest
from idp.oidc.http import Response, answer_redirect
from idp.oidc.logout import front_channel
from idp.oidc.logout.front_channel import Farewell
from idp.oidc.provider import Provider
from idp.oidc.session_management import browser_state
from idp.sessions import SignIn

DONE_PATH = "/logout/done"
FORGET = (("Set-Cookie", f"{sessions.COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"),)


def sign_out(
    provider: Provider,
    signed_in: SignIn | None,
    context: AuditContext,
    *,
    client_id: str | None = None,
    return_to: str | None = None,
    ui_locales: str = "",
) -> Response:
    """End the session, tell its clients and go on; without a session there is only the way to go.

    The session, its event and the notices of the back channel are one transaction.
    """
    frames: tuple[str, ...] = ()
    if signed_in is not None:
        event = SignedOut(signed_in.person_id, client_id, digest(signed_in.sid))
        with provider.sessions.begin() as session:
            entered = session_clients.of_session(session, signed_in.sid)
            if sessions.end(session, signed_in.sid, context.at):
                audit.record(session, event, context=context)
        frames = front_channel.frames(provider, entered, signed_in.sid)
    farewell = Farewell(client_id, return_to, frames, ui_locales)
    return answer_redirect(_onward(provider, farewell), headers=(*browser_state.forget(provider), *FORGET))


def _onward(provider: Provider, farewell: Farewell) -> str:
    if farewell.return_to is not None and not farewell.frames:
        return farewell.return_to
    if farewell == Farewell(None, None, ()):
        return DONE_PATH
    kept = front_channel.keep(provider.store, farewell)
    return f"{DONE_PATH}?{urlencode({front_channel.PARAMETER: kept})}"
