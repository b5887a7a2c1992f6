"""New key pairs. Slow (RSA takes up to a second): for commands and the worker, never in a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.crypto.fields import FieldCipher
from idp.oidc.keys import decryption
from idp.oidc.keys.algorithms import ALGORITHMS, RECEIPT_ALGORITHM
from idp.oidc.keys.jwt import PrivateKey
from idp.oidc.keys.models import KeyPurpose, SigningKey, sealed_for
from idp.settings import Protocol

KINDS = (
    *((KeyPurpose.TOKENS, algorithm) for algorithm in ALGORITHMS),
    (KeyPurpose.RECEIPTS, RECEIPT_ALGORITHM),
    *((KeyPurpose.REQUESTS, algorithm) for algorithm in decryption.ALGORITHMS),
)
"""What there are keys for; keys of one kind follow one another."""
EVERY_ALGORITHM = tuple(dict.fromkeys(algorithm for _, algorithm in KINDS))
JWK_OF: Mapping[type, type[ECKey] | type[RSAKey] | type[OKPKey]] = {
    ec.EllipticCurvePrivateKey: ECKey,
    rsa.RSAPrivateKey: RSAKey,
    ed25519.Ed25519PrivateKey: OKPKey,
}
HANDOVER = timedelta(hours=1)
"""After the successor has begun to sign: processes read the keys anew every half minute."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a rotation did: `published`, `activated` (there was none to wait for), `resealed` (the master
    keys have a new active one), `destroyed` (the private part alone) or `removed`."""

    kid: str
    algorithm: str
    step: str
    purpose: str = KeyPurpose.TOKENS


def rotate(
    session: Session,
    cipher: FieldCipher,
    protocol: Protocol,
    now: datetime,
    *,
    at_once: Iterable[str] = (),
) -> list[Step]:
    """Do what is due: make the first key, publish the next in time, drop what nobody verifies with.

    `at_once`: algorithms whose next key is published whatever the age of the active one; it still
    waits its time in the JWKS. Doing it again changes nothing. The caller commits.
    """
    wanted = frozenset(at_once)
    steps: list[Step] = []
    for purpose, algorithm in KINDS:
        keys = _of(session, purpose, algorithm)
        steps += _destroy(keys, now) if purpose is KeyPurpose.RECEIPTS else []
        steps += _remove(session, keys, purpose, protocol, now)
        steps += _reseal([key for key in keys if key not in session.deleted], cipher)
        last = keys[-1] if keys else None
        if last is None:
            steps.append(_add(session, cipher, purpose, algorithm, now, active_from=now, step="activated"))
        elif last.active_from <= now and (algorithm in wanted or _is_due(last, protocol, now)):
            published = now + timedelta(seconds=protocol.signing_key_published_before_seconds)
            step = _add(session, cipher, purpose, algorithm, now, active_from=published, step="published")
            steps.append(step)
    session.flush()
    return steps


def _of(session: Session, purpose: KeyPurpose, algorithm: str) -> list[SigningKey]:
    statement = (
        select(SigningKey)
        .where(SigningKey.algorithm == algorithm, SigningKey.purpose == purpose)
        .order_by(SigningKey.active_from)
    )
    return list(session.scalars(statement))


def _is_due(last: SigningKey, protocol: Protocol, now: datetime) -> bool:
    ends = last.active_from + timedelta(days=protocol.signing_key_active_days)
    return now >= ends - timedelta(seconds=protocol.signing_key_published_before_seconds)


def _destroy(keys: list[SigningKey], now: datetime) -> list[Step]:
    """Nobody, whatever they get hold of later, signs a receipt of the past: the private part goes with the
    key's last signature. Every process has seen the successor for long by then."""
    steps = []
    for key, successor in pairwise(keys):
        if key.private_sealed is not None and successor.active_from + HANDOVER <= now:
            key.private_sealed = None
            steps.append(_step(key, "destroyed"))
    return steps


def _remove(
    session: Session, keys: list[SigningKey], purpose: KeyPurpose, protocol: Protocol, now: datetime
) -> list[Step]:
    """A key is retired from the moment that its successor signs."""
    kept = (
        timedelta(days=protocol.receipt_key_kept_days)
        if purpose is KeyPurpose.RECEIPTS
        else timedelta(seconds=protocol.signing_key_kept_after_seconds)
    )
    steps = []
    for key, successor in pairwise(keys):
        if successor.active_from + kept <= now:
            session.delete(key)
            steps.append(_step(key, "removed"))
    return steps


def _reseal(keys: list[SigningKey], cipher: FieldCipher) -> list[Step]:
    """So that an older master key is needed no longer than people's data need it."""
    steps = []
    for key in keys:
        if key.private_sealed is not None and not cipher.is_current(key.private_sealed):
            context = sealed_for(key.kid)
            key.private_sealed = cipher.seal(
                cipher.open(key.private_sealed, context=context), context=context
            )
            steps.append(_step(key, "resealed"))
    return steps


def _step(key: SigningKey, step: str) -> Step:
    return Step(key.kid, key.algorithm, step, key.purpose)


def _add(
    session: Session,
    cipher: FieldCipher,
    purpose: KeyPurpose,
    algorithm: str,
    now: datetime,
    *,
    active_from: datetime,
    step: str,
) -> Step:
    is_for_others = purpose is KeyPurpose.REQUESTS
    private: PrivateKey = (decryption.ALGORITHMS if is_for_others else ALGORITHMS)[algorithm].generate()
    public = public_jwk(private, algorithm, use="enc" if is_for_others else "sig")
    kid = public["kid"]
    session.add(
        SigningKey(
            kid=kid,
            algorithm=algorithm,
            purpose=purpose,
            public_jwk=public,
            private_sealed=cipher.seal(_der(private), context=sealed_for(kid)),
            created_at=now,
            active_from=active_from,
        )
    )
    return Step(kid, algorithm, step, purpose)


def public_jwk(private: PrivateKey, algorithm: str, *, use: str) -> dict[str, Any]:
    """As it is published (RFC 7517), under its thumbprint (RFC 7638)."""
    jwk = next(jwk for kind, jwk in JWK_OF.items() if isinstance(private, kind)).import_key(_der(private))
    # RFC 7517 section 4.2; a use and one algorithm each, so that nobody takes a key for another.
    return {**jwk.as_dict(private=False), "kid": jwk.thumbprint(), "use": use, "alg": algorithm}


def _der(private: PrivateKey) -> bytes:
    der: bytes = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return der
