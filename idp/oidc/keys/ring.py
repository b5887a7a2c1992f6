"""The signing keys in memory: which one signs now, which verify, and the JWKS, put together once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from idp.crypto.fields import FieldCipher
from idp.oidc.keys import jwt
from idp.oidc.keys.jwt import GOING_LIVE, RECEIPT, TYPES, Signer
from idp.oidc.keys.models import KeyPurpose, SigningKey, sealed_for
from idp.storage.ephemeral import Clock
from idp.storage.outages import Outage

TYPES_OF: Mapping[str, tuple[str, ...]] = {
    KeyPurpose.TOKENS: TYPES,
    KeyPurpose.RECEIPTS: (RECEIPT, GOING_LIVE),
}
RELOAD_SECONDS = 30
"""A new key is seen by every process after this long: far less than it is published before use."""


class KeysMissing(Outage):
    """No key signs with this algorithm yet: `idp keys rotate` makes one."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys as they were when read. `dated` is ordered by the time each begins to sign."""

    dated: tuple[tuple[datetime, Signer], ...]
    jwks: bytes
    by_header: Mapping[str, Signer]

    def signer(self, algorithm: str, now: datetime) -> Signer:
        """The key that signs now. Raises KeysMissing."""
        for begins, signer in reversed(self.dated):
            if signer.algorithm == algorithm and begins <= now:
                return signer
        raise KeysMissing(f"no {algorithm} key signs yet")

    def read(self, token: str, *, typ: str) -> dict[str, Any]:
        """Raises NotOurToken."""
        return jwt.read(token, self.by_header, typ=typ)


class SigningKeys:
    """Gives the current rings; reads the table again every half minute, opens each private key once."""

    def __init__(self, read_engine: Engine, cipher: FieldCipher, clock: Clock) -> None:
        self._engine = read_engine
        self._cipher = cipher
        self._clock = clock
        self._opened: dict[str, Signer] = {}
        self._rings: tuple[Mapping[str, Ring], datetime] | None = None

    def current(self) -> Ring:
        """The keys of tokens."""
        return self._current()[KeyPurpose.TOKENS]

    def of_receipts(self) -> Ring:
        """The keys of receipts, and of all retired ones the public parts."""
        return self._current()[KeyPurpose.RECEIPTS]

    def _current(self) -> Mapping[str, Ring]:
        now = self._clock()
        if self._rings is None or self._rings[1] <= now:
            self._rings = (self._load(now), now + timedelta(seconds=RELOAD_SECONDS))
        return self._rings[0]

    def _load(self, now: datetime) -> Mapping[str, Ring]:
        statement = select(SigningKey.__table__).order_by(SigningKey.active_from)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        opened = {
            row.kid: self._opened.get(row.kid) or self._open(row)
            for row in rows
            if row.private_sealed is not None and row.purpose in TYPES_OF
        }
        self._opened = opened
        # One for each algorithm: the others open what was encrypted to them, and no more is to come.
        active = {
            row.algorithm: row.public_jwk
            for row in rows
            if row.purpose == KeyPurpose.REQUESTS and row.active_from <= now
        }
        besides = {KeyPurpose.TOKENS: list(active.values())}
        return {
            purpose: _ring(
                [row for row in rows if row.purpose == purpose], opened, besides.get(KeyPurpose(purpose), [])
            )
            for purpose in TYPES_OF
        }

    def _open(self, row: Any) -> Signer:
        der = self._cipher.open(row.private_sealed, context=sealed_for(row.kid))
        return Signer.load(row.kid, row.algorithm, der, TYPES_OF[row.purpose])


def _ring(rows: list[Any], opened: Mapping[str, Signer], besides: list[dict[str, Any]]) -> Ring:
    """`besides`: public keys that sign nothing. They come last: who takes the first gets one that signs."""
    signing = [(row.active_from, opened[row.kid]) for row in rows if row.kid in opened]
    jwks = {"keys": [*(row.public_jwk for row in rows), *besides]}
    return Ring(
        dated=tuple(signing),
        jwks=json.dumps(jwks, separators=(",", ":")).encode(),
        by_header={header: signer for _, signer in signing for header in signer.headers.values()},
    )
