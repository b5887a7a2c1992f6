"""What the operator allows one client apart from all others: a class of the settings, or numbers of its own.

Not part of the registration, so that nobody who writes one (a manifest, the client itself, its team) can give
a client more, or lose by leaving it out what the operator gave it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class ClientLimit(Base):
    """None: as the class, or the settings, say."""

    __tablename__ = "client_limits"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True
    )
    limit_class: Mapped[str | None] = mapped_column(String(32))
    requests_per_minute: Mapped[int | None]
    sign_ins_per_day: Mapped[int | None]
    messages_per_day: Mapped[int | None]
    updated_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """Of one client, as everything that runs sees them."""

    limit_class: str | None = None
    requests_per_minute: int | None = None
    sign_ins_per_day: int | None = None
    messages_per_day: int | None = None


STANDARD = OwnLimits()
