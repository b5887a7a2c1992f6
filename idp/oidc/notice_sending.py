"""One notice to a client's server, and what its answer means for it and for those that wait behind it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from idp.oidc.notice_turns import Turns
from idp.outbound import AddressRefused, Answer, OutboundFailed
from idp.storage.ephemeral import Clock
from idp.storage.outbox import HANDLER_SECONDS, Undeliverable

TIMEOUT_SECONDS = HANDLER_SECONDS / 2
DONE = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})
"""OpenID Connect Back-Channel Logout 1.0 section 2.8, CIBA Core 1.0 section 10.2: either, whichever is asked
for; some frameworks make a 204 of an empty 200. No body is read."""
AGAIN_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})

Post = Callable[[str, bytes, dict[str, str]], Answer]
"""Address, body and headers to the answer. Raises OutboundFailed."""


class ClientAway(Exception):
    """It did not answer, or said that it cannot now: to be told again later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(turns: Turns, clock: Clock, client_id: str, post: Callable[[], Answer], *, began: datetime) -> None:
    """`began`: when we first asked the client for anything, such as its keys, for this notice.

    Raises Undeliverable where the same again cannot help, ClientAway where it may.
    """
    try:
        status = post().status
    except AddressRefused:
        raise Undeliverable("address-refused") from None
    except OutboundFailed as failure:
        raise put_off(turns, clock, client_id, type(failure).__name__.lower()) from None
    if status in AGAIN_LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise put_off(turns, clock, client_id, f"status-{status}")
    turns.answered(client_id, began, clock())
    if status not in DONE:
        # Such as 400, by which a client says that the request was invalid, or that it failed.
        raise Undeliverable(f"status-{status}")


def put_off(turns: Turns, clock: Clock, client_id: str, reason: str) -> ClientAway:
    """Leave the client alone for a while."""
    turns.failed(client_id, clock())
    return ClientAway(reason)
