"""What every check works with: the application, the provider, and browsers that sign in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .application import Application
from .browser import Astray, Browser, Cookie, CookieKey, Hop, absolute
from .lies import Lie
from .pages import forms
from .provider import Provider
from .signing_in import fill_in
from .wire import Fetch, origin_of

STEPS_AT_MOST = 25
PAGES_AT_MOST = 8
BROKEN = 500


class LieNotTold(Exception):
    """The provider cannot tell this one."""


@dataclass(frozen=True)
class Returned:
    """What the browser is to bring to the application: the provider's answer."""

    method: str
    url: str
    parameters: Mapping[str, str] = field(repr=False)

    def changed(self, **changes: str | None) -> "Returned":
        """None leaves a parameter out."""
        given = {**self.parameters, **changes}
        return replace(self, parameters={name: said for name, said in given.items() if said is not None})


@dataclass(frozen=True)
class Shown:
    """What the application answered, as far as the browser stayed there."""

    hop: Hop
    left: bool
    """It was sent on to somewhere else, the provider perhaps."""
    broke: bool
    """Nobody handled what went wrong. Statuses 502, 503 and 504 say that it was the provider."""
    seen: str = field(repr=False)
    """What a person can read, as far as one can tell."""
    told: str
    """How it ended, for the report: a status, or what scripts call their failure."""

    @property
    def status(self) -> int:
        return self.hop.answer.status


@dataclass
class Bench:
    app: Application
    provider: Provider
    fetch: Fetch
    pause: Callable[[float], None]
    """For that many seconds."""
    patience_seconds: float
    """How long an application may take to hear of a logout, or to look for new keys."""
    in_time: Callable[[], None]
    """Raises where all checks together have taken as long as they may."""
    at_the_provider: dict[CookieKey, Cookie] = field(default_factory=dict)
    """The citizen stays signed in there, over all checks: one password, not sixty."""

    def browser(self) -> Browser:
        """New to the application."""
        return Browser(self.fetch, self._is_allowed, dict(self.at_the_provider))

    @contextmanager
    def lying(self, lie: Lie) -> Iterator[None]:
        """Raises LieNotTold."""
        if not self.provider.tell(lie):
            raise LieNotTold(lie)
        try:
            yield
        finally:
            self.provider.tell(None)

    def leave(self, browser: Browser) -> Hop:
        """Begin a sign-in at the application, up to the request that the provider is sent: not yet sent.

        Returns the hop that leads there. Raises NotReached, Astray.
        """
        hop = browser.get(self.app.sign_in_url)
        for _step in range(STEPS_AT_MOST):
            if not hop.leads_to:
                raise Astray("no_way_to_the_provider", origin_of(hop.url))
            if _origin(hop.leads_to) == self._issuer_origin:
                return hop
            hop = browser.follow(hop)
        raise Astray("in_circles", origin_of(hop.url))

    def answered(self, browser: Browser, hop: Hop) -> Returned:
        """Sign in at the provider; its answer, not yet brought back."""
        for _step in range(STEPS_AT_MOST):
            if returned := self._returned(hop):
                self._remember(browser)
                return returned
            if hop.leads_to:
                hop = browser.follow(hop)
                continue
            posted = self._form_post(hop)
            if posted is not None:
                self._remember(browser)
                return posted
            hop = fill_in(browser, hop, self.provider.citizen, self._issuer_origin)
        raise Astray("in_circles", origin_of(hop.url))

    def deliver(self, browser: Browser, returned: Returned) -> Shown:
        """Bring an answer to the application, and go where it leads, as long as that is the application."""
        if returned.method == "POST":
            hop = browser.post(returned.url, returned.parameters, origin=self.provider.issuer)
        else:
            separator = "&" if "?" in returned.url else "?"
            hop = browser.get(f"{returned.url}{separator}{urlencode(returned.parameters)}")
        return self._stay(browser, hop)

    def open_page(self, browser: Browser) -> Shown:
        return self._stay(browser, browser.get(self.app.page_url))

    def is_signed_in(self, browser: Browser) -> bool:
        """Whether the application takes this browser's visitor as signed in."""
        shown = self.open_page(browser)
        if shown.left or shown.status != 200:
            return False
        if self.app.marker:
            return self.app.marker in shown.hop.answer.text
        return _same_page(shown.hop.url, self.app.page_url)

    def sign_in(self, browser: Browser) -> Shown:
        """The whole way, as people go it."""
        return self.deliver(browser, self.answered(browser, self.leave(browser)))

    def counted(self, endpoint: str) -> int | None:
        """How often the application has asked the `token` or `userinfo` endpoint. None: nobody knows."""
        return self.provider.counted(endpoint)

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Around each check: what its own browsers fail by becomes NotReached."""
        yield

    def end_check(self) -> None:
        """Its browsers are not needed any more."""

    @property
    def tls_stands_in_for_signatures(self) -> bool:
        """Whether an application may leave the signature of ID tokens alone that it fetches itself (OpenID
        Connect Core 1.0 section 3.1.3.7 (6)). Of one with a server we ask it all the same: it takes logout
        tokens, too, and those come from anybody."""
        return False

    def _returned(self, hop: Hop) -> Returned | None:
        """The answer that a redirect of the provider's brings."""
        if not hop.leads_to or _origin(hop.leads_to) not in self.app.origins:
            return None
        place = urlsplit(hop.leads_to)
        address = urlunsplit((place.scheme, place.netloc, place.path, "", ""))
        return Returned("GET", address, dict(parse_qsl(place.query, keep_blank_values=True)))

    def _remember(self, browser: Browser) -> None:
        host = urlsplit(self.provider.issuer).hostname
        # Cookies ignore ports: where both are on one host, the application's would come with them.
        if host not in {urlsplit(origin).hostname for origin in self.app.origins}:
            self.at_the_provider.clear()
            self.at_the_provider.update({key: one for key, one in browser.cookies.items() if key[0] == host})

    def _stay(self, browser: Browser, hop: Hop) -> Shown:
        for _step in range(PAGES_AT_MOST):
            if not hop.leads_to:
                return _shown(hop, left=False)
            if _origin(hop.leads_to) not in self.app.origins:
                return _shown(hop, left=True)
            hop = browser.follow(hop)
        return _shown(hop, left=True)

    def _form_post(self, hop: Hop) -> Returned | None:
        """A page of the provider's that posts the answer by itself (OAuth 2.0 Form Post Response Mode)."""
        for form in forms(hop.answer.text):
            target = absolute(hop.url, form.action)
            if form.method == "POST" and form.action and _origin(target) in self.app.origins:
                return Returned("POST", target, dict(form.fields))
        return None

    def _is_allowed(self, origin: str) -> bool:
        return origin == self._issuer_origin or origin in self.app.origins

    @property
    def _issuer_origin(self) -> str:
        return origin_of(self.provider.issuer)


def _shown(hop: Hop, *, left: bool) -> Shown:
    status = hop.answer.status
    return Shown(hop, left, broke=not left and status == BROKEN, seen=hop.answer.text, told=str(status))


def _origin(url: str) -> str:
    """Nothing, where it is no address of the web."""
    try:
        return origin_of(url)
    except ValueError:
        return ""


def _same_page(one: str, other: str) -> bool:
    return urlsplit(one)[:3] == urlsplit(other)[:3]
