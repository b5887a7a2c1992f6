"""Tables of staff. None of them knows a name: staff are known by the number of their service."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class StaffStatus(StrEnum):
    INVITED = "invited"
    """Has an activation code and nothing to sign in with: new, or reset."""
    ACTIVE = "active"
    DISABLED = "disabled"


class StaffAccount(Base):
    """A row stays whatever becomes of it: the audit log names it by its id."""

    __tablename__ = "staff_accounts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_number: Mapped[str] = mapped_column(String(32), unique=True)
    """What they sign in with and what people are shown; no number of a card."""
    roles: Mapped[list[str]]
    office: Mapped[str] = mapped_column(String(100))
    window: Mapped[str] = mapped_column(String(64))
    """Where they sit, as people at the window know it; both may be empty for who sits at none."""
    status: Mapped[str] = mapped_column(String(16))
    own_number_sealed: Mapped[bytes]
    """Context `staff.own_number:<id>`: of their own card, so that nobody helps themself or is two."""
    own_number_index: Mapped[str] = mapped_column(String(43), unique=True)
    own_number_index_next: Mapped[str] = mapped_column(String(43), unique=True)
    """As `IdentityDocument.number_index_next`."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """argon2id in PHC format."""
    totp_sealed: Mapped[bytes | None]
    """Context `staff.totp:<id>`."""
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was taken: none of it or of before is taken again."""
    activation_digest: Mapped[str | None] = mapped_column(String(43))
    activation_expires_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    """When the present means of signing in began, or who had them was made an officer, whichever is later:
    from then on a second officer settles in. None until then, and after a reset."""
    created_at: Mapped[datetime]


class StaffPasskey(Base):
    """A WebAuthn credential with user verification: it suffices by itself."""

    __tablename__ = "staff_passkeys"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    label: Mapped[str] = mapped_column(String(64))
    transports: Mapped[list[str]]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class StaffSession(Base):
    """A browser in which somebody of the staff is signed in; found by the digest of its cookie's secret."""

    __tablename__ = "staff_sessions"

    sid: Mapped[str] = mapped_column(Id, primary_key=True)
    secret_digest: Mapped[str] = mapped_column(String(43), unique=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    browser: Mapped[str] = mapped_column(String(43))
    """Digest of the browser's id: a stolen cookie is of no use in another one."""
    methods: Mapped[list[str]]
    opened_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class StaffChange(Base):
    """A change to an auditor's account that waits for a second officer, or has been decided."""

    __tablename__ = "staff_changes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    roles: Mapped[list[str]]
    """The roles afterwards, for a change of roles."""
    asked_by: Mapped[str] = mapped_column(String(64))
    """The id of a staff account, or `operator` for the command line."""
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
