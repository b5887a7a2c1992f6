"""A request and a response as the protocol's functions see them, behind whichever door they came.

Flask's views and the fast path both make a `Request` here, from the same WSGI environment, and both
answer with the `Response`'s bytes: the two doors cannot differ.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes

from idp.proxies import CERTIFICATE, VERIFIED

WsgiEnvironment = Mapping[str, Any]

FORM = "application/x-www-form-urlencoded"
PARAMETERS_AT_MOST = 100
BODY_BYTES_AT_MOST = 65536
REPEATABLE = frozenset({"resource", "audience"})
"""RFC 8707 section 2, RFC 8693 section 2.1."""
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
"""RFC 6749 section 5.1: no answer that carries a token, or a person's data, may be kept."""

CORS = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "DPoP-Nonce, WWW-Authenticate, RateLimit, RateLimit-Policy, Retry-After",
    ),
)
"""For endpoints that never read a cookie: clients that live in a page call from their own origin."""


class RequestRefused(Exception):
    """Not even a request: too large, or not the encoding it says. `status` is the HTTP answer."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Parameters:
    """Request parameters. RFC 6749 section 3.1: an empty value counts as omitted, none may come twice
    (targets apart)."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: bytes) -> "Parameters":
        """Raises RequestRefused on bytes that are no UTF-8, on NUL, which PostgreSQL takes in no text, and on
        absurd numbers of parameters."""
        if not text:
            return NONE
        if b"\0" in text or b"%00" in text or text.count(b"&") >= PARAMETERS_AT_MOST:
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "The parameters cannot be read.")
        found: dict[str, tuple[str, ...]] = {}
        try:
            for pair in text.decode("ascii").split("&"):
                name, _, value = pair.partition("=")
                name = form_decoded(name)
                if value:
                    found[name] = (*found.get(name, ()), form_decoded(value))
        except ValueError:  # UnicodeDecodeError is one
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "The parameters cannot be read.") from None
        return cls(found)

    def get(self, name: str) -> str | None:
        """The value, or the first of several: ask `repeated` before trusting it."""
        values = self.values.get(name)
        return values[0] if values else None

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that came more than once, and may not."""
        return tuple(
            name for name, values in self.values.items() if len(values) > 1 and name not in REPEATABLE
        )

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


NONE = Parameters()


class Headers(Mapping[str, str]):
    """Those of a WSGI environment by their names, each translated when it is asked for: a request brings a
    dozen, and two or three are ever looked at."""

    __slots__ = ("_environment",)

    def __init__(self, environment: WsgiEnvironment) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        value: str = self._environment[_variable(name)]
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self._environment.get(_variable(name), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _variable(name) in self._environment

    def __iter__(self) -> Iterator[str]:
        names = (name for name in self._environment if name.startswith("HTTP_"))
        return (name[5:].replace("_", "-").lower() for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _variable(name: str) -> str:
    """RFC 3875 section 4.1.18."""
    return f"HTTP_{name.upper().replace('-', '_')}"


@dataclass(frozen=True, slots=True)
class Request:
    """What the protocol's functions may know of an HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    query: Parameters = field(default_factory=Parameters)
    form: Parameters = field(default_factory=Parameters)
    content_type: str = ""
    """The media type alone, in lower case."""
    body: bytes = b""
    """Of anything but a form."""
    client_certificate: str = ""
    """Of the TLS connection, as the proxy handed it over (`idp.oidc.certificates`)."""
    certificate_is_verified: bool = False
    address: str = ""
    request_id: str = ""
    began: float = 0.0
    """When it was read, by a clock that only counts (seconds); 0: not known."""

    def cookie(self, name: str) -> str:
        """The cookie's value, or nothing. A name that comes twice is trusted in neither value."""
        header = self.headers.get("cookie", "")
        if header.count(f"{name}=") != 1:
            return ""
        # RFC 6265 section 4.2.1. Our own are never quoted.
        for pair in header.split(";"):
            found, _, value = pair.strip().partition("=")
            if found == name:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers and body, complete: no door adds to them."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire_headers(self) -> list[tuple[str, str]]:
        """All headers as they go over the wire. RFC 9110 section 8.6: a 204 has no length."""
        if self.status == HTTPStatus.NO_CONTENT:
            return list(self.headers)
        return [*self.headers, ("Content-Length", str(len(self.body)))]


Endpoint = Callable[[Request], Response]
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def answer_json(
    document: Mapping[str, Any], *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Response:
    body = COMPACT.encode(document).encode()
    return Response(status, (("Content-Type", "application/json"), *headers), body)


def answer_redirect(location: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """303, so that a form is never sent on (RFC 9700 section 4.12). Not to be kept: it may carry a code."""
    return Response(303, (("Location", location), *NO_STORE, ("Referrer-Policy", "no-referrer"), *headers))


def preflight(methods: tuple[str, ...]) -> Response:
    """What a page of another origin may send (Fetch standard, section 3.2)."""
    return Response(
        204,
        (
            *CORS,
            ("Access-Control-Allow-Methods", ", ".join(methods)),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP"),
            ("Access-Control-Max-Age", "3600"),
        ),
    )


def method_not_allowed(allowed: tuple[str, ...]) -> Response:
    return Response(405, (("Allow", ", ".join(allowed)),))


def read_request(environment: WsgiEnvironment, request_id: str, body: bytes | None = None) -> Request:
    """The request of a WSGI environment. `body`: instead of reading it.

    Raises RequestRefused.
    """
    media_type = environment.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if body is None:
        body = _read_body(environment)
    return Request(
        method=environment["REQUEST_METHOD"],
        path=environment.get("PATH_INFO", "/"),
        headers=Headers(environment),
        query=Parameters.parse(environment.get("QUERY_STRING", "").encode("latin-1", "replace")),
        form=Parameters.parse(body) if media_type == FORM else NONE,
        content_type=media_type,
        body=b"" if media_type == FORM else body,
        client_certificate=environment.get(CERTIFICATE, ""),
        certificate_is_verified=environment.get(VERIFIED, False),
        address=environment.get("REMOTE_ADDR", ""),
        request_id=request_id,
        began=perf_counter(),
    )


def _read_body(environment: WsgiEnvironment) -> bytes:
    try:
        length = int(environment.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "The length of the body is not a number.") from None
    if length > BODY_BYTES_AT_MOST:
        raise RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
    if length <= 0:
        return b""
    body: bytes = environment["wsgi.input"].read(length)
    return body


def form_decoded(text: str) -> str:
    """One value in application/x-www-form-urlencoded. Raises ValueError when it is no UTF-8."""
    if "%" not in text and "+" not in text:
        return text
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
