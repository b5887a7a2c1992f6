"""What a licence app shows and signs, byte by byte: who asks, where, when, and the challenge.

The app shows what stands in these lines and nothing else, so that nobody can be shown one thing and sign
another. UTF-8, one line for each, each ended by one line feed, in this order:

    yitong-licence-app/1
    asks: 云岭市政务服务大厅
    host: hall.example.gov.cn
    address: 203.0.*.*
    network: other
    asked: 2026-01-02T03:04:05Z
    code: BCDF-GHJK-LMNP
    language: zh-CN
    yitong-licence-challenge/1
    ... (`idp.business.licences.challenges`)

The first line is another than a challenge's: what is signed here is good nowhere else, and the reverse.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from idp.business.licences import challenges

VERSION: Final = "yitong-licence-app/1"
VALUE_CHARACTERS_AT_MOST: Final = 200
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
NOTHING: Final = "-"
"""Where a line has nothing to say."""

Network = Literal["same", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Statement:
    asks: str
    """The portal's name, in `language`."""
    host: str
    """Where the browser goes back to."""
    address: str
    """From where the browser called, coarsely."""
    network: Network
    """Whether that is the network from which the telephone calls."""
    asked: datetime
    code: str
    """As the page shows it."""
    language: str

    @property
    def text(self) -> str:
        lines = (
            VERSION,
            f"asks: {_plain(self.asks)}",
            f"host: {_plain(self.host)}",
            f"address: {_plain(self.address)}",
            f"network: {self.network}",
            f"asked: {self.asked.astimezone(UTC).strftime(TIME)}",
            f"code: {self.code}",
            f"language: {self.language}",
        )
        return "".join(f"{line}\n" for line in lines)


def signed_text(statement: Statement, challenge: bytes) -> str:
    return statement.text + challenge.decode("ascii")


def shown_part(signed: bytes) -> bytes:
    """What stands before the challenge. No line of a statement can be taken for a challenge's first."""
    return signed[: signed.index(f"\n{challenges.VERSION}\n".encode()) + 1]


def _plain(value: str) -> str:
    """One line, and nothing in it that is not seen or turns the reading round."""
    seen = "".join(one if one.isprintable() else " " for one in value)
    return " ".join(seen.split())[:VALUE_CHARACTERS_AT_MOST] or NOTHING
