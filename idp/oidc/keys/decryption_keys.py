"""The keys that others encrypt to, in memory: opened when the first encrypted request comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from sqlalchemy import Engine, select

from idp.crypto.fields import FieldCipher
from idp.oidc.jose.jws import KeyUnknown
from idp.oidc.keys.decryption import PrivateKey
from idp.oidc.keys.models import KeyPurpose, SigningKey, sealed_for
from idp.oidc.keys.ring import RELOAD_SECONDS
from idp.storage.ephemeral import Clock


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    algorithm: str
    active_from: datetime
    private: PrivateKey


class DecryptionKeys:
    """Finds the key that something was encrypted to; reads the table again every half minute.

    A key opens from the moment that it is made, is published from its `active_from` until its successor's,
    and opens for the keeping time after that, since clients keep a JWKS for a while (OpenID Connect Core 1.0
    section 10.2.1).
    """

    def __init__(self, read_engine: Engine, cipher: FieldCipher, clock: Clock) -> None:
        self._engine = read_engine
        self._cipher = cipher
        self._clock = clock
        self._found: tuple[Mapping[str, _Opened], datetime] | None = None

    def find(self, kid: str | None, algorithm: str) -> PrivateKey:
        """Without a kid the key that is published now. Raises KeyUnknown."""
        keys, now = self._current(), self._clock()
        if kid is not None:
            found = keys.get(kid)
            if found is None or found.algorithm != algorithm:
                raise KeyUnknown("no key of ours has that kid and algorithm")
            return found.private
        fitting = [key for key in keys.values() if key.algorithm == algorithm and key.active_from <= now]
        if not fitting:
            raise KeyUnknown("no key of ours has that algorithm")
        return max(fitting, key=lambda key: key.active_from).private

    def _current(self) -> Mapping[str, _Opened]:
        now = self._clock()
        if self._found is None or self._found[1] <= now:
            self._found = (self._load(), now + timedelta(seconds=RELOAD_SECONDS))
        return self._found[0]

    def _load(self) -> Mapping[str, _Opened]:
        statement = select(SigningKey.__table__).where(SigningKey.purpose == KeyPurpose.REQUESTS)
        known = self._found[0] if self._found is not None else {}
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        return {row.kid: known.get(row.kid) or self._open(row) for row in rows}

    def _open(self, row: Any) -> _Opened:
        der = self._cipher.open(row.private_sealed, context=sealed_for(row.kid))
        # We made it, and it was sealed: its numbers need not be looked at again.
        private = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise TypeError(f"key {row.kid} is not of the kind that {row.algorithm} uses")
        return _Opened(row.algorithm, row.active_from, private)
