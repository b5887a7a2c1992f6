"""Whose scripts may read the answers (WHATWG Fetch, "CORS protocol")."""

from collections.abc import Collection, Mapping

from ..wire import origin_of

ALLOWED = (
    ("access-control-allow-methods", "GET, POST"),
    ("access-control-allow-headers", "authorization, content-type, dpop"),
    ("access-control-expose-headers", "www-authenticate, dpop-nonce"),
    ("vary", "Origin"),
)


def shared(asked: Mapping[str, str], origins: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Headers of the answer. `asked`: those of the request; `origins`: with their ports."""
    origin = asked.get("origin", "")
    try:
        is_known = origin_of(origin) in origins
    except ValueError:
        is_known = False
    return (("access-control-allow-origin", origin), *ALLOWED) if is_known else ()
