"""The sign-ins that a browser has under way, one a tab, in its own session (a signed cookie, in Flask).

Authlib would keep every one for an hour, with the whole address that it made: some twenty that were begun
and left are then more than a cookie holds (4,096 bytes, RFC 6265 section 6.1), browsers drop it without
a word and nobody signs in any more. Here the oldest make room.
"""

from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

KEY = "yitong_sign_ins"
AT_MOST = 5
SECONDS = 3600
REMEMBERED_AT_MOST = 200
"""Characters that a portal may have remembered with a sign-in."""

Browser = MutableMapping[str, Any]
"""What is kept for one browser between two of its requests, and nobody else can write: `flask.session`, for
one."""


@dataclass(frozen=True)
class Pending:
    redirect_uri: str
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    level: int
    """The level that was asked, which the answer is held to."""
    max_age: int | None
    """The oldest proof that was asked for, in seconds."""
    remembered: str
    """What the portal wants back with the answer, such as the page to go on to."""
    started_at: int
    """Seconds since 1970."""
    matter: str = ""
    """The one that somebody is to have a mandate for; nothing: none was asked for."""
    organisation: str | None = None
    """The code of the one that they are to act for; None: whomever they like."""


def start(browser: Browser, state: str, pending: Pending) -> None:
    """Raises ValueError when too much is to be remembered."""
    if len(pending.remembered) > REMEMBERED_AT_MOST:
        raise ValueError(f"no more than {REMEMBERED_AT_MOST} characters can be remembered")
    # A list: the cookie's JSON sorts the keys of an object, and the order is what is needed here.
    browser[KEY] = [*_under_way(browser), {"state": state, **asdict(pending)}][-AT_MOST:]


def take(browser: Browser, state: str | None, now: datetime) -> Pending | None:
    """The sign-in that an answer belongs to, once; None when there is none, or it is too old."""
    under_way = _under_way(browser)
    found = next((one for one in under_way if one["state"] == state), None)
    if found is None:
        return None
    browser[KEY] = [one for one in under_way if one is not found]
    pending = Pending(**{name: value for name, value in found.items() if name != "state"})
    return pending if now.timestamp() < pending.started_at + SECONDS else None


def _under_way(browser: Browser) -> list[dict[str, Any]]:
    """A deployment of another version may have left some of another shape: they start again."""
    kept = browser.get(KEY, [])
    shape = {"state", *(one.name for one in fields(Pending))}
    return (
        [one for one in kept if isinstance(one, dict) and set(one) == shape] if isinstance(kept, list) else []
    )
