"""The bench where scripts sign people in: each browser has a window of Chromium for the application's pages.

The provider's pages are gone through as ever, without scripts: they are not what is checked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Error, StorageState

from ..application import Application
from ..bench import BROKEN, Bench, Returned, Shown
from ..browser import Astray, Browser, Hop
from ..provider import Provider
from ..starting import NotStarted
from ..wire import Answer, Fetch, NotReached, Sent, origin_of
from .tab import Tab
from .window import BLANK, Window

COUNTED = ("token", "userinfo")
IN_FRAGMENT = "FRAGMENT"
"""In the place of a method: what never comes to a server."""


class ScriptBench(Bench):
    def __init__(
        self,
        app: Application,
        provider: Provider,
        fetch: Fetch,
        pause: Callable[[float], None],
        patience_seconds: float,
        in_time: Callable[[], None],
        *,
        chromium: Chromium,
        takes_any_certificate: bool = False,
    ) -> None:
        """`takes_any_certificate`: of the pages in Chromium, which knows no authority of one's own."""
        super().__init__(app, provider, fetch, pause, patience_seconds, in_time)
        self._chromium = chromium
        self._takes_any_certificate = takes_any_certificate
        self._counts: Counter[str] = Counter()
        self._windows: list[Window] = []
        self._endpoints: dict[str, str] = {}

    def browser(self) -> Tab:
        return Tab(
            self.fetch,
            self._is_allowed,
            dict(self.at_the_provider),
            window=self._opened(None),
            opened=self._opened,
        )

    def leave(self, browser: Browser) -> Hop:
        window = _tab(browser).window
        window.asked = ""
        window.visit(self.app.sign_in_url)
        if self.app.press:
            window.rest()
            if not window.asked:
                window.press(self.app.press)
        if not (asked := window.wait_for_request()):
            raise Astray("no_way_to_the_provider", origin_of(self.app.sign_in_url))
        return Hop("GET", self.app.sign_in_url, Answer(303, (("location", asked),), b""))

    def deliver(self, browser: Browser, returned: Returned) -> Shown:
        if returned.method == "POST":
            raise Astray("post_to_a_script", origin_of(returned.url))
        separator = "#" if returned.method == IN_FRAGMENT else "&" if "?" in returned.url else "?"
        return self._arrived(_tab(browser), f"{returned.url}{separator}{urlencode(returned.parameters)}")

    def open_page(self, browser: Browser) -> Shown:
        return self._arrived(_tab(browser), self.app.page_url)

    def is_signed_in(self, browser: Browser) -> bool:
        """Also where it is forgotten with the page: such an application keeps everything in memory."""
        tab = _tab(browser)
        if self._is_shown(tab) and not self.app.backchannel_logout_uri:
            return True
        return not self.open_page(tab).left and self._is_shown(tab)

    def counted(self, endpoint: str) -> int | None:
        """What the provider tells, and what the windows have sent: servers of applications ask, too."""
        return self._counts[endpoint] + (super().counted(endpoint) or 0)

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Its messages hold addresses, and those hold codes: they are not told. Raises NotStarted where
        Chromium itself has ended."""
        try:
            yield
        except Error as problem:
            if not self._chromium.is_connected():
                raise NotStarted("Chromium has ended in the middle") from None
            raise NotReached(f"the page cannot be driven: {type(problem).__name__}") from None

    def end_check(self) -> None:
        while self._windows:
            with suppress(Error):
                self._windows.pop().close()

    @property
    def tls_stands_in_for_signatures(self) -> bool:
        place = urlsplit(self.provider.issuer)
        host = place.hostname or ""
        # The machine itself, where nobody listens in between (W3C Secure Contexts 3.1).
        return place.scheme == "https" or host in ("localhost", "127.0.0.1") or host.endswith(".localhost")

    def _returned(self, hop: Hop) -> Returned | None:
        place = urlsplit(urljoin(hop.url, hop.answer.header("location")))
        found = super()._returned(hop)
        if found is None or found.parameters or not place.fragment:
            return found
        address = urlunsplit((place.scheme, place.netloc, place.path, place.query, ""))
        return Returned(IN_FRAGMENT, address, dict(parse_qsl(place.fragment, keep_blank_values=True)))

    def _arrived(self, tab: Tab, url: str) -> Shown:
        window = tab.window
        window.arrive(url)
        hop = tab.look()
        left = bool(window.asked) or not self._is_at_the_app(hop.url)
        return Shown(
            hop,
            left,
            broke=not left and (hop.answer.status == BROKEN or bool(window.errors)),
            seen=window.text(),
            told=", ".join(sorted(set(window.errors))) or str(hop.answer.status),
        )

    def _is_shown(self, tab: Tab) -> bool:
        return self._is_at_the_app(tab.window.page.url) and tab.window.shows(self.app.marker)

    def _is_at_the_app(self, url: str) -> bool:
        return (
            url != BLANK and urlsplit(url).scheme in ("http", "https") and origin_of(url) in self.app.origins
        )

    def _opened(self, state: StorageState | None) -> Window:
        context = self._chromium.new_context(
            storage_state=state,
            service_workers="block",
            accept_downloads=False,
            ignore_https_errors=self._takes_any_certificate,
            locale="en",
        )
        window = Window(context, self.provider.issuer, self._addresses(), self._counts, self.in_time)
        self._windows.append(window)
        return window

    def _addresses(self) -> dict[str, str]:
        """Of the endpoints that are counted. Raises NotReached."""
        if not self._endpoints:
            where = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                told = json.loads(self.fetch(Sent("GET", where)).body)
                self._endpoints = {str(told[f"{name}_endpoint"]): name for name in COUNTED}
            except (ValueError, KeyError, TypeError):
                raise NotReached("the provider has no metadata") from None
        return self._endpoints


def _tab(browser: Browser) -> Tab:
    if not isinstance(browser, Tab):
        raise TypeError("a browser of another bench")
    return browser
