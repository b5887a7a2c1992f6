"""Tables of teams, of their members and invitations, and of the apps that belong to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class Role(StrEnum):
    """What a member may do with the team's apps."""

    VIEWER = "viewer"
    """Reads."""
    DEVELOPER = "developer"
    """Changes apps, their keys and secrets."""
    OWNER = "owner"
    """Also says who is in the team, and takes apps away."""

    @property
    def rank(self) -> int:
        return RANKS.index(self)

    def includes(self, other: "Role") -> bool:
        """Whether whoever has this role may do what the other one may."""
        return self.rank >= other.rank


RANKS = tuple(Role)
PERSONAL = text("organisation_id IS NULL")


class Team(Base):
    """Whose apps they are: an organisation's, or, in the sandbox alone, a person's own."""

    __tablename__ = "teams"
    __table_args__ = (
        Index(
            "uq_teams_personal", "created_by", unique=True, sqlite_where=PERSONAL, postgresql_where=PERSONAL
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), unique=True)
    """One team an organisation; None: a personal one, of `created_by`."""
    name: Mapped[str | None] = mapped_column(String(120))
    """As its owners call it; None: by the organisation's name, or as somebody's own."""
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


class TeamMember(Base):
    """Somebody who was let into a team. Of an organisation's they are in it only while they may act for the
    organisation, which `idp.apps.membership` asks anew each time."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(ForeignKey("people.id"))


class FormerMember(Base):
    """Somebody who was let into a team and is in it no more: they do not decide on its apps as our staff
    (`idp.apps.going_live.deciding`), whenever they left."""

    __tablename__ = "team_former_members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    left_at: Mapped[datetime]


class TeamInvitation(Base):
    """A place in a team for whoever brings its code, once. The row goes when it is used or over."""

    __tablename__ = "team_invitations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(43), unique=True)
    """Of the code, which is shown once and not kept."""
    made_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class App(Base):
    """A client app of a team; one client in this deployment. In drafts there is no client yet."""

    __tablename__ = "apps"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    """A row of the wizard's table; `registered` of one that came by dynamic registration."""
    client_id: Mapped[str | None] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), unique=True
    )
    """Whoever takes the client away takes the app away."""
    told: Mapped[dict[str, Any]]
    """What the wizard was told, and in drafts the metadata that it made of that."""
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
