"""One window of Chromium: it never goes to the provider, and says when the page has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    Error,
    Frame,
    Page,
    Request,
    Response,
    StorageState,
)
from playwright.sync_api import (
    TimeoutError as TookTooLong,
)

from ..browser import Astray, Hop
from ..wire import Answer, NotReached, origin_of

SECONDS = 20.0
"""For one page to come, for one click, for one way to the provider."""
RESTS_SECONDS = 15.0
"""An application that asks for something all the time never rests: it is looked at then."""
LOOKS_AGAIN_MILLISECONDS = 25
PAGES_AT_MOST = 200
CHARACTERS_AT_MOST = 2 * 1024 * 1024
QUIET = """async () => {
  const later = () => new Promise(done => setTimeout(done, 40));
  const digested = () => globalThis.crypto?.subtle?.digest("SHA-256", new Uint8Array(1));
  await digested(); await later(); await digested(); await later();
  await new Promise(done => requestIdleCallback(done, { timeout: 1000 }));
}"""
"""By the clock of the page and the threads of its cryptography, which are late where the machine is."""
QUIET_WITH_UNREAD = 3
"""So often in a row, where scripts have left the body of an answer unread: such a request never ends."""
READABLE = "() => document.body?.innerText ?? ''"
LASTING = "() => Object.values(localStorage).join('\\n')"
AS_CSS = "css="
"""Begins what is no text but a selector."""
BLANK = "about:blank"


class Window:
    """Of its own context: nothing of another's cookies and storage, but what `state` brings."""

    def __init__(
        self,
        context: BrowserContext,
        issuer: str,
        endpoints: Mapping[str, str],
        counts: Counter[str],
        in_time: Callable[[], None],
    ) -> None:
        """`endpoints`: name by address, of those whose requests are counted. `in_time` raises where the
        checks have taken as long as they may."""
        self.context = context
        self.errors: list[str] = []
        """Of scripts that nobody caught: the names of their kinds."""
        self.asked = ""
        """The request that the application has made of the provider last, as an address."""
        self.visited: list[str] = []
        self._endpoints, self._counts, self._in_time = endpoints, counts, in_time
        self._pending: set[Request] = set()
        self._unread: set[Request] = set()
        """Their answers have begun."""
        self._happened = 0
        self._popups = 0
        self._document: Response | None = None
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("request", self._began)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.on("response", self._answered)
        self.page.on("framenavigated", self._went)
        self.page.on("pageerror", lambda problem: self.errors.append(problem.name or "Error"))
        self.page.on("popup", self._opened)
        self._keep_from_the_provider(issuer)

    def visit(self, url: str) -> None:
        """As if it was typed. Raises NotReached."""
        self._in_time()
        try:
            self.page.goto(url, wait_until="commit")
        except TookTooLong:
            raise NotReached(f"{origin_of(url)} did not answer in {SECONDS:.0f} seconds") from None
        except Error as problem:
            _name, code, why = problem.message.partition("net::ERR_")
            # It goes on to the provider at once, or its script does.
            if code and not why.startswith(("ABORTED", "HTTP_RESPONSE_CODE_FAILURE")):
                raise NotReached(f"{origin_of(url)} cannot be reached: {why.split()[0]}") from None

    def arrive(self, url: str) -> None:
        """From another place, as from the provider: also where the address differs in its fragment alone."""
        self.asked, self.errors = "", []
        self.visit(BLANK)
        # What the page before had asked for is nobody's any more.
        self._pending.clear()
        self._unread.clear()
        self.visit(url)
        self.rest()

    def press(self, selector: str) -> None:
        """Raises Astray."""
        self._in_time()
        try:
            self.page.locator(selector).first.click(no_wait_after=True)
        except Error:
            raise Astray("nothing_to_press", origin_of(self.page.url)) from None

    def wait_for_request(self) -> str:
        """Of the provider. Nothing: none came. Raises Astray."""
        deadline = monotonic() + SECONDS
        while not self.asked and not self._popups and monotonic() < deadline:
            self._in_time()
            self.page.wait_for_timeout(LOOKS_AGAIN_MILLISECONDS)
        if self._popups and not self.asked:
            raise Astray("opens_a_window", origin_of(self.page.url))
        return self.asked

    def rest(self) -> None:
        """Until nothing is asked for and no script is at work, as far as one sees."""
        deadline = monotonic() + RESTS_SECONDS
        quiet = 0
        while monotonic() < deadline:
            self._in_time()
            before = self._happened
            try:
                self.page.evaluate(QUIET)
            except Error:
                # It went elsewhere meanwhile.
                self.page.wait_for_timeout(LOOKS_AGAIN_MILLISECONDS)
                continue
            quiet = quiet + 1 if before == self._happened and not self._pending else 0
            if quiet >= (QUIET_WITH_UNREAD if self._unread else 1):
                return

    def shows(self, marker: str) -> bool:
        """A text as people see it, or what `css=SELECTOR` finds."""
        if marker.startswith(AS_CSS):
            return self.page.locator(marker).first.is_visible()
        return marker in self.text()

    def text(self) -> str:
        return str(self.page.evaluate(READABLE))[:CHARACTERS_AT_MOST]

    def hop(self) -> Hop:
        """The page as it is now, after its scripts."""
        status, headers = 200, {}
        if self._document is not None:
            status, headers = self._document.status, self._document.headers
        body = self.page.content()[:CHARACTERS_AT_MOST].encode()
        return Hop("GET", self.page.url, Answer(status, tuple(headers.items()), body))

    def lasting(self) -> str:
        """What it has put where it stays when the window is closed."""
        return str(self.page.evaluate(LASTING)) if self.page.url != BLANK else ""

    def state(self) -> StorageState:
        return self.context.storage_state()

    def close(self) -> None:
        self.context.close()

    def _keep_from_the_provider(self, issuer: str) -> None:
        """What would lead there is answered with 204, which leaves the page as it is (RFC 9110 15.3.5): the
        request is brought there by hand. Playwright's own routes do not see what comes by a redirect."""
        place = urlsplit(issuer)
        session = self.context.new_cdp_session(self.page)
        main = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]

        def paused(event: dict[str, Any]) -> None:
            if event["frameId"] != main:
                session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
                return
            request = event["request"]
            posted = request.get("postData", "")
            self.asked = f"{request['url']}?{posted}" if posted else request["url"]
            session.send("Fetch.fulfillRequest", {"requestId": event["requestId"], "responseCode": 204})

        session.on("Fetch.requestPaused", paused)
        pattern = {"urlPattern": f"{place.scheme}://{place.netloc}/*", "resourceType": "Document"}
        session.send("Fetch.enable", {"patterns": [pattern]})

    def _began(self, request: Request) -> None:
        self._happened += 1
        if request.resource_type not in ("eventsource", "websocket", "ping"):
            self._pending.add(request)
        if request.method != "OPTIONS" and (name := self._endpoints.get(request.url.partition("?")[0])):
            self._counts[name] += 1

    def _ended(self, request: Request) -> None:
        self._happened += 1
        self._pending.discard(request)
        self._unread.discard(request)

    def _answered(self, response: Response) -> None:
        request = response.request
        self._happened += 1
        if request in self._pending:
            self._pending.discard(request)
            self._unread.add(request)
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._document = response

    def _went(self, frame: Frame) -> None:
        self._happened += 1
        if frame != self.page.main_frame:
            return
        if len(self.visited) < PAGES_AT_MOST:
            self.visited.append(frame.url)

    def _opened(self, popup: Page) -> None:
        self._popups += 1
        popup.close()
