"""What is asked for, read out of the text that is signed: nothing else is ever shown."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

VERSION: Final = "yitong-licence-app/1"
CHARACTERS_AT_MOST: Final = 4096
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
NOTHING: Final = "-"
_MOMENT: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"
_FORM: Final = re.compile(
    rf"{VERSION}\n"
    r"asks: (?P<asks>[^\n]{1,200})\n"
    r"host: (?P<host>[^\n]{1,200})\n"
    r"address: (?P<address>[^\n]{1,200})\n"
    r"network: (?P<network>same|other|unknown)\n"
    rf"asked: (?P<asked>{_MOMENT})\n"
    r"code: (?P<code>[B-Z]{4}-[B-Z]{4}-[B-Z]{4})\n"
    r"language: (?P<language>[A-Za-z0-9-]{2,35})\n"
    r"yitong-licence-challenge/1\n"
    r"issuer: (?P<issuer>https?://[!-~]{1,255})\n"
    r"purpose: sign-in\n"
    r"interaction: [A-Za-z0-9_-]{43}\n"
    r"nonce: [A-Za-z0-9_-]{43}\n"
    rf"expires: (?P<expires>{_MOMENT})\n",
)


class NotAStatement(Exception):
    """The text is not what this version of the protocol signs; it is not signed."""


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    """As it is signed, byte by byte."""
    asks: str
    host: str
    address: str
    network: str
    asked: datetime
    code: str
    language: str
    issuer: str
    expires: datetime


def read_statement(text: str, *, issuer: str, code: str, now: datetime) -> Statement:
    """`issuer`: to whom the code was sent, `code`: as it was read. Raises NotAStatement."""
    found = _FORM.fullmatch(text) if len(text) <= CHARACTERS_AT_MOST else None
    if found is None:
        raise NotAStatement("another form")
    values = found.groupdict()
    if not all(value.isprintable() for value in values.values()):
        raise NotAStatement("not all of it can be seen")
    if values["issuer"] != issuer or values["code"] != code:
        # What was asked for is somebody else's, or was answered by somebody else.
        raise NotAStatement("not what was asked for")
    try:
        asked, expires = _moment(values["asked"]), _moment(values["expires"])
    except ValueError:
        raise NotAStatement("a time that there is not") from None
    if now >= expires:
        raise NotAStatement("over")
    return Statement(text=text, **{**values, "asked": asked, "expires": expires})  # type: ignore[arg-type]


def _moment(text: str) -> datetime:
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)
