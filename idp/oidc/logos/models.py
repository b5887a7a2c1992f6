"""The table of logos: what was made of each address that a client registered."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class ClientLogo(Base):
    __tablename__ = "client_logos"

    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    uri_digest: Mapped[str] = mapped_column(String(43), primary_key=True)
    """Of the `logo_uri`, which may be long; a client may have one in each language."""
    digest: Mapped[str | None] = mapped_column(String(43), index=True)
    """Of the picture: its address here. None where none could be made of what came."""
    png: Mapped[bytes | None]
    looked_at: Mapped[datetime] = mapped_column(index=True)
