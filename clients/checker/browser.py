"""A browser over HTTP: cookies of each host, one hop at a time, and everything it has seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit

from .wire import Answer, Fetch, Sent, origin_of

FORM = "application/x-www-form-urlencoded"
HEADERS = (
    ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
    ("Accept-Language", "en"),
    ("User-Agent", "yitong-check"),
    # A page that somebody opens (Fetch Metadata).
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
)
REDIRECTS = (301, 302, 303, 307, 308)
COOKIES_AT_MOST = 60
AS_IT_STANDS = "%/:=&?~#+!$,;'@()*[]|^`{}\""
NO_ADDRESS = "about:blank"
"""Where something leads that cannot be read."""
HOPS_AT_MOST = 400


class Astray(Exception):
    """The browser was sent where no sign-in leads. `args[0]` is a reason's name, `args[1]` an origin."""


@dataclass(frozen=True)
class Cookie:
    name: str
    value: str = field(repr=False)
    path: str
    attributes: Mapping[str, str]
    """Names in lower case."""


CookieKey = tuple[str, str, str]
"""Host, path and name: cookies ignore ports (RFC 6265 section 8.5)."""


def absolute(page: str, reference: str) -> str:
    """Where a reference on a page leads; `NO_ADDRESS` where nobody can say."""
    try:
        # As browsers do it (URL standard): what is not ASCII is percent-encoded.
        return quote(urldefrag(urljoin(page, reference))[0], safe=AS_IT_STANDS)
    except ValueError:
        return NO_ADDRESS


@dataclass(frozen=True)
class Hop:
    method: str
    url: str
    answer: Answer

    @property
    def leads_to(self) -> str:
        """Where the answer sends the browser. Nothing: nowhere."""
        location = self.answer.header("location")
        if self.answer.status not in REDIRECTS or not location:
            return ""
        return absolute(self.url, location)


@dataclass
class Browser:
    fetch: Fetch
    is_allowed: Callable[[str], bool]
    """Of an origin."""
    cookies: dict[CookieKey, Cookie] = field(default_factory=dict)
    hops: list[Hop] = field(default_factory=list)

    def get(self, url: str) -> Hop:
        """Raises NotReached, Astray."""
        return self._send("GET", url, None)

    def post(self, url: str, values: Mapping[str, str], *, origin: str = "") -> Hop:
        return self._send("POST", url, urlencode(values).encode(), origin)

    def follow(self, hop: Hop) -> Hop:
        """One redirect."""
        if hop.answer.status in (307, 308) and hop.method == "POST":
            raise Astray("post_repeated", origin_of(hop.url))
        return self.get(hop.leads_to)

    def copied(self) -> Self:
        """Another browser with the same cookies, as of now: what somebody has who knows them."""
        return type(self)(self.fetch, self.is_allowed, dict(self.cookies))

    def of_host(self, url: str) -> list[Cookie]:
        host = urlsplit(url).hostname or ""
        return [cookie for (owner, _path, _name), cookie in self.cookies.items() if owner == host]

    def without(self, name: str) -> Self:
        found = self.copied()
        found.cookies = {key: cookie for key, cookie in self.cookies.items() if key[2] != name}
        return found

    def lasting(self) -> str:
        """What scripts of the application have put where it stays. Nothing here: there are none."""
        return ""

    def _send(self, method: str, url: str, body: bytes | None, origin: str = "") -> Hop:
        try:
            where = origin_of(url)
        except ValueError:
            raise Astray("no_address", "") from None
        if not self.is_allowed(where):
            raise Astray("elsewhere", where)
        if len(self.hops) >= HOPS_AT_MOST:
            raise Astray("in_circles", where)
        headers = list(HEADERS)
        if cookie := self._cookie_header(url):
            headers.append(("Cookie", cookie))
        if body is not None:
            headers += [("Content-Type", FORM), ("Origin", origin or _as_sent(url))]
        answer = self.fetch(Sent(method, url, tuple(headers), body))
        self._keep(url, answer)
        hop = Hop(method, url, answer)
        self.hops.append(hop)
        return hop

    def _cookie_header(self, url: str) -> str:
        place = urlsplit(url)
        path = place.path or "/"
        sent = [
            f"{cookie.name}={cookie.value}"
            for (host, _path, _name), cookie in self.cookies.items()
            if host == place.hostname
            and _covers(cookie.path, path)
            and _may_travel(cookie, place.scheme, host)
        ]
        return "; ".join(sent)

    def _keep(self, url: str, answer: Answer) -> None:
        host = urlsplit(url).hostname or ""
        for line in answer.all("set-cookie"):
            first, *rest = line.split(";")
            name, _, value = first.strip().partition("=")
            attributes = {
                key.strip().lower(): value.strip() for key, _, value in (one.partition("=") for one in rest)
            }
            path = attributes.get("path", "/") or "/"
            key = (host, path, name)
            if attributes.get("max-age") == "0" or _is_past(attributes.get("expires", "")):
                self.cookies.pop(key, None)
            elif len(self.cookies) < COOKIES_AT_MOST or key in self.cookies:
                self.cookies[key] = Cookie(name, value, path, attributes)


def _may_travel(cookie: Cookie, scheme: str, host: str) -> bool:
    """Secure ones over https, and on this machine, which browsers trust."""
    is_local = host in ("localhost", "127.0.0.1") or host.endswith(".localhost")
    return "secure" not in cookie.attributes or scheme == "https" or is_local


def _covers(cookie_path: str, path: str) -> bool:
    """RFC 6265 section 5.1.4"""
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")


def _is_past(expires: str) -> bool:
    return "1970" in expires


def _as_sent(url: str) -> str:
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}"
