"""What a QR code holds, or what was pasted or typed in its place: from whom, and which code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

VERSION: Final = "1"
LETTERS: Final = frozenset("BCDFGHJKLMNPQRSTVWXZ")
COUNT: Final = 12
CHARACTERS_AT_MOST: Final = 1000


class NotALink(Exception):
    """`reason`: other (no link of ours), version (of a later protocol), provider (of somebody unknown)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Link:
    issuer: str
    code: str
    """In groups of four."""


def read_link(text: str, providers: Sequence[str]) -> Link:
    """`providers`: whom this app knows, and asks. A code alone is the first one's. Raises NotALink.

    The address before the # says nothing of who asks: only the known issuer is called.
    """
    plain = text.strip()
    if len(plain) > CHARACTERS_AT_MOST:
        raise NotALink("other")
    if "#" not in plain:
        return Link(providers[0], _code(plain))
    try:
        values = {name: found[0] for name, found in parse_qs(urlsplit(plain).fragment).items()}
    except ValueError:
        raise NotALink("other") from None
    if not {"v", "issuer", "code"} <= set(values):
        raise NotALink("other")
    if values["v"] != VERSION:
        raise NotALink("version")
    if values["issuer"] not in providers:
        raise NotALink("provider")
    return Link(values["issuer"], _code(values["code"]))


def _code(text: str) -> str:
    letters = "".join(text.replace("-", "").split()).upper()
    if len(letters) != COUNT or not set(letters) <= LETTERS:
        raise NotALink("other")
    return "-".join(letters[start : start + 4] for start in range(0, COUNT, 4))
