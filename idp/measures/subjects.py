"""To whom a measure is done: found, and named in the log."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.business.models import Organisation
from idp.crypto.digests import digest, same
from idp.measures.kinds import POSSIBLE, Kind, SubjectKind
from idp.measures.models import Measure
from idp.oidc.clients.models import ClientRecord
from idp.oidc.token.offline_grants import OfflineGrant
from idp.people.models import Person
from idp.ranges import RangeRefused, read_range
from idp.sessions import BrowserSession

SESSIONS_AT_MOST: Final = 1000
"""Of one person, that are looked at for one."""


class MeasureRefused(Exception):
    """Nothing was done. `reason`: a code, for the page to put into words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Subject:
    kind: SubjectKind
    id: str
    """Normalised: an address as a range; a session as the log names it, by the digest of its id."""
    person_id: str | None = None
    """Who it is, or whose session."""

    @property
    def client_id(self) -> str | None:
        return self.id if self.kind is SubjectKind.CLIENT else None

    @property
    def logged(self) -> str | None:
        """What an event says of it beside person and client."""
        if self.kind is SubjectKind.ADDRESS:
            return self.id.replace("/", "~")
        return self.id if self.kind in {SubjectKind.SESSION, SubjectKind.ORGANISATION} else None


def subject_of(measure: Measure) -> Subject:
    return Subject(SubjectKind(measure.subject_kind), measure.subject, measure.person_id)


def found(
    session: Session, kind: Kind, subject_kind: SubjectKind, text: str, person_id: str | None = None
) -> Subject:
    """`person_id`: whose session it is. Raises MeasureRefused: impossible, malformed, too_wide, unknown."""
    if subject_kind not in POSSIBLE[kind]:
        raise MeasureRefused("impossible")
    if subject_kind is SubjectKind.ADDRESS:
        try:
            return Subject(subject_kind, str(read_range(text)))
        except RangeRefused as refused:
            raise MeasureRefused(refused.reason) from None
    if subject_kind is SubjectKind.CLIENT:
        if "\0" in text or session.get(ClientRecord, text) is None:
            raise MeasureRefused("unknown")
        return Subject(subject_kind, text)
    if subject_kind is SubjectKind.SESSION:
        owner = _uuid(person_id or "")
        if session_id(session, owner, text) is None:
            # Nothing of it is left: no session, and no grant that began in it.
            raise MeasureRefused("over")
        return Subject(subject_kind, text, owner)
    given = _uuid(text)
    if subject_kind is SubjectKind.PERSON and session.get(Person, given) is not None:
        return Subject(subject_kind, given, given)
    if subject_kind is SubjectKind.ORGANISATION and session.get(Organisation, given) is not None:
        return Subject(subject_kind, given)
    raise MeasureRefused("unknown")


def session_id(session: Session, person_id: str, session_digest: str) -> str | None:
    """The id of a session of this person that the log names so: one that lives, or that has left a grant."""
    living = select(BrowserSession.sid).where(BrowserSession.person_id == person_id)
    left = select(OfflineGrant.session_id).where(OfflineGrant.person_id == person_id)
    for query in (living, left):
        sids = session.scalars(query.limit(SESSIONS_AT_MOST))
        if (found := next((sid for sid in sids if same(digest(sid), session_digest)), None)) is not None:
            return found
    return None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise MeasureRefused("malformed") from None
