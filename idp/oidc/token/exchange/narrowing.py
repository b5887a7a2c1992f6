"""What an exchanged token may say at most: never more than the token it was got for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.errors import InvalidScope
from idp.oidc.levels import LOWEST, level_of_acr
from idp.session_proofs import PRESENCE_LEVEL


def scopes(asked: str | None, held: tuple[str, ...], *limits: Collection[str]) -> tuple[str, ...]:
    """Of those that the subject token has, what every limit allows, and no more than is asked for.

    RFC 6749 section 3.3, RFC 8693 section 2.1. Raises InvalidScope.
    """
    allowed = tuple(
        scope for scope in held if scope != OFFLINE_ACCESS and all(scope in limit for limit in limits)
    )
    wanted = (asked or "").split()
    if not set(wanted) <= set(allowed):
        raise InvalidScope("The scope goes beyond what this exchange can give.")
    return tuple(scope for scope in allowed if not wanted or scope in wanted)


def ends(now: datetime, seconds: int, *others: int | None) -> int:
    """When the new token expires, in seconds since 1970: never after a token that it was got for.

    `seconds`: how long access tokens live.
    """
    return min([int(now.timestamp()) + seconds, *(other for other in others if other is not None)])


def level(claims: Mapping[str, Any], now: datetime, presence_seconds: int) -> int:
    """The level that the subject token tells of, as far as it still counts for who gets the new one."""
    found = level_of_acr(claims["acr"]) or LOWEST
    if found >= PRESENCE_LEVEL and now.timestamp() - claims["auth_time"] > presence_seconds:
        return PRESENCE_LEVEL - 1
    return found
