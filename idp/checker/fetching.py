"""Requests of a check: to the app's own registered places and to ourselves, and to nowhere else.

The addresses come from the app's team, and so do the redirects that are met on the way: whoever runs an app
could have our server ask whom they like (server-side request forgery, CWE-918). So each request, also after a
redirect, is of an origin that was allowed before the run began; names are resolved here, once a request, and
only public addresses are connected to (`idp.outbound`), with exceptions of this room's own: those that the
operator makes for other purposes lead to services that no app has any business with.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clients.checker import Answer, Fetch, NotReached, Sent
from idp.outbound import Outbound, OutboundFailed
from idp.outbound.addresses import Resolve, origin_of, split, system_resolver

SECONDS = 10.0
BYTES_AT_MOST = 1024 * 1024
LOOPBACK = ("127.0.0.1",)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of `Outbound`."""

    allow: tuple[str, ...]
    timeout_seconds: float = SECONDS
    bytes_at_most: int = BYTES_AT_MOST


def guarded(
    origins: Collection[str], issuer: str, allow: Sequence[str], resolve: Resolve = system_resolver
) -> Fetch:
    """`origins`: of the app. `issuer`: ours, which may lie on a private address. `allow`: exceptions of the
    operator's from https and public addresses (`developer.checker_allow`)."""
    reached = frozenset({*map(_origin, origins), _origin(issuer)})
    outbound = Outbound(Limits((*allow, issuer)), resolve=_browsers(resolve))

    def fetch(sent: Sent) -> Answer:
        try:
            if origin_of(split(sent.url)) not in reached:
                raise NotReached("neither the app nor the provider")
            found = outbound.request(
                sent.method,
                sent.url,
                body=sent.body,
                headers={**dict(sent.headers), "user-agent": "yitong-check"},
                redirect_is_answer=True,
            )
        except OutboundFailed as problem:
            raise NotReached(str(problem)) from None
        headers = [(name, value) for name, value in found.headers.items() if name != "set-cookie"]
        return Answer(found.status, (*headers, *(("set-cookie", one) for one in found.cookies)), found.body)

    return fetch


def _browsers(resolve: Resolve) -> Resolve:
    """Names below `localhost` are this machine, as browsers have it (RFC 6761 section 6.3): whether it may be
    asked is another matter."""

    def resolved(host: str, port: int) -> Sequence[str]:
        return LOOPBACK if host == "localhost" or host.endswith(".localhost") else resolve(host, port)

    return resolved


def _origin(url: str) -> str:
    return origin_of(split(url))
