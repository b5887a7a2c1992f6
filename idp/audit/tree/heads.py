"""Signed tree heads: what the log was at a moment, in one line of JSON.

The line is canonical: sorted names, no spaces, ASCII. The signature is over the same line without its
`signature`; `previous` is the SHA-256 of the line before, signature included.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from idp.audit.fields import canonical_json
from idp.audit.tree import signatures
from idp.audit.tree.signatures import SIGNATURE_BYTES, Jwk, KeyWrong, PrivateKey
from idp.crypto.digests import base64url, digest, from_base64url
from idp.storage.outages import Outage

VERSION = 1
MEMBERS = frozenset({"version", "log", "size", "root", "at", "previous", "kept_from", "kid", "signature"})
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LONGEST_LINE = 2048


class HeadWrong(ValueError):
    """Not a head, or signed by nobody whom we know."""


class HeadHarmed(Outage):
    """What stands in the database is not a head of ours. Work on the log waits; all other work goes on."""


@dataclass(frozen=True, slots=True)
class Head:
    log: str
    """The issuer: a head of another provider's log proves nothing of this one's."""
    size: int
    root: bytes
    at: datetime
    previous: str | None
    kept_from: int
    """Rows of lower positions may have been dropped because of their age."""
    kid: str
    signature: bytes = b""

    @property
    def line(self) -> str:
        return canonical_json({**self._members(), "signature": base64url(self.signature)})

    @property
    def digest(self) -> str:
        return digest(self.line)

    def signed_by(self, key: PrivateKey) -> "Head":
        return replace(self, signature=signatures.sign(key, self._signed()))

    def check(self, keys: Mapping[str, Jwk]) -> None:
        """`keys`: public ones by kid. Raises HeadWrong."""
        jwk = keys.get(self.kid)
        if jwk is None:
            raise HeadWrong("signed by a key that is not among these")
        try:
            is_signed = signatures.verifies(jwk, self.kid, self._signed(), self.signature)
        except KeyWrong as wrong:
            raise HeadWrong(str(wrong)) from None
        if not is_signed:
            raise HeadWrong("the signature is not of its key")

    def _members(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "log": self.log,
            "size": self.size,
            "root": base64url(self.root),
            "at": f"{self.at.astimezone(UTC):{MOMENT}}",
            "previous": self.previous,
            "kept_from": self.kept_from,
            "kid": self.kid,
        }

    def _signed(self) -> bytes:
        return canonical_json(self._members()).encode("ascii")


def stored(line: str) -> Head:
    """One of the database's. Raises HeadHarmed."""
    try:
        return read(line)
    except HeadWrong as wrong:
        raise HeadHarmed(str(wrong)) from None


def check_stored(size: int, line: str, keys: Mapping[str, Jwk]) -> None:
    """Whether it is one of ours, of that size. Raises HeadHarmed."""
    head = stored(line)
    try:
        head.check(keys)
    except HeadWrong as wrong:
        raise HeadHarmed(str(wrong)) from None
    if head.size != size:
        raise HeadHarmed("it is of another size")


def read(line: str) -> Head:
    """Raises HeadWrong for anything but the one way to write a head."""
    try:
        given = json.loads(line) if len(line) <= LONGEST_LINE else None
        if not isinstance(given, dict) or given.keys() != MEMBERS or given["version"] != VERSION:
            raise HeadWrong("not a head")
        texts = (given["log"], given["kid"], given["previous"] or "")
        if not all(isinstance(one, str) for one in texts):
            raise HeadWrong("not a head")
        if DATE.fullmatch(given["at"]) is None:
            raise HeadWrong("not a moment")
        found = Head(
            log=given["log"],
            size=int(given["size"]),
            root=from_base64url(given["root"]),
            at=datetime.strptime(given["at"], MOMENT).replace(tzinfo=UTC),
            previous=given["previous"],
            kept_from=int(given["kept_from"]),
            kid=given["kid"],
            signature=from_base64url(given["signature"]),
        )
        is_same = found.line == line and len(found.signature) == SIGNATURE_BYTES
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise HeadWrong("not a head") from None
    if not is_same:
        raise HeadWrong("not the one way to write this head")
    return found
