"""The tables of the tree. A leaf, a subtree and a head are only ever inserted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class AuditLeaf(Base):
    """Which row has which position, and the hash of what it held. It outlives its row.

    Positions follow `(xid, seq)`, so a row's leaf is found by halving, without an index of its own.
    """

    __tablename__ = "audit_leaves"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    xid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditSubtree(Base):
    """Roots of complete subtrees of 256, 65,536 ... leaves: a proof over hundreds of millions of rows reads a
    few hundred hashes."""

    __tablename__ = "audit_subtrees"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditTree(Base):
    """One row: how far the log is folded, and who folds it.

    Whoever writes to it names the size and the frontier, or the head, that it has read: of two who believe
    that they are elected one changes nothing.
    """

    __tablename__ = "audit_tree"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    frontier: Mapped[bytes]
    """The roots of the perfect subtrees, 32 bytes each, the largest first."""
    xid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    """The place of the last leaf's row."""
    head_size: Mapped[int] = mapped_column(BigInteger)
    kept_from: Mapped[int] = mapped_column(BigInteger)
    """Rows of lower positions may have been dropped by retention; heads say this number, too."""
    holder: Mapped[str] = mapped_column(String(64))
    held_until: Mapped[datetime]


class AuditHead(Base):
    """A signed tree head, as it was given away."""

    __tablename__ = "audit_heads"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    line: Mapped[str] = mapped_column(Text)


class AuditKey(Base):
    """A key that signs heads: the one with the highest number signs, all public parts stay."""

    __tablename__ = "audit_keys"

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    kid: Mapped[str] = mapped_column(String(43), unique=True)
    """JWK thumbprint (RFC 7638)."""
    public_jwk: Mapped[dict[str, Any]]
    private_sealed: Mapped[bytes | None]
    """As `signatures.to_bytes` writes it, context `sealed_for(kid)`. None once the next key signs."""
    created_at: Mapped[datetime]


class AuditAnchor(Base):
    """How far the heads were given to a place that the database's administrator does not rule."""

    __tablename__ = "audit_anchors"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


def sealed_for(kid: str) -> str:
    """The context of a private part: moved to another row it does not open."""
    return f"audit_key:{kid}"
