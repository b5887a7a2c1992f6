"""An organisation that a person represents and that is not known here yet: named by its code, asked about at
the business register, and known from then on. Of one that is somebody else's nothing is kept, so nobody fills
our tables with codes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.acting import RepresentationRefused
from idp.business.credit_code import CreditCode
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry import BusinessRegister, RegisteredOrganisation, RegisterUnavailable
from idp.mandates import roots
from idp.mandates.ending import Ends
from idp.people.directory import has_number
from idp.people.models import IdentityDocument
from idp.storage.ephemeral import Clock
from idp.storage.throttle import Throttle

TRIES_PER_HOUR = 10
"""Of one person: each is a question to a register that is not ours."""


class Refusal(StrEnum):
    """Why an organisation is not added."""

    NOT_NAMED = "not-named"
    """The register does not name the person; whether it knows the organisation is not told."""
    NOT_ACTIVE = "not-active"
    SILENT = "register-silent"
    TOO_OFTEN = "too-often"


class NotAdded(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Adding:
    """What it takes."""

    sessions: sessionmaker[Session]
    register: BusinessRegister
    organisations: Organisations
    throttle: Throttle
    clock: Clock
    ends: Ends

    def add(
        self, person_id: str, code: CreditCode, *, context: AuditContext, client_id: str | None = None
    ) -> str:
        """Make it known, and the person its legal representative; returns the id of their mandate.

        Raises NotAdded, with its event recorded.
        """
        try:
            return self._added(person_id, code, context)
        except NotAdded as refused:
            event = RepresentationRefused(person_id, refused.reason.value, client_id)
            with self.sessions.begin() as session:
                audit.record(session, event, context=context)
            raise

    def _added(self, person_id: str, code: CreditCode, context: AuditContext) -> str:
        if not self.throttle.allow(f"organisations of {person_id}", TRIES_PER_HOUR, 3600):
            raise NotAdded(Refusal.TOO_OFTEN)
        asked_at = self.clock()
        try:
            answer = self.register.look_up(code.value)
        except RegisterUnavailable:
            # Its adapter has logged why.
            raise NotAdded(Refusal.SILENT) from None
        with self.sessions.begin() as session:
            found = self._kept(session, person_id, code, answer, asked_at, context)
        if isinstance(found, Refusal):
            raise NotAdded(found)
        return found

    def _kept(
        self,
        session: Session,
        person_id: str,
        code: CreditCode,
        answer: RegisteredOrganisation | None,
        asked_at: datetime,
        context: AuditContext,
    ) -> str | Refusal:
        if answer is None:
            self.organisations.note_missing(session, code.value, asked_at=asked_at, context=context)
            return Refusal.NOT_NAMED
        is_theirs = self._names(session, answer, person_id)
        if not is_theirs and find_by_code(session, code.value) is None:
            return Refusal.NOT_NAMED
        kept = self.organisations.keep(session, answer, asked_at=asked_at, context=context)
        if not is_theirs:
            return Refusal.NOT_NAMED
        if answer.status is not OrganisationStatus.ACTIVE:
            return Refusal.NOT_ACTIVE
        theirs = roots.represents(session, person_id, context=context, ends=self.ends)
        mandate = next((one for one in theirs if one.organisation_id == kept.organisation.id), None)
        return Refusal.NOT_NAMED if mandate is None else mandate.id

    def _names(self, session: Session, answer: RegisteredOrganisation, person_id: str) -> bool:
        """Whether its legal representative's number is of a document of the person's."""
        number = None if answer.representative is None else answer.representative.number
        if number is None:
            return False
        document = has_number(self.organisations.index, number)
        query = select(IdentityDocument.id).where(document, IdentityDocument.person_id == person_id)
        return session.scalar(query) is not None
