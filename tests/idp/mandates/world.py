"""People, an organisation and its register, and moves that a test makes with them."""

import json
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.business.organisations import Organisations
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates import ending, roots
from idp.mandates.ending import Reason
from idp.mandates.granting import Terms
from idp.mandates.invitations import Invitee
from idp.mandates.matters import load
from idp.mandates.models import Mandate, MandateInvitation, Role
from idp.mandates.opening import Mandates, open_mandates
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.register_changes import organisation_changed
from idp.mandates.standing import Standing, held_by, standing
from idp.people import accounts, documents
from idp.people.models import Person
from idp.people.resident_number import compose
from idp.settings import ROOT
from idp.settings import Mandates as Settings
from idp.storage.base import new_id
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, company

MATTERS = load(ROOT / "config" / "matters")
DEFAULTS = tomllib.loads((ROOT / "config" / "default.toml").read_text("utf-8"))["mandates"]
SETTINGS = Settings.model_validate(DEFAULTS).model_copy(
    update={
        "agents_at_most": 20,
        "longest_days": 1000,
        "ended_kept_days": 1000,
        "invitations_per_organisation_per_day": 30,
    }
)
"""The others as they come: five administrators, five relatives, a week to accept."""
BORN = date(1980, 1, 1)


def number_of(serial: int) -> str:
    return compose("110101", BORN, serial)


def name_of(serial: int) -> str:
    return f"样本{chr(0x4E00 + serial)}"


