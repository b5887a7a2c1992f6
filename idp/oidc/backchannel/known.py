"""Whom a client may mean: people to whom it is known already, by the `sub` that it got for them.

A `sub` cannot be reckoned back, so each that went to such a client is kept as a keyed index beside the
person: who steals the table alone joins no portal's users to our rows. It counts while the person's consent
to the client does: withdrawing that ends the client's power to ask.
"""

from datetime import datetime

from sqlalchemy import Connection, ForeignKey, String, and_, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.crypto.digests import keyed
from idp.oidc.sharing import Consent
from idp.people.models import Person, PersonStatus
from idp.storage.base import Base, Id, UtcDateTime
from idp.storage.database import deleted


class KnownSubject(Base):
    __tablename__ = "known_subjects"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sub_index: Mapped[str] = mapped_column(String(43), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True, type_=Id)


FOUND = (
    select(KnownSubject.person_id)
    .join(Person, and_(Person.id == KnownSubject.person_id, Person.status == PersonStatus.ACTIVE))
    .join(
        Consent,
        and_(Consent.person_id == KnownSubject.person_id, Consent.client_id == KnownSubject.client_id),
    )
    .where(
        KnownSubject.client_id == bindparam("client"),
        KnownSubject.sub_index == bindparam("sub"),
        Consent.expires_at > bindparam("now", type_=UtcDateTime()),
    )
)


def note(session: Session, key: bytes, client_id: str, sub: str, person_id: str) -> None:
    """The client has got this `sub`; doing it again changes nothing. The caller commits."""
    values = {"client_id": client_id, "sub_index": _index(key, client_id, sub), "person_id": person_id}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(KnownSubject).values(values).on_conflict_do_nothing())


def is_noted(connection: Connection, key: bytes, client_id: str, sub: str) -> bool:
    statement = select(KnownSubject.person_id).where(
        KnownSubject.client_id == client_id, KnownSubject.sub_index == _index(key, client_id, sub)
    )
    return connection.execute(statement).first() is not None


def find(connection: Connection, key: bytes, client_id: str, sub: str, now: datetime) -> str | None:
    """The person's id; None for nobody, for who has withdrawn, and for an account that is not active."""
    values = {"client": client_id, "sub": _index(key, client_id, sub), "now": now}
    found: str | None = connection.execute(FOUND, values).scalar()
    return found


def sweep(session: Session, _now: datetime) -> int:
    """Forget whom clients have nothing to do with any more; how many."""
    agreed = exists().where(
        Consent.person_id == KnownSubject.person_id, Consent.client_id == KnownSubject.client_id
    )
    return deleted(session, delete(KnownSubject).where(~agreed))


def _index(key: bytes, client_id: str, sub: str) -> str:
    return keyed(key, "known-sub", client_id, sub)
