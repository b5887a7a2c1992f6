"""The table of own people."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class OwnPerson(Base):
    """Somebody who was made for one visitor of a sandbox. In production there is never a row."""

    __tablename__ = "sandbox_people"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    register_id: Mapped[str] = mapped_column(Id)
    """Of their entry in the sandbox's register."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime] = mapped_column(index=True)
    """When they were last seen to be signed in, to the hour."""
