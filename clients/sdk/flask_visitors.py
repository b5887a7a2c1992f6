"""Who is signed in in this browser, and what they may: the half of Flask's extension that pages use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from flask import current_app, g, session
from flask.typing import ResponseReturnValue

from .acting import ActingFor, require_matter
from .challenges import StepUpNeeded
from .errors import NotSignedIn
from .flask_configuration import Paths
from .id_tokens import CLOCKS_DIFFER_SECONDS
from .provider import Provider
from .refreshing import FreshTokens
from .sign_ins import SignIn
from .visits import Visit, Visits

EXTENSION = "yitong_rp"
VISIT = "yitong_visit"
JUST_SECONDS = 30
"""After a sign-in."""
P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Party:
    """What one application has of this."""

    provider: Provider
    visits: Visits
    fresh_tokens: FreshTokens
    origin: str
    paths: Paths
    clock: Clock


class Visitors:
    """Each asks what the application at hand has of the extension: one may serve several."""

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

    def authorization(self, method: str, url: str) -> dict[str, str]:
        """Headers to call a service with, for who is signed in; the tokens are refreshed when they have to
        be.

        Give the answer's status and headers to `raise_for_step_up`. Raises NotSignedIn, ProviderUnreachable.
        """
        visit = self.visit
        if visit is None:
            raise NotSignedIn("Nobody is signed in in this browser.")
        return self.provider.authorization(self._party.fresh_tokens.get(visit.id), method, url)

    def has_just_come_with(self, wanted: StepUpNeeded) -> bool:
        """Another sign-in would bring nothing better."""
        if self.visit is None:
            return False
        found, now = self.visit.sign_in, self._party.clock()
        is_new = (now - found.received_at).total_seconds() < JUST_SECONDS
        is_fresh = wanted.max_age is None or found.age_seconds(now) <= wanted.max_age + CLOCKS_DIFFER_SECONDS
        return is_new and is_fresh and found.level(now) >= wanted.level

    @property
    def _party(self) -> Party:
        found: Party = current_app.extensions[EXTENSION]
        return found

    def _found(self) -> Visit | None:
        visit_id = session.get(VISIT)
        found = self._party.visits.find(visit_id)
        if found is None and isinstance(visit_id, str):
            self._party.fresh_tokens.forget(visit_id)
        return found
