"""What the agent signs, and nothing else: a challenge of a provider that it knows, for a sign-in, in time.

It reads the text itself, so that no page gets a signature over anything that is not one.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

BYTES_AT_MOST: Final = 1024
PURPOSE: Final = "sign-in"
_FORM: Final = re.compile(
    r"yitong-licence-challenge/1\n"
    r"issuer: (?P<issuer>https?://[!-~]{1,255})\n"
    r"purpose: (?P<purpose>[a-z][a-z-]{0,31})\n"
    r"interaction: [A-Za-z0-9_-]{43}\n"
    r"nonce: [A-Za-z0-9_-]{43}\n"
    r"expires: (?P<expires>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)\n",
    re.ASCII,
)


class WrongChallenge(Exception):
    """Not one that this agent signs."""


@dataclass(frozen=True, slots=True)
class Challenge:
    text: bytes
    origin: str
    """Of the issuer: where the page must come from."""
    expires: datetime


def read(sent: str, now: datetime) -> Challenge:
    """`sent`: base64url without padding. Raises WrongChallenge."""
    if len(sent) > BYTES_AT_MOST * 2:
        raise WrongChallenge("too long")
    try:
        text = decoded(sent)
        found = _FORM.fullmatch(text.decode("ascii"))
        expires = found and datetime.strptime(found["expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        issuer = urlsplit(found["issuer"]) if found else None
    except ValueError:
        found = expires = issuer = None
    if found is None or expires is None or issuer is None:
        raise WrongChallenge("not a challenge")
    if found["purpose"] != PURPOSE:
        raise WrongChallenge("not for a sign-in")
    if now >= expires:
        raise WrongChallenge("expired")
    return Challenge(text, f"{issuer.scheme}://{issuer.netloc}", expires)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError("not base64url without padding")
    return data
