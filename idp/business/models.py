"""The table of organisations."""

from datetime import datetime

from sqlalchemy import String, and_
from sqlalchemy.orm import Mapped, mapped_column

from idp.business.organisation_kinds import OrganisationStatus
from idp.storage.base import Base, Id


class Organisation(Base):
    """An organisation that signs in here. Its row stays whatever becomes of it."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(18), unique=True)
    """Public, and for life (GB 32100): it says nothing of a person, unlike the names below."""
    name_sealed: Mapped[bytes]
    """Context `organisation.name:<id>`. Sealed as people's are: an individual business bears its owner's."""
    type: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    representative_name_sealed: Mapped[bytes | None]
    """Context `organisation.representative_name:<id>`. None where the register names nobody."""
    representative_number_sealed: Mapped[bytes | None]
    """Context `organisation.representative_number:<id>`. None where the register tells none."""
    representative_index: Mapped[str | None] = mapped_column(String(43), index=True)
    """The same blind index as of people's identity documents. One person may represent several."""
    representative_index_next: Mapped[str | None] = mapped_column(String(43), index=True)
    """As `IdentityDocument.number_index_next`."""
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    """When the register was asked whose answer this row is."""
    check_after: Mapped[datetime] = mapped_column(index=True)
    """When the worker asks again."""
    trusted_until: Mapped[datetime]
    """Until when the register's last answer counts where somebody acts for the organisation."""
    frozen_at: Mapped[datetime | None]
    """Since when nobody acts for it, whatever the register says of it."""

    @property
    def may_be_acted_for(self) -> bool:
        return self.status == OrganisationStatus.ACTIVE and self.frozen_at is None


MAY_BE_ACTED_FOR = and_(Organisation.status == OrganisationStatus.ACTIVE, Organisation.frozen_at.is_(None))
"""The same, asked of the database."""
