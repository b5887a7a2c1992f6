"""The same for Flask: who is signed in, pages that need a level, and the views of a sign-in.

party = RelyingParty(app)  # configuration: YITONG_ISSUER, YITONG_CLIENT_ID, ... (`configuration`)

@app.get("/me")
@party.login_required
def me():
    return party.current.sub
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from flask import Flask, current_app, g, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from . import flask_configuration, flask_pages
from .challenges import StepUpNeeded
from .errors import (
    AnswerRejected,
    LogoutRefused,
    NotCovered,
    NotSignedIn,
    NotStartedHere,
    ProviderUnreachable,
    SignInRefused,
)
from .flask_configuration import Configuration, Paths, is_local
from .flask_visitors import EXTENSION, VISIT, Clock, Party, Visitors
from .levels import LevelTooLow
from .pending import REMEMBERED_AT_MOST
from .provider import Provider
from .refreshing import FreshTokens
from .registration import Registration
from .sign_ins import SignIn
from .store import Store
from .visits import IDLE_SECONDS, LONGEST_SECONDS, Visits

__all__ = ["Paths", "RelyingParty"]


class RelyingParty(Visitors):
    """How people come and go; who is signed in, and what they may, is in the base."""

    def __init__(
        self,
        app: Flask | None = None,
        registration: Registration | None = None,
        *,
        origin: str | None = None,
        paths: Paths | None = None,
        store: Store | None = None,
        locale: Callable[[], str | None] = lambda: None,
        clock: Clock = lambda: datetime.now(UTC),
        has_views: bool = True,
    ) -> None:
        """What is None is read from the application's configuration.

        `origin`: this portal's own address as browsers see it, without a path. `store`: shared by all
        processes; without one there may be one process alone. `locale`: the provider's pages are shown in it.
        `has_views` False: the application puts the views (`sign_in_view` and so on) at `paths` itself, or
        others that do as they do.
        """
        self._given = Configuration(registration, origin, paths)
        self._store = store
        self._locale = locale
        self._clock = clock
        self._has_views = has_views
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Raises ValueError for a configuration that cannot work."""
        registration, origin, paths = flask_configuration.read(app, self._given)
        longest_seconds = flask_configuration.number(app.config, "YITONG_VISIT_SECONDS", LONGEST_SECONDS)
        provider = Provider(registration, store=self._store, clock=self._clock)
        fresh = FreshTokens(
            provider.store,
            provider.refresh,
            provider.revoke,
            clock=lambda: self._clock().timestamp(),
            kept_seconds=longest_seconds,
        )
        idle_seconds = flask_configuration.number(app.config, "YITONG_IDLE_SECONDS", IDLE_SECONDS)
        visits = Visits(
            provider.store, self._clock, longest_seconds=longest_seconds, idle_seconds=idle_seconds
        )
        app.extensions[EXTENSION] = Party(provider, visits, fresh, origin, paths, self._clock)
        app.after_request(_not_kept_by_caches)
        for kind, handler in {
            SignInRefused: flask_pages.refused,
            LevelTooLow: flask_pages.refused,
            NotCovered: flask_pages.refused,
            StepUpNeeded: self._on_step_up,
            NotSignedIn: self._on_step_up,
        }.items():
            app.error_handler_spec[None][None].setdefault(kind, handler)
        if self._has_views:
            app.add_url_rule(paths.sign_in, "yitong_sign_in", self.sign_in_view)
            app.add_url_rule(paths.initiate, "yitong_initiate", self.initiate_view, methods=["GET", "POST"])
            app.add_url_rule(paths.callback, "yitong_callback", self.callback_view)
            app.add_url_rule(paths.sign_out, "yitong_sign_out", self.sign_out_view, methods=["POST"])
            app.add_url_rule(
                paths.back_channel_logout,
                "yitong_back_channel_logout",
                self.back_channel_logout_view,
                methods=["POST"],
            )

    def begin(
        self,
        *,
        to: str = "",
        level: int = 0,
        max_age: int | None = None,
        choose: bool = False,
        matter: str = "",
        organisation: str | None = None,
    ) -> Response:
        """Send the browser to the provider, and then to the page `to` of ours. The rest is as
        `Provider.begin` has it.

        Raises ProviderUnreachable.
        """
        party = self._party
        address = party.provider.begin(
            session,
            f"{party.origin}{party.paths.callback}",
            level=level,
            max_age=max_age,
            locale=self._locale(),
            remember=to if is_local(to) and len(to) <= REMEMBERED_AT_MOST else "",
            choose=choose,
            matter=matter,
            organisation=organisation,
        )
        return redirect(address, 302 if request.method == "GET" else 303)

    def finish(self) -> SignIn:
        """In the view of the redirect_uri: takes the answer, and starts a visit. Raises as `Provider.finish`
        does."""
        if any(len(values) > 1 for values in request.args.listvalues()):
            # RFC 6749 section 3.1
            raise AnswerRejected("invalid_response", "The answer says something twice.")
        found = self.provider.finish(session, request.args.to_dict())
        self._end()
        visit = self._party.visits.start(found)
        if found.tokens is not None:
            self._party.fresh_tokens.keep(visit.id, found.tokens)
        # Where the session lives on the server, it gets a new id, too (Flask-Session).
        regenerate = getattr(current_app.session_interface, "regenerate", None)
        if regenerate is not None:
            regenerate(session)
        session[VISIT] = visit.id
        g.pop("yitong_visit", None)
        return found

    def sign_out(self) -> Response:
        """End the visit, and send the browser to the provider so that its session ends, too.

        Raises BadRequest without the form's `csrf_token`: SameSite alone would let a sister site under the
        same domain sign people out. Raises ProviderUnreachable; the visit has ended all the same.
        """
        party, visit = self._party, self.visit
        if visit is None:
            return redirect(party.paths.signed_out, 303)
        given = request.form.get("csrf_token", "").encode()
        if not secrets.compare_digest(given, visit.csrf_token.encode()):
            raise BadRequest
        self._end()
        back = f"{party.origin}{party.paths.signed_out}"
        return redirect(party.provider.sign_out_url(visit.sign_in.id_token, back, locale=self._locale()), 303)

    def sign_in_view(self) -> ResponseReturnValue:
        """`?to=/page` leads to that page of ours afterwards."""
        return self.begin(to=request.args.get("to", ""))

    def initiate_view(self) -> ResponseReturnValue:
        """Whoever has followed a link to us from their account there (OpenID Connect Core 1.0 section 4).

        `target_link_uri` is not read: a page of ours is found in our menu, and no other is led to. Raises
        BadRequest for another provider than the one that signs people in here.
        """
        if request.values.get("iss") != self.provider.registration.issuer:
            raise BadRequest
        if self.visit is not None:
            return redirect(self._party.paths.home, 303)
        return self.begin()

    def callback_view(self) -> ResponseReturnValue:
        try:
            found = self.finish()
        except NotStartedHere:
            # The back button after a sign-in that went well: nothing is wrong, so nothing is said.
            if self.visit is None:
                raise
            return redirect(self._party.paths.home)
        return redirect(found.remembered or self._party.paths.home)

    def sign_out_view(self) -> ResponseReturnValue:
        try:
            return self.sign_out()
        except ProviderUnreachable:
            return redirect(self._party.paths.signed_out, 303)

    def back_channel_logout_view(self) -> ResponseReturnValue:
        """No browser asks here: the provider does, and what counts is its signature.

        An extension that wants a CSRF token in every form has to leave this view out.
        """
        given = request.form.getlist("logout_token")
        try:
            if len(given) != 1:
                raise LogoutRefused("There is no logout token, or more than one.")
            self._party.visits.end_told(self.provider.logout_notice(given[0]))
        except LogoutRefused as problem:
            current_app.logger.warning("logout token refused: %s", problem)
            return flask_pages.as_json({"error": "invalid_request", "error_description": str(problem)}, 400)
        except ProviderUnreachable:
            return Response(status=503, headers={"Cache-Control": "no-store", "Retry-After": "30"})
        return Response(status=200, headers={"Cache-Control": "no-store"})

    def _end(self) -> None:
        """The visit of this browser, its tokens with it."""
        visit_id = session.pop(VISIT, None)
        g.pop("yitong_visit", None)
        if not isinstance(visit_id, str):
            return
        self._party.visits.end(visit_id)
        held = self._party.fresh_tokens.forget(visit_id)
        if held is not None and held.refresh_token is not None:
            with suppress(SignInRefused):
                self.provider.revoke(held)

    def _on_step_up(self, problem: StepUpNeeded | NotSignedIn) -> ResponseReturnValue:
        wanted = problem if isinstance(problem, StepUpNeeded) else StepUpNeeded()
        if not flask_pages.is_page(request):
            return flask_pages.challenge(problem, sign_in=self._party.paths.sign_in)
        if problem is wanted and self.has_just_come_with(wanted):
            # A service that asks for what is there already would send the browser round in circles.
            return flask_pages.refused(LevelTooLow(self.level, wanted.level))
        try:
            return self.begin(to=request.full_path.rstrip("?"), level=wanted.level, max_age=wanted.max_age)
        except SignInRefused as refused:
            return current_app.handle_user_exception(refused)


def _not_kept_by_caches(response: Response) -> Response:
    """What was made for one person is shown to nobody else, nor after they signed out."""
    if g.get("yitong_visit") is not None:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
