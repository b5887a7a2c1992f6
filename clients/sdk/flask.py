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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from flask import Flask, current_app, g, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from . import flask_configuration, flask_pages
from .acting import ActingFor, require_matter
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
from .id_tokens import CLOCKS_DIFFER_SECONDS
from .levels import LevelTooLow
from .pending import REMEMBERED_AT_MOST
from .provider import Provider
from .refreshing import FreshTokens
from .registration import Registration
from .sign_ins import SignIn
from .store import Store
from .visits import LONGEST_SECONDS, Visit, Visits

EXTENSION = "yitong_rp"
VISIT = "visit"
JUST_SECONDS = 30
"""So soon after a sign-in nothing better comes of another one."""
P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Party:
    """What one application has of this."""

    provider: Provider
    visits: Visits
    fresh_tokens: FreshTokens
    origin: str
    paths: Paths
    clock: Clock


class RelyingParty:
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
        provider = Provider(registration, store=self._store, clock=self._clock)
        fresh = FreshTokens(
            provider.store,
            provider.refresh,
            provider.revoke,
            clock=lambda: self._clock().timestamp(),
            kept_seconds=LONGEST_SECONDS,
        )
        visits = Visits(provider.store, self._clock)
        app.extensions[EXTENSION] = _Party(provider, visits, fresh, origin, paths, self._clock)
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
            app.add_url_rule(paths.callback, "yitong_callback", self.callback_view)
            app.add_url_rule(paths.sign_out, "yitong_sign_out", self.sign_out_view, methods=["POST"])
            app.add_url_rule(
                paths.back_channel_logout,
                "yitong_back_channel_logout",
                self.back_channel_logout_view,
                methods=["POST"],
            )

    @property
    def provider(self) -> Provider:
        return self._party.provider

    @property
    def visit(self) -> Visit | None:
        """Who is signed in in this browser. None: nobody, or not any more."""
        if "yitong_visit" not in g:
            g.yitong_visit = self._found()
        found: Visit | None = g.yitong_visit
        return found

    @property
    def current(self) -> SignIn:
        """The sign-in of this browser. Raises NotSignedIn, which leads a page's reader to sign in."""
        if self.visit is None:
            raise NotSignedIn("Nobody is signed in in this browser.")
        return self.visit.sign_in

    @property
    def level(self) -> int:
        """What the sign-in is worth now; 0: nobody is signed in."""
        return self.visit.sign_in.level(self._party.clock()) if self.visit else 0

    @property
    def acting_for(self) -> ActingFor | None:
        """For whom who is signed in acts; None: for nobody but themselves. Raises NotSignedIn."""
        return self.current.acting_for

    @property
    def csrf_token(self) -> str:
        """For the form that signs out, as a field of that name. Nothing when nobody is signed in."""
        return self.visit.csrf_token if self.visit else ""

    def require(self, *, level: int = 0, max_age: int | None = None) -> SignIn:
        """Raises NotSignedIn or StepUpNeeded, which lead a page's reader to sign in, or to prove more, and
        back."""
        found = self.current
        now = self._party.clock()
        is_old = max_age is not None and found.age_seconds(now) > max_age + CLOCKS_DIFFER_SECONDS
        if found.level(now) < level or is_old:
            raise StepUpNeeded(level, max_age)
        return found

    def require_matter(self, matter: str) -> None:
        """Who acts for somebody does so by a mandate that covers this now. Raises NotSignedIn, NotCovered."""
        require_matter(self.acting_for, matter, self._party.clock())

    @overload
    def login_required(self, view: Callable[P, R], /) -> Callable[P, R]: ...
    @overload
    def login_required(
        self, view: None = None, /, *, level: int = 0, max_age: int | None = None
    ) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
    def login_required(
        self, view: Callable[..., Any] | None = None, /, *, level: int = 0, max_age: int | None = None
    ) -> Any:
        """Below the route's decorator. `level` and `max_age` (seconds) are asked for when they are not there.

        Whoever opens a page is led to the provider and back to it; anything else (a form, a script) gets 401
        with the challenge of RFC 9470.
        """

        def protect(inner: Callable[P, R]) -> Callable[P, R]:
            @wraps(inner)
            def protected(*args: P.args, **kwargs: P.kwargs) -> R:
                self.require(level=level, max_age=max_age)
                return inner(*args, **kwargs)

            return protected

        return protect if view is None else protect(view)

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

    def authorization(self, method: str, url: str) -> dict[str, str]:
        """Headers to call a service with, for who is signed in; the tokens are refreshed when they have to
        be.

        Give the answer's status and headers to `raise_for_step_up`. Raises NotSignedIn, ProviderUnreachable.
        """
        visit = self.visit
        if visit is None:
            raise NotSignedIn("Nobody is signed in in this browser.")
        return self.provider.authorization(self._party.fresh_tokens.get(visit.id), method, url)

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

    @property
    def _party(self) -> _Party:
        found: _Party = current_app.extensions[EXTENSION]
        return found

    def _found(self) -> Visit | None:
        visit_id = session.get(VISIT)
        found = self._party.visits.find(visit_id)
        if found is None and isinstance(visit_id, str):
            self._party.fresh_tokens.forget(visit_id)
        return found

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
        if problem is wanted and self._has_just_come_with(wanted):
            # A service that asks for what is there already would send the browser round in circles.
            return flask_pages.refused(LevelTooLow(self.level, wanted.level))
        try:
            return self.begin(to=request.full_path.rstrip("?"), level=wanted.level, max_age=wanted.max_age)
        except SignInRefused as refused:
            return current_app.handle_user_exception(refused)

    def _has_just_come_with(self, wanted: StepUpNeeded) -> bool:
        if self.visit is None:
            return False
        found, now = self.visit.sign_in, self._party.clock()
        is_new = (now - found.received_at).total_seconds() < JUST_SECONDS
        is_fresh = wanted.max_age is None or found.age_seconds(now) <= wanted.max_age + CLOCKS_DIFFER_SECONDS
        return is_new and is_fresh and found.level(now) >= wanted.level


def _not_kept_by_caches(response: Response) -> Response:
    """What was made for one person is shown to nobody else, nor after they signed out."""
    if g.get("yitong_visit") is not None:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
