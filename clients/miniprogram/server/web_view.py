"""The pages of ours that a web-view shows: on to the provider, and back from it into the mini-program.

A face, a password, a passkey are the provider's business, on its own origin; this side sees none of them.
"""

from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from clients.miniprogram.server import waiting, words
from clients.miniprogram.server.onetime import NotTaken, OneTime
from clients.sdk import (
    Cancelled,
    LevelTooLow,
    LogoutRefused,
    NotStartedHere,
    Provider,
    ProviderUnreachable,
    SignInRefused,
    Visits,
)

OUT = "out:"
FOR = "mini_session"
"""In the web-view's cookie: for which start of the mini-program it signs in."""
ERRORS = (
    (Cancelled, "cancelled"),
    (NotStartedHere, "not_started_here"),
    (ProviderUnreachable, "provider_unreachable"),
    (LevelTooLow, "level_too_low"),
)
"""What the mini-program is told; anything else is `refused`."""


class WebView:
    def __init__(
        self, *, origin: str, provider: Provider, visits: Visits, tickets: OneTime, codes: OneTime, jssdk: str
    ) -> None:
        self._origin = origin
        self._provider = provider
        self._visits = visits
        self._tickets = tickets
        self._codes = codes
        self._jssdk = jssdk

    def blueprint(self) -> Blueprint:
        found = Blueprint("web_view", __name__)
        found.get("/open/<ticket>")(self.open)
        found.get("/callback")(self.callback)
        found.get("/signed-out")(self.signed_out)
        found.post("/back-channel-logout")(self.back_channel_logout)
        return found

    def open(self, ticket: str) -> ResponseReturnValue:
        start = self._tickets.session_of(ticket)
        try:
            wanted = self._tickets.take(ticket, start or "")
            session.clear()
            session[FOR] = start
            if wanted.startswith(OUT):
                back = f"{self._origin}/signed-out"
                return redirect(self._provider.sign_out_url(wanted.removeprefix(OUT), back))
            return redirect(self._provider.begin(session, f"{self._origin}/callback", level=int(wanted)))
        except NotTaken as problem:
            return self._back(error=problem.error.replace("code", "ticket"))
        except ProviderUnreachable:
            return self._back(error="provider_unreachable")

    def callback(self) -> ResponseReturnValue:
        start = session.get(FOR)
        if any(len(values) > 1 for values in request.args.listvalues()) or not isinstance(start, str):
            # RFC 6749 section 3.1; and without a session there is nobody to hand anything to.
            return self._back(error="not_started_here")
        try:
            found = self._provider.finish(session, request.args.to_dict())
        except (SignInRefused, LevelTooLow) as problem:
            return self._back(error=_told(problem))
        session.clear()
        return self._back(code=self._codes.give(start, waiting.put(self._provider.store, found)))

    def signed_out(self) -> ResponseReturnValue:
        session.clear()
        return self._back(error="signed_out")

    def back_channel_logout(self) -> ResponseReturnValue:
        """The provider asks here, and what counts is its signature (Back-Channel Logout 1.0 section 2.8)."""
        given = request.form.getlist("logout_token")
        try:
            if len(given) != 1:
                raise LogoutRefused("There is no logout token, or more than one.")
            self._visits.end_told(self._provider.logout_notice(given[0]))
        except LogoutRefused as problem:
            return {"error": "invalid_request", "error_description": str(problem)}, 400
        except ProviderUnreachable:
            return Response(status=503, headers={"Retry-After": "30"})
        return Response(status=200)

    def _back(self, *, code: str = "", error: str = "") -> str:
        """A page that leads back into the mini-program, by itself and by a button."""
        locale = words.best(request.accept_languages)
        return render_template(
            "back.html", code=code, error=error, jssdk=self._jssdk, locale=locale, t=words.TEXTS[locale]
        )


def _told(problem: Exception) -> str:
    return next((name for kind, name in ERRORS if isinstance(problem, kind)), "refused")