@dataclass
class World:
    sessions: sessionmaker[Session]
    cipher: FieldCipher
    index: BlindIndex
    clock: FakeClock
    ended: list[str] = field(default_factory=list)
    """Mandates whose sessions and grants were told to end."""
    settings: Settings = SETTINGS
    serials: "count[int]" = field(default_factory=lambda: count(500))

    @property
    def organisations(self) -> Organisations:
        changed = partial(organisation_changed, ends=self.ends)
        recheck, trusted = timedelta(hours=1), timedelta(days=1)
        return Organisations(self.cipher, self.index, recheck=recheck, trusted=trusted, changed=changed)

    @property
    def context(self) -> AuditContext:
        return AuditContext(self.clock())

    def ends(self, session: Session, mandate_ids: Collection[str], now: datetime) -> None:
        assert session.in_transaction()
        self.ended += mandate_ids

    def person(self, serial: int | None = None) -> str:
        """A new person, active and verified; number and name follow the serial."""
        serial = next(self.serials) if serial is None else serial
        document = documents.identify(number_of(serial), self.clock().date())
        with self.sessions.begin() as session:
            made = accounts.create(
                session,
                document,
                name_of(serial),
                level=2,
                cipher=self.cipher,
                index=self.index,
                context=self.context,
            )
            return made.id

    def set_status(self, person_id: str, status: str) -> None:
        with self.sessions.begin() as session:
            session.get_one(Person, person_id).status = status

    def firm(self, serial: int | None, code: str = CODE, **changed: object) -> str:
        """What the register says now of an organisation, represented by the person of a serial."""
        told = None if serial is None else LegalRepresentative(name_of(serial), number_of(serial))
        return self.register_says(company(code, representative=told, **changed))

    def register_says(self, registered: RegisteredOrganisation) -> str:
        with self.sessions.begin() as session:
            kept = self.organisations.keep(session, registered, asked_at=self.clock(), context=self.context)
            return kept.organisation.id

    def root(self, person_id: str) -> str:
        """The person's one root."""
        (found,) = self.roots(person_id)
        return found

    def roots(self, person_id: str) -> list[str]:
        with self.sessions.begin() as session:
            found = roots.represents(session, person_id, context=self.context, ends=self.ends)
            return [one.id for one in found]

    def below(
        self,
        parent_id: str,
        person_id: str,
        role: Role = Role.AGENT,
        *matters: str,
        days: int | None = None,
        may_pass_on: bool = False,
    ) -> str:
        """A row as granting writes it, whether it would have or not."""
        with self.sessions.begin() as session:
            parent = session.get_one(Mandate, parent_id)
            made = Mandate(
                id=new_id(self.clock()),
                role=role.value,
                person_id=person_id,
                organisation_id=parent.organisation_id,
                parent_id=parent_id,
                granted_by=parent.person_id,
                matters=list(matters),
                may_pass_on=may_pass_on,
                granted_at=self.clock(),
                expires_at=None if days is None else self.clock() + timedelta(days=days),
            )
            session.add(made)
            return made.id

    def change(self, mandate_id: str, **values: object) -> None:
        """Another process writes a row."""
        with self.sessions.begin() as session:
            row = session.get_one(Mandate, mandate_id)
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, mandate_id: str) -> Mandate:
        with self.sessions() as session:
            return session.get_one(Mandate, mandate_id)

    def standing(self, mandate_id: str) -> Standing | None:
        with self.sessions() as session:
            return standing(session.connection(), mandate_id, self.clock())

    def held_by(self, person_id: str) -> list[str]:
        with self.sessions() as session:
            return [one.mandate_id for one in held_by(session.connection(), person_id, self.clock())]

    def end(self, mandate_id: str, by: str | None, reason: Reason | None = None) -> tuple[str, ...]:
        with self.sessions.begin() as session:
            return ending.end(session, mandate_id, by=by, reason=reason, context=self.context, ends=self.ends)

    def reasons(self, *mandate_ids: str) -> list[str | None]:
        """Why they ended; None for those that have not."""
        return [self.row(one).ended_reason for one in mandate_ids]

    def events(self, name: str) -> list[dict[str, object]]:
        with self.sessions() as session:
            query = select(AuditEvent).where(AuditEvent.name == name).order_by(AuditEvent.seq)
            return [json.loads(one.payload) | {"person_id": one.person_id} for one in session.scalars(query)]

    @property
    def mandates(self) -> Mandates:
        return open_mandates(self.settings, MATTERS, self.cipher, self.index, self.ends)

    def invite(
        self,
        mandate_id: str | None,
        serial: int,
        role: Role = Role.AGENT,
        *matters: str,
        by: str | None = None,
        name: str | None = None,
        level: int = 3,
        may_pass_on: bool = False,
        days: int | None = None,
    ) -> str:
        """To the person of a serial, known or not; by the holder of the mandate, or for `by` themself."""
        by = by or self.row(mandate_id or "").person_id
        expires_at = None if days is None else self.clock() + timedelta(days=days)
        document = documents.identify(number_of(serial), self.clock().date())
        with self.sessions.begin() as session:
            made = self.mandates.invitations.invite(
                session,
                by,
                mandate_id,
                Invitee(document, name or name_of(serial)),
                Terms(role, matters, may_pass_on, expires_at),
                level=level,
                context=self.context,
            )
            return made.id

    def waiting_for(self, person_id: str) -> list[str]:
        with self.sessions() as session:
            found = self.mandates.accepting.waiting_for(session, person_id, self.clock())
            return [one.id for one in found]

    def accept(self, invitation_id: str, person_id: str, *, level: int = 3) -> str:
        with self.sessions.begin() as session:
            return self.mandates.accepting.accept(
                session, invitation_id, person_id, level=level, context=self.context
            ).id

    def refuse(self, invitation_id: str, person_id: str) -> None:
        with self.sessions.begin() as session:
            self.mandates.accepting.refuse(session, invitation_id, person_id, context=self.context)

    def withdraw(self, invitation_id: str, person_id: str) -> None:
        with self.sessions.begin() as session:
            self.mandates.invitations.withdraw(session, invitation_id, person_id, context=self.context)

    def invitation(self, invitation_id: str) -> MandateInvitation:
        with self.sessions() as session:
            return session.get_one(MandateInvitation, invitation_id)


@contextmanager
def refused(reason: Refusal) -> Iterator[None]:
    with pytest.raises(MandateRefused) as raised:
        yield
    assert raised.value.reason is reason
