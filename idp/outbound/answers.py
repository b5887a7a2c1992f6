"""What comes back: an answer, or why there is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class OutboundFailed(OSError):
    """No usable answer. The text names the origin and the reason, never the path, query or content."""


class AddressRefused(OutboundFailed):
    """Not an address that may be asked."""


class Unreachable(OutboundFailed):
    """The name is unknown, nobody listens, or the TLS certificate is wrong."""


class TimedOut(OutboundFailed):
    """No complete answer within the time limit."""


class AnswerRefused(OutboundFailed):
    """An answer that is too large, a redirect, compressed, cut short, or not what was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other server said; header names in lower case. A redirect only where it was asked for as an
    answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()
    """Each `Set-Cookie` as it came: what is said several times is joined in `headers`, and these cannot be
    parted again."""

    def json(self) -> Any:
        """Raises AnswerRefused; the text does not quote the body."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise AnswerRefused("the answer is not JSON") from None
