"""The keys that sign heads, apart from those of tokens: whoever gets one of these issues no token."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.operation import KeysRotated
from idp.audit.log import record
from idp.audit.tree import signatures
from idp.audit.tree.models import AuditKey, sealed_for
from idp.audit.tree.signatures import CURVES, Algorithm, Jwk, KeyWrong, PrivateKey
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.storage.outages import Outage


class KeyHarmed(Outage):
    """The stored key is not the one that was sealed, or the master keys are not those that sealed it."""


def signing(
    session: Session, cipher: FieldCipher, now: datetime, algorithm: Algorithm = "ES256"
) -> tuple[str, PrivateKey]:
    """The key that signs heads, made if there is none yet, or none of that kind. The caller commits.

    Raises KeyHarmed.
    """
    row = _last(session)
    if row is None or CURVES.get(row.public_jwk.get("crv", "")) not in {None, algorithm}:
        row = rotate(session, cipher, now, algorithm, actor="worker")
    context = sealed_for(row.kid)
    if row.private_sealed is None:
        raise KeyHarmed("the last key has no private part")
    try:
        private = cipher.open(row.private_sealed, context=context)
        key = signatures.from_bytes(private, row.public_jwk)
        if signatures.thumbprint(signatures.public_part(key)) != row.kid:
            raise KeyHarmed("the public part is another key's")
    except (CannotOpen, KeyWrong, KeyError, TypeError, ValueError) as wrong:
        raise KeyHarmed(type(wrong).__name__) from None
    if not cipher.is_current(row.private_sealed):
        row.private_sealed = cipher.seal(private, context=context)
    return row.kid, key


def rotate(
    session: Session, cipher: FieldCipher, now: datetime, algorithm: Algorithm = "ES256", *, actor: str
) -> AuditKey:
    """A new key signs from here on; of the one before the private part is destroyed, so that nobody who gets
    hold of it later signs a past.

    Its name goes into the log, and so under the heads of the key before. Two at once: one of them fails.
    """
    before = _last(session)
    if before is not None:
        before.private_sealed = None
    private = signatures.generate(algorithm)
    public = signatures.public_part(private)
    kid = str(public["kid"])
    made = AuditKey(
        number=1 if before is None else before.number + 1,
        kid=kid,
        public_jwk=public,
        private_sealed=cipher.seal(signatures.to_bytes(private), context=sealed_for(kid)),
        created_at=now,
    )
    session.add(made)
    session.flush()
    event = KeysRotated(purpose=f"audit:{algorithm}", key_id=kid, step="activated")
    record(session, event, context=AuditContext(at=now, actor=actor))
    return made


def public_keys(session: Session) -> dict[str, Jwk]:
    """All there ever were, by kid, the oldest first."""
    statement = select(AuditKey.kid, AuditKey.public_jwk).order_by(AuditKey.number)
    return {row.kid: row.public_jwk for row in session.execute(statement)}


def _last(session: Session) -> AuditKey | None:
    return session.scalars(select(AuditKey).order_by(AuditKey.number.desc()).limit(1)).first()
